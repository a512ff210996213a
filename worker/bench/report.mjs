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

export function table({ samples, ratios, rounds, seconds, bar }) {
  const lines = Object.entries(samples).map(([name, cpu]) => `| ${name} | ${quartiles(cpu).map((us) => us.toFixed(1)).join(" | ")} |`);
  const [low, median, high] = quartiles(ratios).map((ratio) => ratio.toFixed(2));
  return `CPU of the workerd process for each request, in microseconds: ${rounds} interleaved rounds of ${seconds} s, wrk with 8 connections,
16 headers as Chrome sends them, an origin in another process, ${cpus().length} cores (${cpus()[0].model.trim()}).

| Worker | lower quartile | median | upper quartile |
|---|---|---|---|
${lines.join("\n")}

Outwork / JavaScript that edits four headers, within a round: **${median}** (${low} to ${high}); the bar is ${bar}.
Made by \`./scripts/bench worker --write\`.
`;
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
