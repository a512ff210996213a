// Fields whose keys are not timed: the rhythm of a secret is a part of it.

// False in a page that has no fields: build.mjs sets it.
declare const FIELDS: boolean;

const SECRET = /password|one-time|cc-/i;
// Elements that hide no field: none of the others is sure to have no closed shadow root (DOM, "attachShadow").
const SEEN = "a,button,canvas,html,input,select,summary,textarea,[contenteditable],body:not(:focus-within)";

/** Tells of an event whether keys may be timed where it goes to. It has to see what gives a field the keys, and what is pressed. */
export const secrets: (signal: AbortSignal) => (event: Event) => boolean = FIELDS ? of : () => () => true;

function of(signal: AbortSignal): (event: Event) => boolean {
  // Fields that were password fields before somebody asked to see what is typed.
  const shown = new WeakSet<EventTarget>();
  const toggles = new MutationObserver((all) => all.forEach(({ target, oldValue }) => SECRET.test(oldValue!) && shown.add(target)));
  // What is observed ends at shadow roots; what is observed twice is observed once.
  const watch = (root: Node): void => toggles.observe(root, { subtree: true, attributeFilter: ["type"], attributeOldValue: true });
  signal.addEventListener("abort", () => toggles.disconnect());
  watch(document);
  return (event) => {
    // At the window an event's target is the outermost host; the path goes on into open roots.
    const path = event.composedPath();
    for (const one of path) if (one instanceof ShadowRoot) watch(one);
    return !shown.has(path[0]) && !secret(path[0]);
  };
}

function secret(field: EventTarget): boolean {
  if (!(field instanceof Element)) return false;
  const marks = field.getAttribute("type") + " " + field.getAttribute("autocomplete");
  return SECRET.test(marks) || field.localName.includes("-") || !field.matches(SEEN);
}
