//! Hellos of real clients, with the JA3 and JA4 that another program computed for them.

use outwork_engine::hello::{ClientHello, HelloError, Transport};

use crate::fixture::{self, Client, clients, data_dir, md5_hex};

#[test]
fn kept_hellos_have_the_fingerprints_they_were_captured_with() {
    let clients = clients();
    assert!(clients.len() > 40, "the fixture shrank to {}", clients.len());
    clients.iter().for_each(agrees);
}

#[test]
fn all_captured_hellos_have_the_fingerprints_they_were_captured_with() {
    let Some(clients) = captured() else { return };
    assert_eq!(clients.len(), 201);
    clients.iter().for_each(agrees);
}

fn agrees(client: &Client) {
    let hello = ClientHello::from_records(&client.hello).unwrap_or_else(|error| panic!("{}: {error}", client.name));
    assert_eq!(hello.ja4(Transport::Tls), client.ja4, "{}", client.name);
    assert_eq!(md5_hex(&hello.ja3()), client.ja3_md5, "{}: {}", client.name, hello.ja3());
    if let Some([ja4, ja3_md5]) = &client.envoy {
        assert_eq!(&hello.envoy_ja4(), ja4, "{}", client.name);
        assert_eq!(&md5_hex(&hello.envoy_ja3()), ja3_md5, "{}: {}", client.name, hello.envoy_ja3());
    }
}

/// Chromium's GREASE among the signature algorithms makes Envoy's JA4 another with each connection.
#[test]
fn envoy_gives_one_browser_many_ja4() {
    let clients = clients();
    let of_envoy = |ja4: &str| {
        let same = clients.iter().filter(|client| client.ja4 == ja4);
        same.map(|client| client.envoy.as_ref().unwrap()[0].clone()).collect::<std::collections::BTreeSet<_>>()
    };
    assert!(of_envoy("t13d1517h2_8daaf6152771_cb7bf5808d99").len() > 1);
    assert_eq!(of_envoy("t13d1516h2_8daaf6152771_02713d6af862").len(), 1);
}

#[test]
fn a_hello_split_over_many_records_is_the_same_hello() {
    for client in clients() {
        let whole = ClientHello::from_records(&client.hello).unwrap();
        let message = client.hello.get(5..).unwrap();
        for size in [1, 2, 3, 5, 100, 1000] {
            let split: Vec<u8> = message.chunks(size).flat_map(record).collect();
            assert_eq!(ClientHello::from_records(&split), Ok(whole.clone()), "{} in {size}", client.name);
        }
        assert_eq!(ClientHello::from_handshake(message), Ok(whole));
    }
}

#[test]
fn what_follows_the_records_of_the_hello_is_left_alone() {
    let client = clients().remove(0);
    let mut bytes = client.hello.clone();
    bytes.extend([20, 3, 3, 0, 1, 1]);
    let reassembled = outwork_engine::hello::reassemble(&bytes).unwrap();
    assert_eq!(reassembled.consumed, client.hello.len());
    assert_eq!(reassembled.message, client.hello[5..]);
}

#[test]
fn another_record_between_the_fragments_is_an_error() {
    let client = clients().remove(0);
    let (head, tail) = client.hello[5..].split_at(100);
    let bytes = [record(head), vec![21, 3, 3, 0, 2, 1, 0], record(tail)].concat();
    assert_eq!(ClientHello::from_records(&bytes), Err(HelloError::NotHandshake));
}

fn record(fragment: &[u8]) -> Vec<u8> {
    let length = u16::try_from(fragment.len()).unwrap().to_be_bytes();
    [&[22, 3, 1], &length[..], fragment].concat()
}

/// The whole capture, where the data directory is.
fn captured() -> Option<Vec<Client>> {
    let path = data_dir().join("lists/real_clients_tls_http.jsonl.gz");
    let file = match std::fs::File::open(&path) {
        Ok(file) => file,
        Err(error) => {
            fixture::did_not_run(&format!("{}: {error}", path.display()));
            return None;
        }
    };
    let lines = std::io::BufReader::new(flate2::read::GzDecoder::new(file));
    Some(std::io::BufRead::lines(lines).map(|line| from_json(&line.unwrap())).collect())
}

fn from_json(line: &str) -> Client {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    let text = |key: &str| value[key].as_str().unwrap().to_owned();
    Client {
        name: text("client"),
        ja4: text("ja4"),
        ja3_md5: text("ja3_md5"),
        envoy: None,
        hello: fixture::from_hex(&text("hello")),
    }
}
