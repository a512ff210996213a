// What a Worker does that edits four request headers on the way to its origin, and nothing else.
const RISK = 'risk=40, band=medium, verdict=tag, device=40, reasons=("client.self-declared-tool"), bundle="2026.11.21-3fa9c1", id="7Q3M8V0C2K1T5B9D"';
const INPUT = 'outwork=("@method" "@authority" "@path" "@query" "outwork-risk");created=1795305600;expires=1795305660;nonce="q83vEjRWeJA";alg="hmac-sha256";keyid="2026-11";tag="outwork-evidence"';
const SIGNATURE = "outwork=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";

export default {
  /** @param {Request} request */
  async fetch(request) {
    const upstream = new Request(request);
    upstream.headers.delete("outwork-session");
    upstream.headers.set("outwork-risk", RISK);
    upstream.headers.set("signature-input", INPUT);
    upstream.headers.set("signature", SIGNATURE);
    return fetch(upstream);
  },
};
