// The Worker with objects that a test can look into, slow down and end, a core that traps on `x-trap`, and one without memory of its
// own on `x-fresh`: what it still knows then, objects know.
import module from "../../dist/outwork.wasm";
import bundle from "../../dist/policy.bundle";
import { outwork } from "../../shell/host.js";
import { Limits as Objects } from "../../shell/limits.js";
import { instantiate } from "./trapping.js";

export class Limits extends Objects {
  most = 40;
  makeWay = 10;
  tidyAfter = 300;
  calls = 0;
  delay = 0;

  async step(charges) {
    this.calls += 1;
    if (this.delay > 0) await scheduler.wait(this.delay);
    if (this.delay < 0) throw new Error("as the test wants it");
    return super.step(charges);
  }

  async look() {
    const [{ rows }] = this.ctx.storage.sql.exec("SELECT count(*) AS rows FROM words");
    return { rows, calls: this.calls, alarm: (await this.ctx.storage.getAlarm()) !== null };
  }

  slow(delay) {
    this.delay = delay;
  }

  end() {
    this.ctx.abort("as the test wants it");
  }
}

const lasting = outwork({ module, bundle, instantiate });

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.startsWith("/test/")) return order(env, pathname.slice(6), searchParams);
    return (request.headers.has("x-fresh") ? outwork({ module, bundle, instantiate }) : lasting).fetch(request, env, context);
  },
};

async function order({ OUTWORK_LIMITS: objects }, name, given) {
  const object = objects.get(objects.idFromName(`limits/${given.get("shard") ?? 0}`));
  if (name === "end") return object.end().catch(() => new Response("ended"));
  if (name === "slow") await object.slow(Number(given.get("ms")));
  if (name === "step") await object.step([[given.get("key"), given.get("charge"), true]]);
  return Response.json(await object.look());
}
