// Agents that sign, and a server of their directories.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

export const PATH = "/.well-known/http-message-signatures-directory";
export const TYPE = "application/http-message-signatures-directory+json";

export const newKeys = () => generateKeyPairSync("ed25519");

export const thumbprint = ({ publicKey }) => {
  const { crv, kty, x } = publicKey.export({ format: "jwk" });
  return createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url");
};

/** The three fields of a request that the agent at `host` signs. */
export function signed(host, { keys, keyid = thumbprint(keys), authority = "shop.example", age = 0, lifetime = 60 }) {
  const created = Math.floor(Date.now() / 1000) - age;
  const agent = `https://${host}.agents.test`;
  const parameters = `("@authority" "signature-agent";key="sig1");created=${created};expires=${created + lifetime};keyid="${keyid}";tag="web-bot-auth"`;
  const base = `"@authority": ${authority}\n"signature-agent";key="sig1": "${agent}"\n"@signature-params": ${parameters}`;
  const signature = sign(null, Buffer.from(base), keys.privateKey).toString("base64");
  return { "signature-agent": `sig1="${agent}"`, "signature-input": `sig1=${parameters}`, signature: `sig1=:${signature}:` };
}

/**
 * A server of directories, each host in its own way, or as `ways` says. All have the keys that `keys` has at the time.
 *
 * @param {import("node:crypto").KeyPairKeyObjectResult[]} keys
 * @param {number} [age]  For how many seconds an answer is fresh.
 */
export async function startDirectories(keys, age = 300) {
  const asked = [];
  const ways = {};
  const directories = { asked, ways, keys };
  const set = () => JSON.stringify({ keys: directories.keys.map(({ publicKey }) => publicKey.export({ format: "jwk" })) });
  const serve = {
    slow: () => {},
    huge: (response) => response.writeHead(200, { "content-type": TYPE }).end(" ".repeat(2_000_000)),
    redirect: (response) => response.writeHead(302, { "content-type": TYPE, location: `https://good.agents.test${PATH}` }).end(set()),
    malformed: (response) => response.writeHead(200, { "content-type": TYPE }).end(set().slice(1)),
    html: (response) => response.writeHead(200, { "content-type": "text/html" }).end(set()),
    gone: (response) => response.destroy(),
    good: (response) => response.writeHead(200, { "content-type": TYPE, "cache-control": `max-age=${age}` }).end(set()),
  };
  const server = createServer((request, response) => {
    const host = request.headers.host.split(".")[0];
    asked.push(`${host}${request.url}`);
    (serve[ways[host] ?? host] ?? serve.good)(response);
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return Object.assign(directories, { address: `127.0.0.1:${server.address().port}`, stop });
}
