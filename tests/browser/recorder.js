// Writes down what a page sees, in the format of `outwork capture behaviour` (docs/behaviour.md), for tests/browser/record.
(() => {
  const events = [];
  const meta = { coal: 0, n: 0, trusted: 0, scr: 0, mv: 0, pres: [], ptype: {} };
  const kinds = { pointermove: "m", pointerdown: "d", pointerup: "u" };
  let first;
  let screen;
  for (const type of Object.keys(kinds)) addEventListener(type, (event) => {
    first ??= event.timeStamp;
    events.push([Math.round((event.timeStamp - first) * 10) / 10, Math.round(event.clientX * 100) / 100, Math.round(event.clientY * 100) / 100, kinds[type]]);
    meta.n += 1;
    meta.trusted += event.isTrusted;
    if (type === "pointerdown") meta.pres.push(event.pressure);
    if (type !== "pointermove") return;
    meta.coal += event.getCoalescedEvents().length;
    meta.ptype[event.pointerType] = (meta.ptype[event.pointerType] ?? 0) + 1;
    if (screen) meta.mv += event.movementX === event.screenX - screen[0] && event.movementY === event.screenY - screen[1];
    screen = [event.screenX, event.screenY];
  }, { capture: true, passive: true });
  window.recorded = () => ({ meta, events });
})();
