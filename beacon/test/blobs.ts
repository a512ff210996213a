// Events as the vectors name them, written by the encoder as the recorder writes them.

import { Encoder, Kind, UNKNOWN } from "../src/encoder.ts";

export interface Written {
  kind: "move" | "down" | "up" | "wheel" | "touchstart" | "touchmove" | "touchend" | "key" | "focus" | "blur" | "shown" | "hidden" | "navigated" | "click";
  at: number;
  x?: number;
  y?: number;
  untrusted?: boolean;
  fractional?: boolean;
  disagrees?: boolean;
  coalesced?: number;
  pressure?: number;
  ox?: number | null;
  oy?: number | null;
  delta?: number;
  mode?: number;
  radius?: number;
  dwell?: number;
}

export interface Vector {
  name: string;
  key: string;
  environment: number;
  sequence: number;
  clock: number;
  /** The last place of the batch before; the page's first batch has none. */
  from?: [number, number];
  events: Written[];
  blob: string;
}

const KINDS: Record<Written["kind"], Kind> = {
  move: Kind.Move, down: Kind.Down, up: Kind.Up, wheel: Kind.Wheel, touchstart: Kind.TouchStart, touchmove: Kind.TouchMove,
  touchend: Kind.TouchEnd, key: Kind.Key, focus: Kind.Focus, blur: Kind.Blur, shown: Kind.Shown, hidden: Kind.Hidden,
  navigated: Kind.Navigated, click: Kind.Click,
};

/** The blob of a vector, in hex. Its clock starts at 0. */
export function blob(vector: Omit<Vector, "blob">): string {
  const encoder = new Encoder(0);
  if (vector.from) encoder.carry(...vector.from);
  for (const event of vector.events) write(encoder, event);
  return Buffer.from(encoder.seal(vector, Buffer.from(vector.key, "hex"))).toString("hex");
}

function write(encoder: Encoder, event: Written): void {
  const flags = (event.untrusted ? 0x10 : 0) | (event.fractional ? 0x20 : 0) | (event.disagrees ? 0x40 : 0);
  const tag = KINDS[event.kind] | flags;
  if (event.x === undefined || event.y === undefined) encoder.plain(tag, event.at);
  else encoder.placed(tag, event.at, event.x, event.y, event.coalesced ?? 1);
  if (event.kind.startsWith("touch")) encoder.varint(event.radius ?? 0);
  if (event.pressure !== undefined) encoder.byte(event.pressure);
  if (event.kind === "down") [event.ox, event.oy].forEach((offset) => encoder.byte(offset ?? UNKNOWN));
  if (event.kind === "wheel") {
    encoder.zigzag(event.delta ?? 0);
    encoder.byte(event.mode ?? 0);
  }
  if (event.kind === "key") encoder.varint(event.dwell ?? 0);
}
