//! Models, as a user meets them: in explanations, replays and diffs, imported and shown.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod explained;
mod imported;
mod replayed;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PACK: &str = r#"
[pack]
id = "demo"
version = "1"
why = "x"

[[rule]]
id = "demo.quiet"
when = 'request.path == "/quiet"'
score = 5
layer = "device"
why = "less than the model says"
"#;

/// The fixtures of CatBoost.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/catboost")
}

/// A policy with models in a folder of its own, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, settings: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("models-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        for model in ["behaviour.model", "device.model"] {
            fs::copy(fixtures().join(model), path.join(model)).unwrap();
        }
        let folder = Self(path);
        folder.write("demo.toml", PACK);
        let head = "[policy]\nversion = \"1\"\nmode = \"enforce\"\npacks = [\"demo.toml\"]\n";
        folder.write("outwork.toml", &format!("{head}{settings}"));
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } =
            Command::new(env!("CARGO_BIN_EXE_outwork")).args(arguments).current_dir(&self.0).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}
