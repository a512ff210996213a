// What a request takes in the filter: its WebAssembly in V8, as Envoy runs it, with a proxy that is made of memory.
//
//     node filter_in_v8.mjs outwork_filter.wasm configuration.json requests.json
//
// `requests.json` is an object of lists of requests, by name: what Envoy would hand over of each. Prints as JSON what the
// filter asks of the proxy, by list: calls a request. Then, for each line that names a list, microseconds of processor time
// a request, the least of several passes over it.

import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";

const OK = 0;
const NOT_FOUND = 1;
const CONFIGURATION = 7;
const ROOT = 1;
// What a pass takes at the least: so many requests, the whole list at the least.
const LEAST = 4_000;
const PASSES = 8;
const KEYS = Buffer.from(`OUTWORK_KEYS=bench:${"QUFB".repeat(10)}QUE=\0`);

const [filter, configuration, requests] = process.argv.slice(2);
const plugin = readFileSync(configuration);
const lists = Object.fromEntries(Object.entries(JSON.parse(readFileSync(requests))).map(([name, list]) => [name, list.map(request)]));
const module = new WebAssembly.Module(readFileSync(filter));
const counted = new Map();
const shared = new Map();
let metrics = 0;
let current = null;
let context = ROOT;
let views = { bytes: new Uint8Array(), words: new DataView(new ArrayBuffer(0)) };
const { exports } = new WebAssembly.Instance(module, imports());

exports._initialize();
exports.proxy_on_context_create(ROOT, 0);
exports.proxy_on_vm_start?.(ROOT, 0);
if (exports.proxy_on_configure(ROOT, plugin.length) !== 1) throw new Error("the filter refused its configuration");
console.log(JSON.stringify(Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, calls(list)]))));
for await (const line of createInterface({ input: process.stdin })) console.log(measured(lists[line]));

/** What the filter asks of the proxy, calls a request. */
function calls(list) {
    // The first pass asks what is asked but once.
    list.forEach(ask);
    counted.clear();
    const passes = Math.ceil(LEAST / list.length);
    for (let pass = 0; pass < passes; pass++) list.forEach(ask);
    return Object.fromEntries([...counted].map(([name, count]) => [name, count / passes / list.length]));
}

function measured(list) {
    const passes = Math.ceil(LEAST / list.length);
    let least = Infinity;
    for (let taken = 0; taken < PASSES; taken++) {
        const begun = process.cpuUsage();
        for (let pass = 0; pass < passes; pass++) for (let at = 0; at < list.length; at++) ask(list[at]);
        const { user, system } = process.cpuUsage(begun);
        least = Math.min(least, (user + system) / passes / list.length);
    }
    return least;
}

/** One request, from its head to its end. */
function ask(one) {
    current = one;
    context += 1;
    exports.proxy_on_context_create(context, ROOT);
    exports.proxy_on_request_headers(context, one.count, 1);
    exports.proxy_on_done?.(context);
    exports.proxy_on_log?.(context);
    exports.proxy_on_delete?.(context);
}

function request({ headers, properties }) {
    return {
        count: headers.length,
        headers: pairs(headers),
        properties: new Map(Object.entries(properties).map(([name, value]) => [name.replaceAll("/", "\0"), Buffer.from(value)])),
    };
}

/** A header map in the form of proxy-wasm: how many, the lengths, then names and values, each with a zero byte. */
function pairs(list) {
    const lengths = Buffer.alloc(4 + 8 * list.length);
    lengths.writeUInt32LE(list.length);
    const texts = list.flat().map((text, at) => {
        const bytes = Buffer.from(`${text}\0`);
        lengths.writeUInt32LE(bytes.length - 1, 4 + 4 * at);
        return bytes;
    });
    return Buffer.concat([lengths, ...texts]);
}

// The proxy's functions that have something to do; all others of what the module imports do nothing.
function imports() {
    const own = {
        proxy_get_buffer_bytes: (kind, _start, _most, place, size) => (kind === CONFIGURATION ? hand(plugin, place, size) : NOT_FOUND),
        proxy_get_header_map_pairs: (_map, place, size) => hand(current.headers, place, size),
        proxy_get_property: (path, length, place, size) => hand(current?.properties.get(text(path, length)), place, size),
        proxy_set_property: (_path, _length, value, size) => keep(value, size),
        proxy_add_header_map_value: (_map, _name, _length, value, size) => keep(value, size),
        proxy_get_current_time_nanoseconds: (place) => tell(place),
        clock_time_get: (_clock, _precision, place) => tell(place),
        proxy_define_metric: (_kind, _name, _length, place) => words([place, metrics++]),
        proxy_get_shared_data: (key, length, place, size, stamp) => {
            const known = shared.get(text(key, length));
            return known === undefined ? NOT_FOUND : (words([stamp, 1]), hand(known, place, size));
        },
        proxy_set_shared_data: (key, length, value, size) => {
            shared.set(text(key, length), memory().bytes.slice(value, value + size));
            return OK;
        },
        random_get: (place, size) => {
            randomFillSync(memory().bytes, place, size);
            return OK;
        },
        environ_sizes_get: (count, size) => words([count, 1], [size, KEYS.length]),
        environ_get: (places, at) => {
            memory().bytes.set(KEYS, at);
            return words([places, at]);
        },
        proxy_log: (_level, at, size) => {
            process.stderr.write(`${text(at, size)}\n`);
            return OK;
        },
    };
    const all = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
        const call = own[name] ?? (() => OK);
        (all[from] ??= {})[name] = (...given) => {
            counted.set(name, (counted.get(name) ?? 0) + 1);
            return call(...given);
        };
    }
    return all;
}

/** The memory as it is now: it moves when it grows. */
function memory() {
    const { buffer } = exports.memory;
    if (views.bytes.buffer !== buffer) views = { bytes: new Uint8Array(buffer), words: new DataView(buffer) };
    return views;
}

function text(at, size) {
    return Buffer.from(exports.memory.buffer, at, size).latin1Slice();
}

/** Copies what the filter leaves, as the proxy does. */
function keep(at, size) {
    memory().bytes.slice(at, at + size);
    return OK;
}

function tell(place) {
    memory().words.setBigUint64(place, BigInt(Date.now()) * 1_000_000n, true);
    return OK;
}

function hand(bytes, place, size) {
    if (bytes === undefined) return NOT_FOUND;
    const at = exports.proxy_on_memory_allocate(bytes.length);
    memory().bytes.set(bytes, at);
    return words([place, at], [size, bytes.length]);
}

function words(...all) {
    for (const [place, word] of all) memory().words.setUint32(place, word, true);
    return OK;
}
