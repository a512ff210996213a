//! What the shell calls: twelve functions over two buffers in the module's memory.
//!
//! The shell writes into the input buffer ([`outwork_reserve`]) and reads from the output buffer ([`outwork_output`]); a
//! call returns how much there is to read. Everything is synchronous, so a request never sees another one half-way, and a
//! trap is an ordinary exception in JavaScript.

use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};

use crate::{core::Core, directories, step};

/// The module's whole state: what one isolate knows.
#[derive(Default)]
struct Host {
    input: Vec<u8>,
    output: Vec<u8>,
    core: Option<Core>,
}

thread_local! {
    static HOST: RefCell<Host> = RefCell::default();
    /// Apart from the host, because a panic leaves that one borrowed.
    static FAULT: RefCell<Vec<u8>> = RefCell::default();
}

/// Makes room for `length` bytes of input. Returns where they start; that stays true until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_reserve(length: usize) -> *const u8 {
    HOST.with_borrow_mut(|host| {
        host.input.clear();
        host.input.resize(length, 0);
        host.input.as_ptr()
    })
}

/// Where the output of the last call starts.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_output() -> *const u8 {
    HOST.with_borrow(|host| host.output.as_ptr())
}

/// Loads the policy. The input is `keys` bytes of `OUTWORK_KEYS`, `bindings` bytes that say where global limits can stand, and
/// `bundle` bytes of the policy bundle. Returns 0, or the length of the reason why it cannot be loaded.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_load(keys: usize, bindings: usize, bundle: usize) -> usize {
    panic::set_hook(Box::new(remember));
    HOST.with_borrow_mut(|host| {
        let Host { input, output, core } = host;
        let (secret, rest) = input.split_at_checked(keys).unwrap_or_default();
        let (bindings, rest) = rest.split_at_checked(bindings).unwrap_or_default();
        output.clear();
        match Core::load(secret, bindings, rest.get(..bundle).unwrap_or_default()) {
            Ok(loaded) => *core = Some(loaded),
            Err(error) => output.extend_from_slice(error.to_string().as_bytes()),
        }
        output.len()
    })
}

/// The global limits that no binding holds, and the bindings that hold no limit, a line each. Returns their length.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_unbound() -> usize {
    HOST.with_borrow_mut(|host| {
        let Host { output, core, .. } = host;
        output.clear();
        if let Some(core) = core {
            core.unbound(output);
        }
        output.len()
    })
}

/// Decides on the request in the first `length` bytes of the input. Returns the length of its effects, of the wish for
/// its body, or of the question about its global limits.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_decide(length: usize) -> usize {
    HOST.with_borrow_mut(|host| {
        let Host { input, output, core } = host;
        output.clear();
        if let Some(core) = core {
            core.decide(input.get(..length).unwrap_or_default(), output);
        }
        output.len()
    })
}

/// Serves or decides on the request in the first `length` bytes of the input, of whose body `body` bytes follow, and then `known`
/// bytes of what the core said with its wish. Returns the length of its effects, or of the question about its global limits.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_finish(length: usize, body: usize, known: usize) -> usize {
    HOST.with_borrow_mut(|host| {
        let Host { input, output, core } = host;
        output.clear();
        if let Some(core) = core {
            let (facts, rest) = input.split_at_checked(length).unwrap_or_default();
            let (body, rest) = rest.split_at_checked(body).unwrap_or_default();
            core.finish(facts, body, rest.get(..known).unwrap_or_default(), output);
        }
        output.len()
    })
}

/// Decides on the request in the first `length` bytes of the input, of whose body `body` bytes follow, and then `answers` bytes
/// of what became of its global limits. Returns the length of its effects.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_settle(length: usize, body: usize, answers: usize) -> usize {
    HOST.with_borrow_mut(|host| {
        let Host { input, output, core } = host;
        output.clear();
        if let Some(core) = core {
            let (facts, rest) = input.split_at_checked(length).unwrap_or_default();
            let (body, rest) = rest.split_at_checked(body).unwrap_or_default();
            core.settle(facts, body, rest.get(..answers).unwrap_or_default(), output);
        }
        output.len()
    })
}

/// Tells that the request in the first `length` bytes of the input ended before it was decided about; `end` bytes follow that say
/// how. Returns the length of its reference and its record.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_undecided(length: usize, end: usize) -> usize {
    HOST.with_borrow_mut(|host| {
        let Host { input, output, core } = host;
        output.clear();
        if let Some(core) = core {
            let (facts, rest) = input.split_at_checked(length).unwrap_or_default();
            core.undecided(facts, rest.get(..end).unwrap_or_default(), output);
        }
        output.len()
    })
}

/// Which directories are to be fetched at the time in the first `length` bytes of the input. Returns the length of their lines.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_due(length: usize) -> usize {
    HOST.with_borrow_mut(|host| {
        let Host { input, output, core } = host;
        output.clear();
        if let Some(core) = core {
            directories::due(core.directories(), input.get(..length).unwrap_or_default(), output);
        }
        output.len()
    })
}

/// Takes in what was fetched: the first `length` bytes of the input tell of it, and `body` bytes follow. Returns the length of what
/// came of it.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_fetched(length: usize, body: usize) -> usize {
    HOST.with_borrow_mut(|host| {
        let Host { input, output, core } = host;
        output.clear();
        if let Some(core) = core {
            let (told, rest) = input.split_at_checked(length).unwrap_or_default();
            directories::fetched(core.directories(), told, rest.get(..body).unwrap_or_default(), output);
        }
        output.len()
    })
}

/// Steps one word of a store that stands elsewhere; no policy need be loaded. The first `length` bytes of the input are the time,
/// the charge and the word. Returns the length of the word to store, until when, and the outcome; 0 where there is no charge.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_step(length: usize) -> usize {
    HOST.with_borrow_mut(|host| {
        let Host { input, output, .. } = host;
        output.clear();
        step::step(input.get(..length).unwrap_or_default(), output);
        output.len()
    })
}

/// What the last panic said, as UTF-8 that a zero byte ends; empty when there was none. The shell asks after a trap, and
/// then drops the instance.
#[unsafe(no_mangle)]
pub extern "C" fn outwork_fault() -> *const u8 {
    FAULT.with_borrow_mut(|fault| {
        fault.push(0);
        fault.as_ptr()
    })
}

fn remember(info: &PanicHookInfo<'_>) {
    FAULT.set(info.to_string().into_bytes());
}
