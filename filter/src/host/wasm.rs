//! The hostcalls of proxy-wasm ABI 0.2.1: the only place that names them.

use super::{Call, Failure, Host, Kind, Level, Metric};
use crate::pairs;
use outwork_engine::time::Time;
use std::ptr::null_mut;

const OK: u32 = 0;
const NOT_FOUND: u32 = 1;
const CAS_MISMATCH: u32 = 8;
const REQUEST_HEADERS: u32 = 0;
const REQUEST_TRAILERS: u32 = 1;
const REQUEST_BODY: u32 = 0;
const FETCHED_BODY: u32 = 4;
const GRPC_MESSAGE: u32 = 5;
const FETCHED_HEADERS: u32 = 6;
const REQUEST: u32 = 0;
const PLUGIN_CONFIGURATION: u32 = 7;
const NO_GRPC_STATUS: i32 = -1;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_log(level: u32, text: *const u8, size: usize) -> u32;
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
    fn proxy_get_buffer_bytes(kind: u32, start: usize, most: usize, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_add_header_map_value(map: u32, name: *const u8, nsize: usize, value: *const u8, vsize: usize) -> u32;
    fn proxy_remove_header_map_value(map: u32, name: *const u8, size: usize) -> u32;
    fn proxy_get_property(path: *const u8, psize: usize, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_set_property(path: *const u8, psize: usize, value: *const u8, vsize: usize) -> u32;
    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: i32,
    ) -> u32;
    fn proxy_define_metric(kind: u32, name: *const u8, size: usize, id: *mut u32) -> u32;
    fn proxy_increment_metric(id: u32, by: i64) -> u32;
    fn proxy_record_metric(id: u32, value: u64) -> u32;
    fn proxy_get_shared_data(
        key: *const u8,
        ksize: usize,
        data: *mut *mut u8,
        size: *mut usize,
        stamp: *mut u32,
    ) -> u32;
    fn proxy_set_shared_data(key: *const u8, ksize: usize, value: *const u8, vsize: usize, stamp: u32) -> u32;
    fn proxy_grpc_call(
        cluster: *const u8,
        cluster_size: usize,
        service: *const u8,
        service_size: usize,
        method: *const u8,
        method_size: usize,
        metadata: *const u8,
        metadata_size: usize,
        message: *const u8,
        message_size: usize,
        timeout_ms: u32,
        call: *mut u32,
    ) -> u32;
    fn proxy_http_call(
        cluster: *const u8,
        cluster_size: usize,
        headers: *const u8,
        headers_size: usize,
        body: *const u8,
        body_size: usize,
        trailers: *const u8,
        trailers_size: usize,
        timeout_ms: u32,
        call: *mut u32,
    ) -> u32;
    fn proxy_set_tick_period_milliseconds(period: u32) -> u32;
    fn proxy_continue_stream(stream: u32) -> u32;
    fn proxy_set_effective_context(context: u32) -> u32;
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn random_get(data: *mut u8, size: usize) -> i32;
}

/// The proxy that runs this module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Envoy;

/// Where a hostcall writes the address and the size of the bytes that it returns.
struct Returned {
    data: *mut u8,
    size: usize,
}

impl Returned {
    const fn nothing() -> Self {
        Self { data: null_mut(), size: 0 }
    }

    fn bytes(self) -> Vec<u8> {
        if self.data.is_null() || self.size == 0 {
            return Vec::new();
        }
        // SAFETY: the host got `data` from `proxy_on_memory_allocate(size)`, which allocates exactly `size` bytes
        // with the layout of a `Vec<u8>`, filled all of them, and keeps no copy of the address.
        unsafe { Vec::from_raw_parts(self.data, self.size, self.size) }
    }
}

/// What `proxy_on_memory_allocate` gives the host to fill: null when there is no memory, which the host reports as
/// a failure of the call.
pub(crate) fn allocate(size: usize) -> *mut u8 {
    let Ok(layout) = std::alloc::Layout::array::<u8>(size) else { return null_mut() };
    if size == 0 {
        return null_mut();
    }
    // SAFETY: the layout is not of size zero. Zeroed, because the bytes become a `Vec<u8>` whatever the host does.
    unsafe { std::alloc::alloc_zeroed(layout) }
}

fn done(call: Call, status: u32) -> Result<(), Failure> {
    if status == OK { Ok(()) } else { Err(Failure { call, status }) }
}

/// The first bytes of a buffer, at most so many; none of one that is not there.
fn buffer(call: Call, kind: u32, most: usize) -> Result<Vec<u8>, Failure> {
    let mut out = Returned::nothing();
    // SAFETY: as below.
    let status = unsafe { proxy_get_buffer_bytes(kind, 0, most, &raw mut out.data, &raw mut out.size) };
    if status == NOT_FOUND {
        return Ok(Vec::new());
    }
    done(call, status)?;
    Ok(out.bytes())
}

/// A header map, serialised.
fn map(call: Call, map: u32) -> Result<Vec<u8>, Failure> {
    let mut out = Returned::nothing();
    // SAFETY: as below.
    done(call, unsafe { proxy_get_header_map_pairs(map, &raw mut out.data, &raw mut out.size) })?;
    Ok(out.bytes())
}

fn add(map: u32, name: &[u8], value: &[u8]) -> Result<(), Failure> {
    let (n, v) = (name.as_ptr(), value.as_ptr());
    // SAFETY: as below.
    done(Call::Edit, unsafe { proxy_add_header_map_value(map, n, name.len(), v, value.len()) })
}

fn remove(map: u32, name: &[u8]) -> Result<(), Failure> {
    // SAFETY: as below.
    done(Call::Edit, unsafe { proxy_remove_header_map_value(map, name.as_ptr(), name.len()) })
}

// SAFETY: every block below passes pointers and sizes of live Rust values to a hostcall of proxy-wasm ABI 0.2.1,
// which reads or writes within these sizes during the call and keeps none of them.
impl Host for Envoy {
    fn now(&self) -> Result<Time, Failure> {
        let mut nanoseconds = 0;
        done(Call::Clock, unsafe { proxy_get_current_time_nanoseconds(&raw mut nanoseconds) })?;
        Ok(Time(nanoseconds / 1_000))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Failure> {
        let status = unsafe { random_get(bytes.as_mut_ptr(), bytes.len()) };
        done(Call::Entropy, status.unsigned_abs())
    }

    fn request_headers(&self) -> Result<Vec<u8>, Failure> {
        map(Call::Headers, REQUEST_HEADERS)
    }

    fn request_body(&self, most: usize) -> Result<Vec<u8>, Failure> {
        buffer(Call::Body, REQUEST_BODY, most)
    }

    fn add_header(&self, name: &[u8], value: &[u8]) -> Result<(), Failure> {
        add(REQUEST_HEADERS, name, value)
    }

    fn remove_header(&self, name: &[u8]) -> Result<(), Failure> {
        remove(REQUEST_HEADERS, name)
    }

    fn trailers(&self) -> Result<Vec<u8>, Failure> {
        map(Call::Headers, REQUEST_TRAILERS)
    }

    fn add_trailer(&self, name: &[u8], value: &[u8]) -> Result<(), Failure> {
        add(REQUEST_TRAILERS, name, value)
    }

    fn remove_trailer(&self, name: &[u8]) -> Result<(), Failure> {
        remove(REQUEST_TRAILERS, name)
    }

    fn property(&self, call: Call, path: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let mut out = Returned::nothing();
        let status = unsafe { proxy_get_property(path.as_ptr(), path.len(), &raw mut out.data, &raw mut out.size) };
        if status == NOT_FOUND {
            return Ok(None);
        }
        done(call, status)?;
        Ok(Some(out.bytes()))
    }

    fn set_property(&self, name: &[u8], value: &[u8]) -> Result<(), Failure> {
        let (n, v) = (name.as_ptr(), value.as_ptr());
        done(Call::State, unsafe { proxy_set_property(n, name.len(), v, value.len()) })
    }

    fn reply(&self, status: u16, details: &str, headers: &[u8], body: &[u8]) -> Result<(), Failure> {
        let status = unsafe {
            proxy_send_local_response(
                u32::from(status),
                details.as_ptr(),
                details.len(),
                body.as_ptr(),
                body.len(),
                headers.as_ptr(),
                headers.len(),
                NO_GRPC_STATUS,
            )
        };
        done(Call::Reply, status)
    }

    fn define(&self, kind: Kind, name: &str) -> Result<Metric, Failure> {
        let kind = match kind {
            Kind::Counter => 0,
            Kind::Gauge => 1,
        };
        let mut id = 0;
        done(Call::Metric, unsafe { proxy_define_metric(kind, name.as_ptr(), name.len(), &raw mut id) })?;
        Ok(Metric(id))
    }

    fn count(&self, metric: Metric, by: i64) -> Result<(), Failure> {
        done(Call::Metric, unsafe { proxy_increment_metric(metric.0, by) })
    }

    fn gauge(&self, metric: Metric, value: u64) -> Result<(), Failure> {
        done(Call::Metric, unsafe { proxy_record_metric(metric.0, value) })
    }

    fn shared(&self, key: &[u8]) -> Result<Option<(Vec<u8>, u32)>, Failure> {
        let (mut out, mut stamp) = (Returned::nothing(), 0);
        let status = unsafe {
            proxy_get_shared_data(key.as_ptr(), key.len(), &raw mut out.data, &raw mut out.size, &raw mut stamp)
        };
        if status == NOT_FOUND {
            return Ok(None);
        }
        done(Call::Store, status)?;
        Ok(Some((out.bytes(), stamp)))
    }

    fn share(&self, key: &[u8], value: &[u8], stamp: Option<u32>) -> Result<bool, Failure> {
        let (k, v) = (key.as_ptr(), value.as_ptr());
        let status = unsafe { proxy_set_shared_data(k, key.len(), v, value.len(), stamp.unwrap_or(0)) };
        if status == CAS_MISMATCH {
            return Ok(false);
        }
        done(Call::Store, status).map(|()| true)
    }

    fn call(&self, cluster: &str, method: (&str, &str), message: &[u8], timeout_ms: u32) -> Result<u32, Failure> {
        let (service, method) = method;
        let metadata = pairs::write(&[]);
        let mut call = 0;
        let status = unsafe {
            proxy_grpc_call(
                cluster.as_ptr(),
                cluster.len(),
                service.as_ptr(),
                service.len(),
                method.as_ptr(),
                method.len(),
                metadata.as_ptr(),
                metadata.len(),
                message.as_ptr(),
                message.len(),
                timeout_ms,
                &raw mut call,
            )
        };
        done(Call::Service, status).map(|()| call)
    }

    fn received(&self, most: usize) -> Result<Vec<u8>, Failure> {
        buffer(Call::Service, GRPC_MESSAGE, most)
    }

    fn fetch(&self, cluster: &str, headers: &[u8], timeout_ms: u32) -> Result<u32, Failure> {
        let trailers = pairs::write(&[]);
        let mut call = 0;
        let status = unsafe {
            proxy_http_call(
                cluster.as_ptr(),
                cluster.len(),
                headers.as_ptr(),
                headers.len(),
                [].as_ptr(),
                0,
                trailers.as_ptr(),
                trailers.len(),
                timeout_ms,
                &raw mut call,
            )
        };
        done(Call::Fetch, status).map(|()| call)
    }

    fn fetched_headers(&self) -> Result<Vec<u8>, Failure> {
        let mut out = Returned::nothing();
        let status = unsafe { proxy_get_header_map_pairs(FETCHED_HEADERS, &raw mut out.data, &raw mut out.size) };
        if status == NOT_FOUND {
            return Ok(Vec::new());
        }
        done(Call::Fetch, status)?;
        Ok(out.bytes())
    }

    fn fetched_body(&self, most: usize) -> Result<Vec<u8>, Failure> {
        buffer(Call::Fetch, FETCHED_BODY, most)
    }

    fn resume(&self) -> Result<(), Failure> {
        done(Call::Resume, unsafe { proxy_continue_stream(REQUEST) })
    }

    fn tick(&self, milliseconds: u32) -> Result<(), Failure> {
        done(Call::Timer, unsafe { proxy_set_tick_period_milliseconds(milliseconds) })
    }

    fn configuration(&self, size: usize) -> Result<Vec<u8>, Failure> {
        buffer(Call::Configuration, PLUGIN_CONFIGURATION, size)
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn lives(&self, context: u32) -> bool {
        unsafe { proxy_set_effective_context(context) == OK }
    }

    fn log(&self, level: Level, line: &str) {
        let level = match level {
            Level::Warn => 3,
            Level::Critical => 5,
        };
        // There is nowhere left to report that the log cannot be written.
        let _ = unsafe { proxy_log(level, line.as_ptr(), line.len()) };
    }
}
