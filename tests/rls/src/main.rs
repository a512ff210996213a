//! A rate limit service for tests and the demo: `envoy.service.ratelimit.v3.RateLimitService` over Limitador's library.
//!
//! ```text
//! outwork-rls --listen 127.0.0.1:8081 --limits limits.yaml [--redis redis://127.0.0.1:6379/] [--bare] [--delay-ms 50]
//! ```
//!
//! It is no product: no TLS, no metrics, no reload. Run Limitador or envoyproxy/ratelimit in its place.

mod counters;
mod service;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use envoy_types::pb::envoy::service::ratelimit::v3::rate_limit_service_server::RateLimitServiceServer;
use tonic::transport::Server;

use crate::counters::Counters;
use crate::service::Service;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = pico_args::Arguments::from_env();
    let listen: SocketAddr = arguments.value_from_str("--listen")?;
    let limits: PathBuf = arguments.value_from_str("--limits")?;
    let redis: Option<String> = arguments.opt_value_from_str("--redis")?;
    let delay = Duration::from_millis(arguments.opt_value_from_str("--delay-ms")?.unwrap_or(0));
    let bare = arguments.contains("--bare");
    let rest = arguments.finish();
    if !rest.is_empty() {
        return Err(format!("unknown arguments: {rest:?}").into());
    }
    let counters = Counters::new(&std::fs::read_to_string(limits)?, redis.as_deref())?;
    let service = RateLimitServiceServer::new(Service { counters, bare, delay });
    Server::builder().add_service(service).serve(listen).await?;
    Ok(())
}
