// Requests by a Node library: jobs.mjs LIBRARY, one JSON object a line on standard input: url, method, headers as pairs, body.
// Packages are looked for beside this file. What fails is said on standard error, and the next one is made.
import { createInterface } from "node:readline";
import http2 from "node:http2";
import https from "node:https";

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
process.removeAllListeners("warning");
const unchecked = () => new https.Agent({ rejectUnauthorized: false, keepAlive: false });

const LIBRARIES = {
  fetch: async ({ url, method, headers, body }) => (await fetch(url, { method, headers, body })).text(),
  https: ({ url, method, headers, body }) => answered(https.request(url, { method, headers, agent: unchecked() }), body),
  http2: async ({ url, method, headers, body }) => {
    const session = http2.connect(url, { rejectUnauthorized: false });
    try {
      await answered(session.request({ ":method": method, ":path": new URL(url).pathname, ...lower(headers) }), body);
    } finally {
      session.close();
    }
  },
  axios: async ({ url, method, headers, body }) => (await import("axios")).default.request({ url, method, headers, data: body, httpsAgent: unchecked(), validateStatus: () => true }),
  got: async ({ url, method, headers, body }) => (await import("got")).default(url, { method, headers, body, https: { rejectUnauthorized: false }, throwHttpErrors: false, retry: { limit: 0 } }),
  "got-http2": async ({ url, method, headers, body }) => (await import("got")).default(url, { method, headers, body, http2: true, https: { rejectUnauthorized: false }, throwHttpErrors: false, retry: { limit: 0 } }),
  "got-scraping": async ({ url, method, headers, body }) => (await import("got-scraping")).gotScraping({ url, method, headers, body, https: { rejectUnauthorized: false }, throwHttpErrors: false, retry: { limit: 0 } }),
  "node-fetch": async ({ url, method, headers, body }) => (await (await import("node-fetch")).default(url, { method, headers, body, agent: unchecked() })).text(),
  undici: async ({ url, method, headers, body }) => {
    const { request, Agent } = await import("undici");
    return (await request(url, { method, headers, body, dispatcher: new Agent({ connect: { rejectUnauthorized: false } }) })).body.text();
  },
  "undici-h2": async ({ url, method, headers, body }) => {
    const { request, Agent } = await import("undici");
    return (await request(url, { method, headers, body, dispatcher: new Agent({ allowH2: true, connect: { rejectUnauthorized: false } }) })).body.text();
  },
  superagent: async ({ url, method, headers, body }) => (await import("superagent")).default(method, url).set(headers).disableTLSCerts().ok(() => true).send(body ?? undefined),
  needle: async ({ url, method, headers, body }) => (await import("needle")).default(method.toLowerCase(), url, body ?? null, { headers, rejectUnauthorized: false }),
  ky: async ({ url, method, headers, body }) => (await import("ky")).default(url, { method, headers, body, throwHttpErrors: false, retry: 0 }).text(),
};

const work = LIBRARIES[process.argv[2]];
for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  try {
    await work({ ...job, headers: Object.fromEntries(job.headers), body: job.body ?? undefined });
  } catch (error) {
    console.error(`${error}`);
  }
}
process.exit(0);

function answered(request, body) {
  return new Promise((done, fail) => {
    request.on("error", fail);
    request.on("response", (answer) => (answer.resume ? answer : request).resume());
    request.on("close", done);
    request.end(body);
  });
}

function lower(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]).filter(([name]) => name !== "connection" && name !== "host"));
}
