use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base64ct::{Base64, Encoding};
use clap::ValueEnum;
use outwork_engine::policy::Policy;
use serde_json::{Value, json};

use crate::failure::Failure;

/// Hand a policy to a running Envoy
///
/// Checks the bundle as the filter will, and writes the file from which Envoy takes the filter with its policy (a
/// DiscoveryResponse for `path_config_source`). The file is replaced in one step, in its own folder: Envoy has to watch
/// that folder (`watched_directory`), and drops no request. See envoy-config/edge/ for the other half.
///
/// Exit code: 0 if the file is written; 2 if not, and then the old one stays as it is.
#[derive(clap::Args)]
pub(crate) struct Publish {
    /// The policy, as `outwork build` made it
    bundle: PathBuf,
    /// The filter, where Envoy will read it
    #[arg(long, value_name = "FILE")]
    wasm: PathBuf,
    /// The file that Envoy watches
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Whose address the client's is
    #[arg(long, value_enum, default_value_t = ClientAddress::Connection)]
    client_address: ClientAddress,
}

#[derive(Clone, Copy, ValueEnum)]
enum ClientAddress {
    /// The peer of the connection
    Connection,
    /// Envoy's source.address: behind trusted proxies, the one that they name
    Source,
}

impl Publish {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let name = self.bundle.display();
        let bundle = fs::read(&self.bundle).map_err(Failure::because(format!("`{name}` cannot be read")))?;
        let policy = Policy::load(&bundle).map_err(Failure::because(format!("`{name}` cannot be published")))?;
        let text = response(&policy, &bundle, &self.module()?, self.client_address).to_string();
        let out = self.out.display();
        replace(&self.out, text.as_bytes()).map_err(Failure::because(format!("`{out}` cannot be written")))?;
        println!("{} is published in {out}", policy.name());
        Ok(ExitCode::SUCCESS)
    }

    /// The module's absolute path: Envoy does not run in our working directory.
    fn module(&self) -> Result<PathBuf, Failure> {
        let name = self.wasm.display();
        let mut magic = [0; 4];
        let read = File::open(&self.wasm).and_then(|mut file| file.read_exact(&mut magic));
        read.map_err(Failure::because(format!("`{name}` cannot be read")))?;
        if magic != *b"\0asm" {
            return Err(Failure::new(format!("`{name}` is not a WebAssembly module"))
                .with_help("cargo build --release -p outwork-filter --target wasm32-wasip1"));
        }
        self.wasm.canonicalize().map_err(Failure::because(format!("`{name}` cannot be found")))
    }
}

/// The filter's configuration as Envoy's file-based discovery reads it.
///
/// `FAIL_RELOAD`: a VM that ever traps is made anew at the next request. `host_env_keys`: of the environment the filter
/// sees its keys alone.
fn response(policy: &Policy, bundle: &[u8], module: &Path, client_address: ClientAddress) -> Value {
    let client_address = match client_address {
        ClientAddress::Connection => "connection",
        ClientAddress::Source => "source",
    };
    let configuration = json!({"bundle": Base64::encode_string(bundle), "client_address": client_address});
    json!({
        "version_info": policy.name(),
        "resources": [{
            "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
            "name": "outwork",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
                "config": {
                    "name": "outwork",
                    "root_id": "outwork",
                    "failure_policy": "FAIL_RELOAD",
                    "reload_config": {"backoff": {"base_interval": "0.1s"}},
                    "allow_on_headers_stop_iteration": true,
                    "vm_config": {
                        "vm_id": "outwork",
                        "runtime": "envoy.wasm.runtime.v8",
                        "code": {"local": {"filename": module}},
                        "environment_variables": {"host_env_keys": ["OUTWORK_KEYS"]},
                    },
                    "configuration": {
                        "@type": "type.googleapis.com/google.protobuf.StringValue",
                        "value": configuration.to_string(),
                    },
                },
            },
        }],
    })
}

/// Puts `text` in the place of the file in one step that survives a crash: a reader sees the old or the new one.
pub(super) fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut fresh = OsString::from(".");
    fresh.push(name);
    fresh.push(format!(".{}.new", std::process::id()));
    let fresh = folder.join(fresh);
    let written = write_through(&fresh, text).and_then(|()| fs::rename(&fresh, file));
    if written.is_err() {
        // The first error says what is wrong; that nothing could be tidied up follows from it.
        let _ = fs::remove_file(&fresh);
    }
    written?;
    File::open(folder)?.sync_all()
}

fn write_through(file: &Path, text: &[u8]) -> io::Result<()> {
    let mut open = OpenOptions::new().write(true).create(true).truncate(true).open(file)?;
    open.write_all(text)?;
    open.sync_all()
}
