//! The callbacks that Envoy calls: only those that have something to do, because each that exists costs every request.

use crate::{
    host::{Envoy, allocate},
    vm::{Action, Answer, Vm},
};
use std::cell::RefCell;

thread_local! {
    // One VM is one thread; the borrow is never nested, because no hostcall that this filter makes calls back into it
    // but for memory.
    static VM: RefCell<Vm<Envoy>> = RefCell::new(Vm::new(Envoy));
}

/// Runs `work`, or answers `otherwise` should the proxy ever call in while a call is under way.
fn with<T>(otherwise: T, work: impl FnOnce(&mut Vm<Envoy>) -> T) -> T {
    VM.with(|vm| vm.try_borrow_mut().map_or(otherwise, |mut vm| work(&mut vm)))
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
    allocate(size)
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_context_create(context: u32, root: u32) {
    with((), |vm| vm.create(context, root));
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_vm_start(_root: u32, _configuration_size: usize) -> u32 {
    1
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_configure(root: u32, size: usize) -> u32 {
    with(0, |vm| u32::from(vm.configure(root, size)))
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_headers(context: u32, _count: u32, end_of_stream: u32) -> u32 {
    code(with(Action::Continue, |vm| vm.request(context, end_of_stream != 0)))
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_body(context: u32, size: usize, end_of_stream: u32) -> u32 {
    data_code(with(Action::Continue, |vm| vm.body(context, size, end_of_stream != 0)))
}

/// A body may end with trailers, and is then not told to have ended.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_trailers(context: u32, _count: u32) -> u32 {
    data_code(with(Action::Continue, |vm| vm.trailers(context)))
}

/// Envoy asks its filters before it writes the lines of its access logs.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_log(context: u32) {
    with((), |vm| vm.ended(context));
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_grpc_receive(_root: u32, call: u32, size: usize) {
    with((), |vm| vm.answered(call, Answer::Bytes(size)));
}

/// Envoy closes a call of one message only where it failed.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_grpc_close(_root: u32, call: u32, _status: u32) {
    with((), |vm| vm.answered(call, Answer::None));
}

/// Of a call that could not be made there are no headers.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_http_call_response(_root: u32, call: u32, _headers: u32, _size: usize, _trailers: u32) {
    with((), |vm| vm.fetched(call));
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_tick(root: u32) {
    with((), |vm| vm.tick(root));
}

/// What follows a head is held by other names: buffered up to the proxy's limit, or left with the client.
fn data_code(action: Action) -> u32 {
    match action {
        Action::Continue => 0,
        Action::Stop => 1,
        // StopIterationAndWatermark.
        Action::Hold => 2,
    }
}

fn code(action: Action) -> u32 {
    match action {
        Action::Continue => 0,
        Action::Stop => 1,
        // Envoy's own StopAllIterationAndWatermark: the body waits with the client, and not in a buffer that has an end.
        Action::Hold => 4,
    }
}
