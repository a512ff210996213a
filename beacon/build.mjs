// Bundles what the filter serves into dist/, which is committed: the engine includes the files as they are.
// `node build.mjs --check` only compares, and ends with 1 where dist/ is not what this source makes.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
// Browsers of 2021 and later: what they lack is not used.
const TARGET = ["chrome94", "edge94", "firefox93", "safari15.4"];
// Names of our own that no browser and no JSON uses: they may become shorter.
const OURS = /^(placed|plain|byte|varint|zigzag|seal|drop|carry|ended|ready|flush|count|pointed|tried|environment|sequence|retry|sink|watch)$/;
const ENDPOINTS = "/.well-known/outwork/";

/** Every file of dist/, by name. */
export async function files() {
  const made = {
    "beacon.js": await bundle("src/main.ts"),
    ...(await assets("challenge")),
    ...(await assets("lab")),
  };
  const ids = Object.fromEntries(Object.entries(made).map(([name, text]) => [name, id(text)]));
  if (existsSync(join(here, "src/lab.html"))) made["lab.html"] = page(readFileSync(join(here, "src/lab.html"), "utf8"), ids);
  const named = Object.entries(made).flatMap(([name, text]) => [[name, text], [`${name}.id`, id(text)], [`${name}.sri`, `sha384-${digest("sha384", text, "base64")}`]]);
  return Object.fromEntries(named);
}

async function assets(name) {
  const made = {};
  if (existsSync(join(here, `src/${name}.ts`))) made[`${name}.js`] = await bundle(`src/${name}.ts`, false);
  if (existsSync(join(here, `src/${name}.css`))) made[`${name}.css`] = await bundle(`src/${name}.css`);
  return made;
}

/** `fields` is whether pages with the script have any: ours have none. */
async function bundle(entry, fields = true) {
  const made = await build({
    absWorkingDir: here, entryPoints: [entry], bundle: true, minify: true, write: false, format: "iife", target: TARGET,
    charset: "utf8", mangleProps: OURS, define: { FIELDS: String(fields) }, legalComments: "none", logLevel: "warning",
  });
  return made.outputFiles[0].text;
}

/** A page that names its assets as `lab.js` and `lab.css`, with the names under which they are served. */
function page(text, ids) {
  return text.replace(/"(\w+)\.(js|css)"/g, (all, stem, kind) => (ids[`${stem}.${kind}`] ? `"${ENDPOINTS}${stem}-${ids[`${stem}.${kind}`]}.${kind}"` : all));
}

function id(text) {
  return digest("sha256", text, "hex").slice(0, 16);
}

function digest(algorithm, text, encoding) {
  return createHash(algorithm).update(text).digest(encoding);
}

/** Names of files in dist/ that differ from what the source makes. */
export function stale(made) {
  return Object.entries(made).filter(([name, text]) => !existsSync(join(dist, name)) || readFileSync(join(dist, name), "utf8") !== text).map(([name]) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await files();
  const wrong = stale(made);
  if (!process.argv.includes("--check")) {
    mkdirSync(dist, { recursive: true });
    for (const name of wrong) writeFileSync(join(dist, name), made[name]);
    for (const name of Object.keys(made).filter((name) => /\.(js|css|html)$/.test(name))) console.log(`${name}: ${Buffer.byteLength(made[name])} bytes`);
  } else if (wrong.length) {
    console.error(`not what the source makes: ${wrong.join(", ")}; run npm run build`);
    process.exitCode = 1;
  }
}
