//! The callbacks that Envoy calls and the hostcalls that answer them, of proxy-wasm ABI 0.2.1.

use crate::{
    configuration,
    streams::{Host, Streams},
};
use std::{cell::RefCell, ptr::null_mut};

const OK: u32 = 0;
const REQUEST_HEADERS: u32 = 0;
const RESPONSE_HEADERS: u32 = 2;
const RESPONSE_BODY: u32 = 1;
const PLUGIN_CONFIGURATION: u32 = 7;
const CRITICAL: u32 = 5;

/// What every callback returns: go on.
const CONTINUE: u32 = 0;

thread_local! {
    static STREAMS: RefCell<Streams> = RefCell::default();
}

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_log(level: u32, text: *const u8, size: usize) -> u32;
    fn proxy_get_buffer_bytes(kind: u32, start: usize, most: usize, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_set_buffer_bytes(kind: u32, start: usize, length: usize, data: *const u8, size: usize) -> u32;
    fn proxy_get_header_map_value(map: u32, name: *const u8, nsize: usize, data: *mut *mut u8, size: *mut usize)
    -> u32;
    fn proxy_replace_header_map_value(map: u32, name: *const u8, nsize: usize, value: *const u8, vsize: usize) -> u32;
    fn proxy_remove_header_map_value(map: u32, name: *const u8, size: usize) -> u32;
}

unsafe extern "C" {
    fn __wasm_call_ctors();
}

#[unsafe(no_mangle)]
extern "C" fn _initialize() {
    // SAFETY: the linker's own function, called once, before anything else, as a reactor's `_initialize` has to.
    unsafe { __wasm_call_ctors() }
}

#[unsafe(no_mangle)]
extern "C" fn proxy_abi_version_0_2_1() {}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_memory_allocate(size: usize) -> *mut u8 {
    let Ok(layout) = std::alloc::Layout::array::<u8>(size) else { return null_mut() };
    if size == 0 {
        return null_mut();
    }
    // SAFETY: the layout is not of size zero. Zeroed, because the bytes become a `Vec<u8>` whatever the host does.
    unsafe { std::alloc::alloc_zeroed(layout) }
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_context_create(_context: u32, _root: u32) {}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_vm_start(_root: u32, _configuration_size: usize) -> u32 {
    1
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_configure(_root: u32, size: usize) -> u32 {
    match configuration::tag(&buffer(PLUGIN_CONFIGURATION, size).unwrap_or_default()) {
        Ok(tag) => {
            STREAMS.with_borrow_mut(|streams| streams.configure(tag));
            1
        }
        Err(error) => {
            let line = format!("outwork insert: {error}");
            // There is nowhere left to report that the log cannot be written.
            // SAFETY: the pointer and size of a live string.
            let _ = unsafe { proxy_log(CRITICAL, line.as_ptr(), line.len()) };
            0
        }
    }
}

/// Now, because a response's callbacks are not shown the headers of its request.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_headers(context: u32, _count: u32, _end_of_stream: u32) -> u32 {
    STREAMS.with_borrow_mut(|streams| streams.asked(&Envoy, context));
    CONTINUE
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_headers(context: u32, _count: u32, end_of_stream: u32) -> u32 {
    STREAMS.with_borrow_mut(|streams| streams.head(&Envoy, context, end_of_stream != 0));
    CONTINUE
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_body(context: u32, size: usize, _end_of_stream: u32) -> u32 {
    STREAMS.with_borrow_mut(|streams| streams.body(&Envoy, context, size));
    CONTINUE
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_delete(context: u32) {
    STREAMS.with_borrow_mut(|streams| streams.forget(context));
}

/// The proxy that runs this module. A hostcall that fails leaves the response as it is.
struct Envoy;

// SAFETY: every block below passes pointers and sizes of live Rust values to a hostcall of proxy-wasm ABI 0.2.1, which
// reads or writes within these sizes during the call and keeps none of them.
impl Host for Envoy {
    fn request_header(&self, name: &str) -> Option<Vec<u8>> {
        header(REQUEST_HEADERS, name)
    }

    fn response_header(&self, name: &str) -> Option<Vec<u8>> {
        header(RESPONSE_HEADERS, name)
    }

    fn edit(&self, name: &str, value: Option<&[u8]>) {
        let (n, size) = (name.as_ptr(), name.len());
        match value {
            Some(value) => unsafe {
                proxy_replace_header_map_value(RESPONSE_HEADERS, n, size, value.as_ptr(), value.len())
            },
            None => unsafe { proxy_remove_header_map_value(RESPONSE_HEADERS, n, size) },
        };
    }

    fn chunk(&self, size: usize) -> Option<Vec<u8>> {
        buffer(RESPONSE_BODY, size)
    }

    fn replace(&self, size: usize, bytes: &[u8]) {
        unsafe { proxy_set_buffer_bytes(RESPONSE_BODY, 0, size, bytes.as_ptr(), bytes.len()) };
    }
}

fn buffer(kind: u32, most: usize) -> Option<Vec<u8>> {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: as above.
    let status = unsafe { proxy_get_buffer_bytes(kind, 0, most, &raw mut data, &raw mut size) };
    (status == OK).then(|| bytes(data, size))
}

fn header(map: u32, name: &str) -> Option<Vec<u8>> {
    let (mut data, mut size) = (null_mut(), 0);
    let (n, length) = (name.as_ptr(), name.len());
    // SAFETY: as above.
    let status = unsafe { proxy_get_header_map_value(map, n, length, &raw mut data, &raw mut size) };
    (status == OK).then(|| bytes(data, size))
}

fn bytes(data: *mut u8, size: usize) -> Vec<u8> {
    if data.is_null() || size == 0 {
        return Vec::new();
    }
    // SAFETY: the host got `data` from `proxy_on_memory_allocate(size)`, which allocates exactly `size` bytes with the
    // layout of a `Vec<u8>`, filled all of them, and keeps no copy of the address.
    unsafe { Vec::from_raw_parts(data, size, size) }
}
