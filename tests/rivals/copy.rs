//! The least that a filter with an opinion does: take all headers in one host call, write one. The SDK's own call reads them.

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| Box::new(Copy));
}}

struct Copy;

impl Context for Copy {}

impl HttpContext for Copy {
    fn on_http_request_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        let headers = self.get_http_request_headers_bytes();
        let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        // The sum depends on every pair, so the compiler cannot leave the reading out.
        self.add_http_request_header("x-header-bytes", if bytes > 0 { "1" } else { "0" });
        Action::Continue
    }
}

impl RootContext for Copy {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Copy))
    }
}
