// Runs a wasm32-wasip1 program in V8, as Node has it: node run_wasi.mjs PROGRAM.wasm [FOLDER]. The program is told the folder's path.

import { readFileSync } from "node:fs";
import process from "node:process";
import { WASI } from "node:wasi";

const EAGAIN = 6;
const [, , program, folder] = process.argv;
const seen = folder === undefined ? {} : { "/folder": folder };
const wasi = new WASI({ version: "preview1", args: ["program", ...Object.keys(seen)], preopens: seen });
const imports = wasi.getImportObject();
const { fd_read: read } = imports.wasi_snapshot_preview1;
const never = new Int32Array(new SharedArrayBuffer(4));

// Node's WASI does not wait for a pipe that has nothing yet.
imports.wasi_snapshot_preview1.fd_read = (...given) => {
  for (;;) {
    const code = read(...given);
    if (code !== EAGAIN) return code;
    Atomics.wait(never, 0, 0, 1);
  }
};
const module = new WebAssembly.Module(readFileSync(program));
process.exitCode = wasi.start(new WebAssembly.Instance(module, imports));
