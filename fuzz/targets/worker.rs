//! Bytes as what the Worker's shell writes: the request's facts, its body, what the core said before, and answers. The core
//! answers in lines, or asks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_worker::abi;
use std::{panic, path::Path, slice, str, sync::Once};

const KEYS: &[u8] = b"a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";
const BINDINGS: &[u8] = b"objects 2\n";

static LOAD: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    LOAD.call_once(load);
    let mut parts = data.splitn(3, |&byte| byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let (facts, body, told) = (next(), next(), next());
    // A shell of JavaScript writes text behind its random bytes.
    if str::from_utf8(facts.get(16..).unwrap_or_default()).is_err() {
        return;
    }
    let said = call(&[facts], || abi::outwork_decide(facts.len()));
    // As the shell reads it, which decodes UTF-8.
    let text = str::from_utf8(&said).expect("text");
    assert!(matches!(text.as_bytes(), [b'0'..=b'9' | b'c' | b'g', ..]));
    call(&[facts, body, told], || abi::outwork_finish(facts.len(), body.len(), told.len()));
    call(&[facts, body, told], || abi::outwork_settle(facts.len(), body.len(), told.len()));
    call(&[told], || abi::outwork_step(told.len()));
    call(&[told], || abi::outwork_due(told.len()));
    call(&[told, body], || abi::outwork_fetched(told.len(), body.len()));
});

fn load() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy");
    let compiled = outwork_compiler::compile(&folder).unwrap_or_else(|report| panic!("{}", report.render(false)));
    // The core remembers what a panic says; libFuzzer wants to hear it.
    let hook = panic::take_hook();
    let bundle = compiled.bundle.as_slice();
    let fault = call(&[KEYS, BINDINGS, bundle], || abi::outwork_load(KEYS.len(), BINDINGS.len(), bundle.len()));
    panic::set_hook(hook);
    assert!(fault.is_empty(), "{}", String::from_utf8_lossy(&fault));
}

/// What the core leaves in its output, of a call with this input.
fn call(parts: &[&[u8]], work: impl FnOnce() -> usize) -> Vec<u8> {
    let input = parts.concat();
    let room = abi::outwork_reserve(input.len()).cast_mut();
    // SAFETY: the core reserved so much, and nothing else touches it until the call.
    unsafe { slice::from_raw_parts_mut(room, input.len()) }.copy_from_slice(&input);
    let length = work();
    // SAFETY: the core says how much of its output there is.
    unsafe { slice::from_raw_parts(abi::outwork_output(), length) }.to_vec()
}
