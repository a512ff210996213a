// One burst of load on one workerd, by Debian's wrk.
import { execFile, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const CONNECTIONS = 8;

/** The sixteen headers that Chrome sends with a page, and what Cloudflare's edge says of the connection. */
const HEADERS = {
  Host: "shop.example", // wrk adds its own to any other spelling
  "cf-connecting-ip": "203.0.113.9",
  "x-test-scheme": "https",
  "cf-blob": JSON.stringify({ asn: 3320, country: "DE", tlsVersion: "TLSv1.3", tlsCipher: "AEAD-AES128-GCM-SHA256", httpProtocol: "HTTP/2", clientTcpRtt: 12, botManagement: { ja4: "t13d1516h2_8daaf6152771_d8a2da3f94cd", score: 99 } }),
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
  "accept-language": "en-US,en;q=0.9,de;q=0.8",
  "accept-encoding": "gzip, deflate, br, zstd",
  "sec-ch-ua": '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
  "sec-ch-ua-mobile": "?0",
  "sec-ch-ua-platform": '"Linux"',
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "navigate",
  "sec-fetch-user": "?1",
  "sec-fetch-dest": "document",
  "upgrade-insecure-requests": "1",
  referer: "https://shop.example/",
  cookie: "session=5b2f0a6c9e; theme=dark; basket=3",
  priority: "u=0, i",
};

/** Why there can be no load here; empty when there can. */
export function loaderMissing() {
  return spawnSync("wrk", ["--version"]).error ? "wrk is missing: `apt-get install wrk`" : "";
}

/**
 * Loads `worker` for `seconds`, and returns the microseconds of CPU that its process spent on each request.
 *
 * @param {{ pid: number, port: number }} worker
 * @param {number} seconds
 */
export async function load({ pid, port }, seconds) {
  const headers = Object.entries(HEADERS).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const before = cpuNanoseconds(pid);
  const { stdout } = await run("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, ...headers, `http://127.0.0.1:${port}/product/17?colour=red`]);
  const spent = cpuNanoseconds(pid) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  if (!(requests > 0) || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`the load did not go through:\n${stdout}`);
  return spent / requests / 1000;
}

/** What all threads of a process have spent on a processor (proc(5), schedstat). */
function cpuNanoseconds(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]), 0);
}
