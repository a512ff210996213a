// Listens to the page and writes what it hears. Every listener is passive and only reads: nothing is prevented, stopped or changed.

import { DISAGREES, FRACTIONAL, Kind, MAX_STEP, UNKNOWN, UNTRUSTED, within, type Encoder } from "./encoder.ts";
import { secrets } from "./secrets.ts";

/** Told after each event. A pause is what often follows it: a moment in which sending disturbs nobody. */
export type Heard = (pause?: boolean) => void;

export interface Recorder {
  /** Whether a pointer or a finger was seen. */
  pointed(): boolean;
}

// What people press, by the markup that says so; the element that an event names may be a part of it.
const PRESSED = "a,button,input,select,textarea,label,summary,[role]";
const MAX_U16 = 0xffff;

/** Records into `encoder` until the signal aborts. */
export function record(encoder: Encoder, heard: Heard, signal: AbortSignal): Recorder {
  let pointed = false;
  let finger: number | undefined;
  let screen: [number, number] | undefined;
  // When each key that is now down went down. What key it is stays here, and only until it is up again.
  const down = new Map<string, number>();
  const timed = secrets(signal);

  const plain = (kind: number, event: Event): boolean => encoder.plain(kind | trust(event), event.timeStamp);
  const placed = (kind: number, event: Event, at: Place, coalesced?: number): boolean =>
    encoder.placed(kind | trust(event) | (at.clientX % 1 || at.clientY % 1 ? FRACTIONAL : 0), event.timeStamp, at.clientX, at.clientY, coalesced);

  const touch = (kind: number) => (event: TouchEvent): void => {
    // One finger is followed from its start to its end; those beside it are not told apart.
    const one = [...event.changedTouches].find(({ identifier }) => identifier === (finger ??= identifier));
    if (!one) return;
    pointed = true;
    if (placed(kind, event, one)) {
      encoder.varint(within(Math.round(Math.max(one.radiusX, one.radiusY) * 4), 0, MAX_U16));
      encoder.byte(share(one.force));
    }
    if (kind !== Kind.TouchEnd) return heard();
    finger = undefined;
    heard(true);
  };
  // Only the window's own: the focus of fields is not followed.
  const window = (kind: number) => (event: Event): void => {
    if (event.target !== self) return void timed(event);
    down.clear();
    plain(kind, event);
    heard();
  };

  // A pen takes the pointer along, and is followed no further.
  const pen = ({ pointerType, clientX, clientY }: PointerEvent): void => {
    if (pointerType === "pen") encoder.carry(clientX, clientY);
    screen = undefined;
  };

  const listeners: Record<string, (event: any) => void> = {
    pointermove(event: PointerEvent) {
      pointed = true;
      if (!mouse(event)) return pen(event);
      // A real mouse moves by what its place on the screen changes; many drivers set a place that says something else.
      const off = screen && (event.movementX !== event.screenX - screen[0] || event.movementY !== event.screenY - screen[1]);
      screen = [event.screenX, event.screenY];
      placed(off ? Kind.Move | DISAGREES : Kind.Move, event, event, event.getCoalescedEvents?.().length);
      heard();
    },
    pointerdown(event: PointerEvent) {
      timed(event);
      pointed = true;
      if (!mouse(event)) return;
      if (placed(Kind.Down, event, event)) [share(event.pressure), ...offsets(event)].forEach((byte) => encoder.byte(byte));
      heard();
    },
    pointerup(event: PointerEvent) {
      if (!mouse(event)) return;
      placed(Kind.Up, event, event);
      heard(true);
    },
    wheel(event: WheelEvent) {
      if (plain(Kind.Wheel, event)) {
        encoder.zigzag(within(Math.round(event.deltaY), -MAX_STEP, MAX_STEP));
        encoder.byte(event.deltaMode);
      }
      heard();
    },
    // Fingers come as touch events, which go on while the page scrolls; their pointer events end there.
    touchstart: touch(Kind.TouchStart),
    touchmove: touch(Kind.TouchMove),
    touchend: touch(Kind.TouchEnd),
    touchcancel: touch(Kind.TouchEnd),
    keydown(event: KeyboardEvent) {
      if (timed(event) && !event.repeat) down.set(event.code, event.timeStamp);
    },
    keyup(event: KeyboardEvent) {
      const since = down.get(event.code);
      if (since === undefined) return;
      down.delete(event.code);
      if (plain(Kind.Key, event)) encoder.varint(within(Math.round(event.timeStamp - since), 0, MAX_U16));
      heard(true);
    },
    click(event: MouseEvent) {
      if (event.detail) return;
      plain(Kind.Click, event);
      heard(true);
    },
    focus: window(Kind.Focus),
    blur: window(Kind.Blur),
  };
  for (const type in listeners) addEventListener(type, listeners[type], { capture: true, passive: true, signal });
  return { pointed: () => pointed };
}

interface Place {
  clientX: number;
  clientY: number;
}

function trust(event: Event): number {
  return event.isTrusted ? 0 : UNTRUSTED;
}

/** Fingers are heard as touches. Pens press, join and place as drivers do, so they are not told of. What has no type was made by a script. */
function mouse({ pointerType, isTrusted }: PointerEvent): boolean {
  return pointerType === "mouse" || !(pointerType || isTrusted);
}

function share(value: number): number {
  return Math.round(within(value, 0, 1) * 255);
}

/** Where in the pressed element the pointer is, from its centre, in 1/127 of half its size. */
function offsets({ target, clientX, clientY }: PointerEvent): [number, number] {
  const element = target instanceof Element ? (target.closest(PRESSED) ?? target) : undefined;
  // The whole page has no centre that anybody aims at.
  if (!element || /^(html|body)$/i.test(element.tagName)) return [UNKNOWN, UNKNOWN];
  const { left, top, width, height } = element.getBoundingClientRect();
  return [offset(clientX - left, width), offset(clientY - top, height)];
}

function offset(place: number, size: number): number {
  return size ? Math.round(within((place * 2) / size - 1, -1, 1) * 127) : UNKNOWN;
}
