// Listens to the page and writes what it hears. Every listener is passive and only reads: nothing is prevented, stopped or changed.

import { DISAGREES, FRACTIONAL, Kind, UNKNOWN, UNTRUSTED, type Encoder } from "./encoder.ts";
import { onNavigation } from "./navigation.ts";

/** What an event means for the time of the next flush. */
export type Heard = (pause: boolean) => void;

export interface Recorder {
  /** Whether a pointer or a finger was seen. */
  pointed(): boolean;
}

// What people press, by the markup that says so; the element that an event names may be a part of it.
const PRESSED = "a,button,input,select,textarea,label,summary,[role]";
const TYPES = [
  "pointermove", "pointerdown", "pointerup", "wheel", "touchstart", "touchmove", "touchend", "touchcancel",
  "keydown", "keyup", "focus", "blur", "click",
];

/** Records into `encoder` until the signal aborts. */
export function record(encoder: Encoder, heard: Heard, signal: AbortSignal): Recorder {
  let pointed = false;
  let finger: number | undefined;
  let screen: [number, number] | undefined;
  // When each key that is now down went down. What key it is stays here, and only until it is up again.
  const down = new Map<string, number>();

  const pointer: Record<string, (event: PointerEvent) => boolean> = {
    pointermove(event) {
      // A real mouse moves by what its place on the screen changes; many drivers set a place that says something else.
      const off = screen && (event.movementX !== event.screenX - screen[0] || event.movementY !== event.screenY - screen[1]);
      screen = [event.screenX, event.screenY];
      const coalesced = event.getCoalescedEvents?.().length || 1;
      return encoder.placed(tag(Kind.Move, event) | (off ? DISAGREES : 0), event.timeStamp, event.clientX, event.clientY, coalesced) && false;
    },
    pointerdown(event) {
      if (encoder.placed(tag(Kind.Down, event), event.timeStamp, event.clientX, event.clientY)) {
        encoder.byte(share(event.pressure));
        for (const offset of offsets(event)) encoder.byte(offset);
      }
      return false;
    },
    pointerup(event) {
      encoder.placed(tag(Kind.Up, event), event.timeStamp, event.clientX, event.clientY);
      return true;
    },
  };

  const touch = (event: TouchEvent): boolean => {
    const first = event.changedTouches[0];
    // One finger is followed from its start to its end; those beside it are not told apart.
    const one = finger === undefined ? first : Array.from(event.changedTouches).find((touch) => touch.identifier === finger);
    if (!one) return false;
    const ends = event.type === "touchend" || event.type === "touchcancel";
    const kind = ends ? Kind.TouchEnd : event.type === "touchstart" ? Kind.TouchStart : Kind.TouchMove;
    finger = ends ? undefined : one.identifier;
    pointed = true;
    if (encoder.placed(kind | flags(event, one), event.timeStamp, one.clientX, one.clientY)) {
      encoder.varint(Math.min(0xffff, Math.round(Math.max(one.radiusX, one.radiusY, 0) * 4) || 0));
      encoder.byte(share(one.force));
    }
    return ends;
  };

  const others: Record<string, (event: any) => boolean> = {
    wheel(event: WheelEvent) {
      if (encoder.plain(Kind.Wheel | trust(event), event.timeStamp)) {
        encoder.zigzag(Math.max(-32_767, Math.min(32_767, Math.round(event.deltaY))));
        encoder.byte(event.deltaMode);
      }
      return false;
    },
    keydown(event: KeyboardEvent) {
      if (!event.repeat && !secret(event.target)) down.set(event.code, event.timeStamp);
      return false;
    },
    keyup(event: KeyboardEvent) {
      const since = down.get(event.code);
      down.delete(event.code);
      if (since === undefined || !encoder.plain(Kind.Key | trust(event), event.timeStamp)) return false;
      encoder.varint(Math.min(0xffff, Math.max(0, Math.round(event.timeStamp - since))));
      return true;
    },
    click(event: MouseEvent) {
      return event.detail === 0 && encoder.plain(Kind.Click | trust(event), event.timeStamp);
    },
    // Only the window's own: the focus of fields is not followed.
    focus: (event: Event) => event.target === window && encoder.plain(Kind.Focus | trust(event), event.timeStamp) && false,
    blur(event: Event) {
      if (event.target !== window) return false;
      down.clear();
      return encoder.plain(Kind.Blur | trust(event), event.timeStamp) && false;
    },
  };

  const hear = (event: Event): void => {
    const { type } = event;
    if (type in pointer) {
      // Fingers come as touch events, which go on while the page scrolls; their pointer events end there.
      if ((event as PointerEvent).pointerType === "touch") return;
      pointed = true;
      heard(pointer[type](event as PointerEvent));
    } else {
      heard(type.startsWith("touch") ? touch(event as TouchEvent) : others[type](event));
    }
  };
  for (const type of TYPES) addEventListener(type, hear, { capture: true, passive: true, signal });
  onNavigation(() => heard(encoder.plain(Kind.Navigated, performance.now())), signal);
  return { pointed: () => pointed };
}

function tag(kind: number, event: PointerEvent): number {
  return kind | flags(event, event);
}

function flags(event: Event, place: { clientX: number; clientY: number }): number {
  return trust(event) | (place.clientX % 1 || place.clientY % 1 ? FRACTIONAL : 0);
}

function trust(event: Event): number {
  return event.isTrusted ? 0 : UNTRUSTED;
}

function share(value: number): number {
  return Math.round(Math.max(0, Math.min(1, value || 0)) * 255);
}

/** Where in the pressed element the pointer is, from its centre, in 1/127 of half its size. */
function offsets(event: PointerEvent): [number, number] {
  const named = event.target;
  const element = named instanceof Element ? (named.closest(PRESSED) ?? named) : undefined;
  if (!element || element === document.documentElement || element === document.body) return [UNKNOWN, UNKNOWN];
  const { left, top, width, height } = element.getBoundingClientRect();
  return [offset(event.clientX - left, width), offset(event.clientY - top, height)];
}

function offset(place: number, size: number): number {
  return size ? Math.round(Math.max(-1, Math.min(1, (place * 2) / size - 1)) * 127) : UNKNOWN;
}

/** The rhythm of a secret is a part of it: keys typed into such a field are not timed. */
function secret(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && (target.type === "password" || /password|one-time-code|cc-/.test(target.autocomplete));
}
