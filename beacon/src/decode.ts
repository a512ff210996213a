// Reads a blob for the lab page: what each of its bytes says.

/** Some bytes, and what they mean. */
export interface Part {
  hex: string;
  meaning: string;
}

/** What happened where: relative to the first place of the blob. */
export interface Point {
  x: number;
  y: number;
  pressed: boolean;
}

const NAMES = ["move", "down", "up", "wheel", "touch start", "touch move", "touch end", "key", "focus", "blur", "shown", "hidden", "navigated", "click without pointer"];
const PLACED = new Set([0, 1, 2, 4, 5, 6]);
const MAC = 16;

/** Every part of a blob that this script made itself. */
export function decode(blob: Uint8Array): { parts: Part[]; points: Point[] } {
  const reader = new Reader(blob);
  const parts: Part[] = [];
  const points: Point[] = [];
  const say = (meaning: string): void => void parts.push({ hex: reader.taken(), meaning });
  say(`version ${reader.byte()} of the format`);
  say(`what the page says of its browser: ${bits(reader.number(2))}`);
  say(`sequence ${reader.number(4)}: later batches have larger ones`);
  say(`the page's clock: ${new Date(reader.number(6)).toISOString()}`);
  const count = reader.varint();
  say(`${count} events follow`);
  let [x, y, pressed] = [0, 0, false];
  for (let one = 0; one < count; one++) {
    const tag = reader.byte();
    const kind = tag & 15;
    const words = [NAMES[kind] ?? "?"];
    if (tag & 0x10) words.push("made by a script");
    if (tag & 0x20) words.push("between two pixels");
    if (tag & 0x40) words.push("the mouse says otherwise than the screen");
    if (tag & 0x80) words.push(`${reader.varint()} events in one`);
    words.push(`${reader.varint()} ms later`);
    if (PLACED.has(kind)) {
      const [dx, dy] = [reader.zigzag(), reader.zigzag()];
      [x, y] = [x + dx, y + dy];
      words.push(`${dx}, ${dy} px`);
      pressed = kind === 1 || kind === 4 || (pressed && kind !== 2 && kind !== 6);
      points.push({ x, y, pressed });
    }
    if (kind === 1) words.push(`pressure ${reader.byte()}/255`, `off the centre by ${reader.signed()}, ${reader.signed()} of 127`);
    if (kind === 3) words.push(`by ${reader.zigzag()}`, `unit ${reader.byte()}`);
    if (kind >= 4 && kind <= 6) words.push(`radius ${reader.varint() / 4} px`, `pressure ${reader.byte()}/255`);
    if (kind === 7) words.push(`held for ${reader.varint()} ms; not which key`);
    say(words.join(", "));
  }
  reader.skip(MAC);
  say("the seal: only this session's key makes it");
  return { parts, points };
}

function bits(value: number): string {
  return `bits ${value.toString(2).padStart(11, "0")}`;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #from = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** What was read since this was last asked. */
  taken(): string {
    const part = this.#bytes.subarray(this.#from, this.#at);
    this.#from = this.#at;
    return Array.from(part, (one) => one.toString(16).padStart(2, "0")).join(" ");
  }

  skip(count: number): void {
    this.#at += count;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  signed(): number {
    return (this.byte() << 24) >> 24;
  }

  number(count: number): number {
    let value = 0;
    for (let place = 0; place < count; place++) value += this.byte() * 2 ** (8 * place);
    return value;
  }

  varint(): number {
    let [value, scale, one] = [0, 1, 0x80];
    while (one >= 0x80) {
      one = this.byte();
      value += (one & 0x7f) * scale;
      scale *= 128;
    }
    return value;
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }
}
