// Runs a wasm32-wasip1 program in V8, as Node has it: node run_wasi.mjs PROGRAM.wasm

import { readFileSync } from "node:fs";
import process from "node:process";
import { WASI } from "node:wasi";

const wasi = new WASI({ version: "preview1", args: ["program"] });
const module = new WebAssembly.Module(readFileSync(process.argv[2]));
process.exitCode = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
