//! `outwork explain` says what models said, and what moved them.

use serde_json::Value;

use crate::Folder;

const MODELS: &str = r#"
[[model]]
id = "device"
file = "device.model"

[[model]]
id = "device.next"
file = "device.model"
mode = "shadow"

[[model]]
id = "behaviour"
file = "behaviour.model"
"#;

const CURL: &str =
    r#"{"target": "/quiet", "ordered": true, "headers": [["user-agent", "curl/8.5.0"], ["accept", "*/*"]]}"#;

#[test]
fn an_explanation_says_what_moved_each_model() {
    let folder = Folder::new("explain", MODELS);
    folder.write("curl.json", CURL);
    let (code, out, err) = folder.run(&["explain", "curl.json", "--format", "json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let told: Value = serde_json::from_str(&out).unwrap();
    let models = told["models"].as_array().unwrap();
    let standings: Vec<_> = models.iter().map(|model| model["standing"].as_str().unwrap()).collect();
    assert_eq!(standings, ["counts", "in shadow for this client", "says nothing: too little was observed"]);
    let device = &models[0];
    let add =
        |key: &str| device[key].as_array().unwrap().iter().map(|moved| moved["logits"].as_f64().unwrap()).sum::<f64>();
    // All that moved it adds up, by reason and by input; each of them is rounded.
    assert!((add("reasons") - add("inputs")).abs() < 0.01);
    let score = device["mean"].as_f64().unwrap() + add("inputs");
    let probability = 1.0 / (1.0 + (-score).exp());
    assert!((probability - device["probability"].as_f64().unwrap()).abs() < 0.01, "{probability}");
    assert!(
        device["inputs"].as_array().unwrap().iter().any(|input| input["name"] == "header.count" && input["value"] == 2)
    );
    let layer = &told["risk"]["layers"][0];
    assert_eq!((&layer["model"]["model"], &layer["score"]), (&"model.device".into(), &device["points"]));
    assert_eq!(told["decision"]["device"], device["points"]);
}

#[test]
fn an_explanation_in_words_has_the_same() {
    let folder = Folder::new("words", MODELS);
    folder.write("curl.json", CURL);
    let (_, out, _) = folder.run(&["explain", "curl.json"]);
    for part in [
        "\nmodels\n  device (fixture-device), mode enforce: probability 0.",
        " points in device, counts\n",
        "  to begin with, in logits\n",
        "  model.device.headers\n",
        "      of these, by what was read\n",
        "  header.count = 2\n",
        "  behaviour (fixture), mode enforce: says nothing: too little was observed\n",
        " model.device or +5 demo.quiet = ",
    ] {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
}
