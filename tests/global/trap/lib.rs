//! `/wait` asks the rate limit service and is held until that answers; `/trap` panics; everything else passes.

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| Box::new(Root));
}}

struct Root;
struct Stream;

impl Context for Root {}

impl RootContext for Root {
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

impl Context for Stream {
    fn on_grpc_call_response(&mut self, _: u32, _: u32, _: usize) {
        self.resume_http_request();
    }
}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        match self.get_http_request_header(":path").as_deref() {
            Some("/wait") => {
                let service = "envoy.service.ratelimit.v3.RateLimitService";
                // A question in the domain `outwork`, with no descriptors.
                let question = b"\x0a\x07outwork";
                let long = Duration::from_secs(60);
                match self.dispatch_grpc_call("ratelimit", service, "ShouldRateLimit", vec![], Some(question), long) {
                    Ok(_) => Action::Pause,
                    Err(_) => Action::Continue,
                }
            }
            Some("/trap") => panic!("as it was told to"),
            _ => Action::Continue,
        }
    }
}
