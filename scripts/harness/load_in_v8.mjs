// What loading a bundle takes in the filter: its WebAssembly in V8, as Envoy runs it, with a proxy that does nothing.
//
//     node load_in_v8.mjs outwork_filter.wasm policy.bundle
//
// Prints JSON: milliseconds of `proxy_on_configure` in a fresh instance (the median of several), and how many bytes the
// instance's memory has before and after. That memory never shrinks, so what was needed only while loading is in it.

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";

const INSTANCES = 9;
const OK = 0;
const NOT_FOUND = 1;
const KEYS = Buffer.from(`OUTWORK_KEYS=bench:${"QUFB".repeat(10)}QUE=\0`);

const [filter, bundle] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(filter));
const plugin = Buffer.from(JSON.stringify({ bundle: readFileSync(bundle).toString("base64") }));
const taken = Array.from({ length: INSTANCES }, load);
taken.sort((one, other) => one.milliseconds - other.milliseconds);
console.log(JSON.stringify(taken[INSTANCES >> 1]));

function load() {
    const instance = new WebAssembly.Instance(module, imports(() => instance.exports));
    const { memory, _initialize, proxy_on_context_create, proxy_on_configure } = instance.exports;
    _initialize();
    proxy_on_context_create(1, 0);
    const before = memory.buffer.byteLength;
    const begun = performance.now();
    if (proxy_on_configure(1, plugin.length) !== 1) throw new Error("the filter refused the bundle");
    return { milliseconds: performance.now() - begun, before, after: memory.buffer.byteLength };
}

// The proxy's functions that loading needs; all others of what the module imports do nothing.
function imports(exports) {
    const own = {
        proxy_get_buffer_bytes: (_kind, _start, _most, place, size) => hand(exports(), plugin, place, size),
        proxy_get_shared_data: () => NOT_FOUND,
        environ_sizes_get: (count, size) => words(exports(), [count, 1], [size, KEYS.length]),
        environ_get: (places, text) => {
            Buffer.from(exports().memory.buffer).set(KEYS, text);
            return words(exports(), [places, text]);
        },
        proxy_log: (_level, text, size) => {
            process.stderr.write(Buffer.from(exports().memory.buffer, text, size));
            return OK;
        },
    };
    const all = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
        (all[from] ??= {})[name] = own[name] ?? (() => OK);
    }
    return all;
}

function hand({ memory, proxy_on_memory_allocate }, bytes, place, size) {
    const at = proxy_on_memory_allocate(bytes.length);
    Buffer.from(memory.buffer).set(bytes, at);
    return words({ memory }, [place, at], [size, bytes.length]);
}

function words({ memory }, ...pairs) {
    const view = new DataView(memory.buffer);
    for (const [at, word] of pairs) view.setUint32(at, word, true);
    return OK;
}
