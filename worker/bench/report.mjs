// The benchmark's numbers, as a Markdown section.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

/** Lower quartile, median and upper quartile. */
export function quartiles(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((share) => {
    const at = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
    return low + (high - low) * (at - Math.floor(at));
  });
}

/** What is measured, in the order of the table. */
const NAMES = {
  noop: "no-op",
  rival: "JavaScript that edits four headers",
  outwork: "Outwork",
  logging: "Outwork, and a log line for each request",
  charged: "Outwork, and three more local limits that every request is charged to",
  shared: "Outwork, and a global limit that every request is charged to, in a Durable Object of the same process",
};

/** The samples of each worker, a number a round, as a table, and whether the bar holds. */
export function table(samples, { rounds, seconds, bar }) {
  const lines = Object.entries(NAMES).map(([name, title]) => {
    const ratios = samples[name].map((cpu, round) => cpu / samples.rival[round]);
    return `| ${title} | ${shown(samples[name], 0)} | ${shown(ratios, 2)} |`;
  });
  const [{ model }] = cpus();
  return `CPU of the workerd process for each request, of a browser's page request with 16 headers: medians, with quartiles in brackets; ratios
are taken within each round. ${rounds} interleaved rounds of ${seconds} s, wrk with 8 connections, the worker on one core, load and origin on
another (${cpus().length} of ${model.trim()}). Outwork has the policy in rules/. Like the JavaScript it is compared with, it logs nothing,
but for the row where the policy says \`record = "all"\` and standard output is thrown away. In the last row the object's work is counted too: a call, a read and a
write of SQLite on a local disk, all by one key.

| Worker | µs a request | times the JavaScript |
|---|---|---|
${lines.join("\n")}

The bar for Outwork is ${bar}. Made by \`./scripts/bench worker --write\`.
`;
}

function shown(numbers, digits) {
  const [low, median, high] = quartiles(numbers).map((number) => number.toFixed(digits));
  return `${median} (${low}–${high})`;
}

/** Puts `text` under the heading \`## title\`, in place of what stands there. */
export function writeSection(path, title, text) {
  const page = existsSync(path) ? readFileSync(path, "utf8") : "# Performance\n";
  const heading = `## ${title}\n`;
  const start = page.indexOf(heading);
  const before = start < 0 ? `${page.trimEnd()}\n\n` : page.slice(0, start);
  const end = start < 0 ? -1 : page.indexOf("\n## ", start + heading.length);
  writeFileSync(path, `${before}${heading}\n${text}${end < 0 ? "" : page.slice(end)}`);
}
