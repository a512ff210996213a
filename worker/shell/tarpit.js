/** The most replies that are held back at a time: each keeps its request in the isolate's memory. */
const MOST = 500;

/**
 * Until when replies are held back. It is not counted when they end, because a client that leaves ends its wait unseen.
 *
 * @type {number[]}
 */
let held = [];

/**
 * Waits before a refusal is sent. When too many wait already, it is sent at once: it is still a refusal.
 *
 * @param {number} delay  Milliseconds.
 */
export async function hold(delay) {
  if (delay === 0) return;
  const now = Date.now();
  if (held.length >= MOST) held = held.filter((until) => until > now);
  if (held.length >= MOST) return;
  held.push(now + delay);
  await scheduler.wait(delay);
}
