use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base64ct::{Base64, Encoding};
use clap::ValueEnum;
use outwork_engine::{limits::Scope, policy::Policy};
use outwork_filter::configuration::Configuration;
use serde::Serialize;
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
    /// How much memory the buckets of limits may take, as in `16MiB`; about 3 MiB where nothing is said
    #[arg(long, value_name = "SIZE")]
    limits_memory: Option<String>,
    #[command(flatten)]
    global: Global,
    #[command(flatten)]
    agents: Agents,
}

/// How the directories of agents are fetched; see envoy-config/web-bot-auth/.
#[derive(clap::Args, Serialize)]
struct Agents {
    /// Envoy's cluster by which the directories of agents are fetched; without one their signatures are unverifiable
    #[arg(long, value_name = "CLUSTER")]
    #[serde(rename = "cluster", skip_serializing_if = "Option::is_none")]
    agents_cluster: Option<String>,
    /// How many milliseconds a directory may take, 1 to 30000; 5000 where nothing is said. No request waits for it
    #[arg(long, value_name = "MS", requires = "agents_cluster")]
    #[serde(rename = "timeout_ms", skip_serializing_if = "Option::is_none")]
    agents_timeout: Option<u32>,
}

/// The rate-limit service that counts limits of `scope = "global"`; see envoy-config/global-limits/.
#[derive(clap::Args, Serialize)]
struct Global {
    /// Envoy's cluster of the rate-limit service that counts global limits
    #[arg(long, value_name = "CLUSTER")]
    #[serde(rename = "cluster", skip_serializing_if = "Option::is_none")]
    global_cluster: Option<String>,
    /// Under which domain the service keeps them; `outwork` where nothing is said
    #[arg(long, value_name = "DOMAIN", requires = "global_cluster")]
    #[serde(rename = "domain", skip_serializing_if = "Option::is_none")]
    global_domain: Option<String>,
    /// How many milliseconds a request waits for it, 1 to 10000; 20 where nothing is said
    #[arg(long, value_name = "MS", requires = "global_cluster")]
    #[serde(rename = "timeout_ms", skip_serializing_if = "Option::is_none")]
    global_timeout: Option<u32>,
    /// How it is asked about several limits of a request: in one call, or, as Limitador wants it, in a call for each at once
    #[arg(long, value_parser = ["together", "apart"], default_value = "together", requires = "global_cluster")]
    #[serde(rename = "calls")]
    global_calls: String,
}

#[derive(Clone, Copy, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum ClientAddress {
    /// The peer of the connection
    Connection,
    /// Envoy's source.address: behind trusted proxies, the one that they name
    Source,
}

/// The filter's configuration, as its `configuration.rs` reads it.
#[derive(Serialize)]
struct Plugin<'a> {
    bundle: String,
    client_address: ClientAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<Limits<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    global: Option<&'a Global>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agents: Option<&'a Agents>,
}

#[derive(Serialize)]
struct Limits<'a> {
    memory: &'a str,
}

impl Publish {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let name = self.bundle.display();
        let bundle = fs::read(&self.bundle).map_err(Failure::because(format!("`{name}` cannot be read")))?;
        let policy = Policy::load(&bundle).map_err(Failure::because(format!("`{name}` cannot be published")))?;
        let configuration = self.configuration(&bundle)?;
        self.warn_of_lacking(&policy);
        let text = response(&policy, &configuration, &self.module()?).to_string();
        let out = self.out.display();
        replace(&self.out, text.as_bytes()).map_err(Failure::because(format!("`{out}` cannot be written")))?;
        println!("{} is published in {out}", policy.name());
        Ok(ExitCode::SUCCESS)
    }

    /// What the filter reads of its proxy, read as it will be: what it would refuse is not published.
    fn configuration(&self, bundle: &[u8]) -> Result<String, Failure> {
        let plugin = Plugin {
            bundle: Base64::encode_string(bundle),
            client_address: self.client_address,
            limits: self.limits_memory.as_deref().map(|memory| Limits { memory }),
            global: Some(&self.global).filter(|global| global.global_cluster.is_some()),
            agents: Some(&self.agents).filter(|agents| agents.agents_cluster.is_some()),
        };
        let text = serde_json::to_string(&plugin).map_err(Failure::because("the configuration cannot be written"))?;
        Configuration::read(text.as_bytes()).map_err(|error| Failure::new(error.to_string()))?;
        Ok(text)
    }

    /// Global limits without a service still work, each Envoy for itself; nobody is likely to mean that.
    fn warn_of_lacking(&self, policy: &Policy) {
        let global = policy.limits().iter().find(|limit| limit.scope == Scope::Global);
        if let Some(limit) = global.filter(|_| self.global.global_cluster.is_none()) {
            eprintln!("warning: the limit `{}` is global, and no rate-limit service is named to count it", limit.id);
            eprintln!("help: --global-cluster names Envoy's cluster of one, as in envoy-config/global-limits/");
        }
        let agent = policy.agents().iter().find(|agent| agent.directory.is_some());
        if let Some(agent) = agent.filter(|_| self.agents.agents_cluster.is_none()) {
            eprintln!("warning: the agent `{}` has a directory, and no cluster is named to fetch it by", agent.id);
            eprintln!("help: --agents-cluster names one of Envoy's, as in envoy-config/web-bot-auth/");
        }
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
fn response(policy: &Policy, configuration: &str, module: &Path) -> Value {
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
                        "value": configuration,
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
