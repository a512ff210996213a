// The blob, version 1: docs/beacon.md has its schema. Events are written as they come, so that a flush only adds a header and a MAC.

import { siphash128 } from "./siphash.ts";

export const VERSION = 1;
export const MAX_BYTES = 8192;
export const MAX_EVENTS = 512;

/** Kinds of events, as the low four bits of a tag. */
export const enum Kind {
  Move, Down, Up, Wheel, TouchStart, TouchMove, TouchEnd, Key, Focus, Blur, Shown, Hidden, Navigated, Click,
}

/** Flags, as the high four bits of a tag. */
export const UNTRUSTED = 0x10;
export const FRACTIONAL = 0x20;
export const DISAGREES = 0x40;
const COALESCED = 0x80;

/** The offset of a pointer from an element's centre where there is no element. */
export const UNKNOWN = -128;

// version, environment, sequence, clock; the count takes one byte or two behind them.
const HEADER = 1 + 2 + 4 + 6;
const BODY = HEADER + 2;
const MAC = 16;
// tag 1, coalesced 5, after 4, dx 3, dy 3, two bytes of a varint or an offset more, pressure 1: no event takes more.
const LONGEST = 20;
const MAX_AFTER = 3_600_000;
export const MAX_STEP = 32_767;

export interface Header {
  environment: number;
  sequence: number;
  clock: number;
}

/** Unsent events. Times are milliseconds of one monotonic clock, positions CSS pixels of the viewport. */
export class Encoder {
  readonly #bytes = new Uint8Array(MAX_BYTES);
  #end = BODY;
  #count = 0;
  #time: number;
  #x = NaN;
  #y = NaN;

  /** A batch of a page that is hidden says so first: what is heard then is another evidence. */
  constructor(started: number, public hidden = false) {
    this.#time = Math.round(started);
  }

  get count(): number {
    return this.#count;
  }

  /** An event without a position. False where the blob is full. */
  plain(tag: number, time: number): boolean {
    return this.#begin(tag, time, 1);
  }

  /** An event at a place, and what `rest` writes of it. */
  placed(tag: number, time: number, x: number, y: number, coalesced?: number): boolean {
    if (!this.#begin(tag, time, coalesced || 1)) return false;
    const [fromX, fromY] = [this.#x, this.#y];
    this.carry(x, y);
    // The first place of all tells nothing: NaN becomes 0.
    this.zigzag(within(this.#x - fromX, -MAX_STEP, MAX_STEP));
    this.zigzag(within(this.#y - fromY, -MAX_STEP, MAX_STEP));
    return true;
  }

  /** The place that the next event's is told from. */
  carry(x: number, y: number): void {
    this.#x = Math.round(x);
    this.#y = Math.round(y);
  }

  byte(value: number): void {
    this.#bytes[this.#end++] = value;
  }

  varint(value: number): void {
    for (value >>>= 0; value > 0x7f; value >>>= 7) this.byte((value & 0x7f) | 0x80);
    this.byte(value);
  }

  zigzag(value: number): void {
    this.varint((value << 1) ^ (value >> 31));
  }

  /** The blob of all events so far, which are forgotten. */
  seal(header: Header, key: Uint8Array): Uint8Array {
    const start = this.#count > 0x7f ? 0 : 1;
    const view = new DataView(this.#bytes.buffer, start);
    view.setUint8(0, VERSION);
    view.setUint16(1, header.environment, true);
    view.setUint32(3, header.sequence, true);
    view.setUint32(7, header.clock, true);
    view.setUint16(11, header.clock / 2 ** 32, true);
    const end = this.#end;
    this.#end = start + HEADER;
    this.varint(this.#count);
    const mac = siphash128(key, this.#bytes.subarray(start, end));
    this.#bytes.set(mac, end);
    this.drop();
    return this.#bytes.slice(start, end + MAC);
  }

  /** Drops all events. Clock and place go on: the next event tells how long after the last one, and how far from it, it came. */
  drop(): void {
    this.#end = BODY;
    this.#count = 0;
  }

  #begin(tag: number, time: number, coalesced: number): boolean {
    if (this.hidden && !this.#count && tag !== Kind.Shown && tag !== Kind.Hidden) this.plain(Kind.Hidden, time);
    if (this.#count >= MAX_EVENTS || this.#end > MAX_BYTES - MAC - LONGEST) return false;
    this.#count++;
    this.byte(coalesced === 1 ? tag : tag | COALESCED);
    if (coalesced !== 1) this.varint(coalesced);
    const whole = Math.max(this.#time, Math.round(time));
    this.varint(within(whole - this.#time, 0, MAX_AFTER));
    this.#time = whole;
    return true;
  }
}

/** The number, or the nearest limit; 0 for what is none. */
export function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value)) || 0;
}
