// What an application demands of a request and nobody catches is answered, and never ends the process.
//
// Express 4 drops the promise of a handler that is `async`, and no framework catches what a callback throws; Node ends the process for
// either, so that one request could end an origin. Where Node says that nobody caught an error of ours, it is answered here instead.
// With listeners of `process` the errors of others would end no process either: that is not ours to change, so `emit` lets those pass.

const answers = new WeakMap();
let isWatching = false;

/** `answer(error)` answers what was demanded of this request, context or risk and is not there. */
export function answerBy(told, answer) {
  answers.set(told, answer);
}

/** The error, which says that something was demanded of this request, context or risk and is not there. */
export function about(told, error) {
  watch();
  answers.set(error, answers.get(told) ?? (() => console.warn(`outwork: nobody caught: ${error.message}`)));
  return error;
}

function watch() {
  const { process } = globalThis;
  if (isWatching || typeof process?.emit !== "function") return;
  isWatching = true;
  const { emit } = process;
  process.emit = function (event, error) {
    const answer = event === "unhandledRejection" || event === "uncaughtException" ? answers.get(error) : undefined;
    if (answer === undefined) return emit.apply(this, arguments);
    answer(error);
    return true;
  };
}
