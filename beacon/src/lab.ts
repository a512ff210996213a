// The lab page: it runs the beacon as any page does, but posts its batches to the lab, which answers with what became of them.

import { begin, type Beacon } from "./beacon.ts";
import { decode } from "./decode.ts";
import { post } from "./edge.ts";
import { drawPath, drawRange } from "./draw.ts";
import { ranges, sources } from "./ranges.json";

const EVERY_MS = 3_000;

interface Told {
  risk: number;
  band: string;
  behaviour: number | null;
  confidence: number;
  window: string;
  reasons: string[];
  features: { name: string; unit: string; formula: string; value: number | null }[];
}

const part = <Kind extends HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;
const known: Record<string, number[]> = ranges;
let beacon: Beacon | undefined;
let timer: ReturnType<typeof setInterval>;

part("sources").textContent = `From recordings: ${sources}.`;
part("start").addEventListener("click", start);
part("stop").addEventListener("click", stop);

function start(): void {
  if (navigator.globalPrivacyControl) return say("Your browser asks not to be observed (Global Privacy Control), so nothing is.");
  beacon = begin({ sink });
  timer = setInterval(() => void beacon?.flush(), EVERY_MS);
  running(true);
  say("Observing. Something is sent every three seconds, if something happened.");
}

function stop(): void {
  clearInterval(timer);
  beacon?.stop();
  beacon = undefined;
  running(false);
  say("Stopped. What was not sent is forgotten; close the browser or delete the cookie to forget the rest.");
}

function running(yes: boolean): void {
  const [on, off] = [part<HTMLButtonElement>("start"), part<HTMLButtonElement>("stop")];
  [on.disabled, off.disabled] = [yes, !yes];
  (yes ? off : on).focus();
}

async function sink(blob: Uint8Array): Promise<number> {
  show(blob);
  const answer = await post("lab", blob);
  if (answer.ok) tell(await answer.json());
  else say(`The edge did not take the last batch (${answer.status}).`);
  return answer.status;
}

function show(blob: Uint8Array): void {
  const decoded = decode(blob);
  part("sent").textContent = `${blob.length} bytes, ${decoded.parts.length - 6} events.`;
  rows("bytes", decoded.parts.map(({ hex, meaning }) => [hex, meaning]));
  const text = drawPath(part<HTMLCanvasElement>("path"), decoded.points);
  part("path-text").textContent = text;
  part("path").setAttribute("aria-label", text);
}

function tell(told: Told): void {
  const confidence = (told.confidence / 1000).toFixed(2);
  const values = { total: told.risk, band: told.band, behaviour: told.behaviour ?? "not enough seen", confidence, window: told.window };
  for (const [id, value] of Object.entries(values)) part(id).textContent = String(value);
  part("reasons").textContent = told.reasons.join(", ") || "none";
  rows("features", told.features.filter(({ value }) => value !== null).map(feature));
  say(`Risk ${told.risk}, band ${told.band}.`);
}

function feature({ name, unit, formula, value }: Told["features"][number]): (string | Node)[] {
  const title = document.createElement("span");
  title.title = formula;
  title.textContent = name;
  const range = known[name];
  if (!range || value === null) return [title, `${value} ${unit}`, "–", "–"];
  return [title, `${value} ${unit}`, `${range[0]} to ${range[1]}`, drawRange(value, range[0], range[1])];
}

function rows(id: string, cells: (string | Node)[][]): void {
  const made = cells.map((row) => {
    const line = document.createElement("tr");
    for (const content of row) line.insertCell().append(content);
    return line;
  });
  part(id).replaceChildren(...made);
}

function say(text: string): void {
  part("status").textContent = text;
}
