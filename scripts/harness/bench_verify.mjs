// What it takes origin/node to verify a request: node bench_verify.mjs; for each line with a case's name it prints microseconds.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Verifier, parseKeys } from "../../origin/node/src/index.js";

const SLICES = 40;
const SLICE = 200;
const vectors = JSON.parse(readFileSync(new URL("../../origin/vectors/evidence.json", import.meta.url), "utf8"));
const verifier = new Verifier(parseKeys(vectors.keys));

for await (const name of createInterface({ input: process.stdin })) {
  const { request, now } = vectors.cases.find((one) => one.name === name);
  const body = Buffer.from(request.body ?? "", "base64");
  const taken = Array.from({ length: SLICES }, () => {
    const begun = process.hrtime.bigint();
    for (let at = 0; at < SLICE; at += 1) verifier.head(request, now).withBody(body);
    return Number(process.hrtime.bigint() - begun) / 1_000 / SLICE;
  });
  console.log(taken.sort((one, other) => one - other)[SLICES >> 1].toFixed(3));
}
