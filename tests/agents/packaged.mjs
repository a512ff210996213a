// Requests signed by Cloudflare's npm package `web-bot-auth`, in the forms of `Signature-Agent` that there are.
//
//     node packaged.mjs JWK URL AGENT FORM    the fields, as JSON
import { argv, exit, stderr, stdout } from "node:process";
import { signatureHeaders } from "web-bot-auth";
import { signerFromJWK } from "web-bot-auth/crypto";

/** How `Signature-Agent` is written. */
export const FORMS = {
  // That of the first drafts, and of most that sign today.
  string: { field: (agent) => `"${agent}"` },
  // A dictionary, of which the whole field is signed. `;key` the package does not know: it writes it, and signs the whole field all the same.
  dictionary: { field: (agent) => `sig1="${agent}"` },
};

/**
 * The three fields of a GET request that the agent signs with its private key.
 *
 * @param {JsonWebKey} jwk
 * @param {string} url
 * @param {string} agent
 * @param {keyof typeof FORMS} form
 */
export async function signed(jwk, url, agent, form) {
  const headers = { "signature-agent": FORMS[form].field(agent) };
  const created = new Date();
  const terms = { created, expires: new Date(created.getTime() + 60_000) };
  const made = await signatureHeaders({ method: "GET", url, headers }, await signerFromJWK(jwk), terms);
  return { ...headers, "signature-input": made["Signature-Input"], signature: made.Signature };
}

if (import.meta.filename === argv[1]) {
  const [jwk, url, agent, form] = argv.slice(2);
  if (!(form in FORMS)) {
    stderr.write("usage: node packaged.mjs JWK URL AGENT string|dictionary\n");
    exit(2);
  }
  stdout.write(JSON.stringify(await signed(JSON.parse(jwk), url, agent, form)));
}
