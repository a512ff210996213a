// An HTTP client that shows what is on the wire: nothing is decoded, followed or joined.
import { request } from "node:http";

/** What a browser sends first; a test adds or takes away. */
export const BROWSER = {
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "accept-language": "en-US,en;q=0.9",
  "accept-encoding": "gzip, deflate, br, zstd",
  "cf-connecting-ip": "203.0.113.9",
};

/**
 * @param {number} port
 * @param {string} path
 * @param {{ method?: string, headers?: Record<string, string | string[]>, body?: Buffer | AsyncIterable<Buffer>, cf?: unknown, host?: string, heard?: (chunk: Buffer) => void }} [options]
 * @returns {Promise<{ status: number, headers: import("node:http").IncomingHttpHeaders, body: Buffer, json: () => any }>}
 */
export function call(port, path, { method = "GET", headers = BROWSER, body, cf, host = "shop.example", heard = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const all = { host, ...headers, ...(cf === undefined ? {} : { "cf-blob": JSON.stringify(cf) }) };
    const sent = request({ host: "127.0.0.1", port, path, method, headers: all, agent: false }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => {
        chunks.push(chunk);
        heard(chunk);
      });
      response.on("error", reject);
      response.on("end", () => {
        const whole = Buffer.concat(chunks);
        resolve({ status: response.statusCode, headers: response.headers, body: whole, json: () => JSON.parse(whole.toString()) });
      });
    });
    sent.on("error", reject);
    if (body === undefined || Buffer.isBuffer(body)) sent.end(body);
    else (async () => { for await (const part of body) sent.write(part); sent.end(); })().catch(reject);
  });
}
