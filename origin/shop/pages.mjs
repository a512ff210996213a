import { products } from "./products.mjs";
import { style } from "./style.mjs";

/** Every product, and what the edge said. */
export function home(risk) {
  const cards = products.map(
    (one) => `<li class="card"><h2><a href="/product/${one.id}">${text(one.name)}</a></h2><p>${text(one.text)}</p><p class="price">${price(one)}</p></li>`,
  );
  return page("Everything for the outer wall", risk, `<ul class="grid">${cards.join("")}</ul>`);
}

/** One product with its button. */
export function product(risk, one) {
  return page(
    one.name,
    risk,
    `<p>${text(one.text)}</p><p class="price">${price(one)}</p>
<form action="/checkout"><input type="hidden" name="product" value="${one.id}"><button>Buy</button></form>`,
  );
}

/** The form, and after an attempt why it failed: nobody has an account here. */
export function login(risk, tried) {
  const said = tried === undefined ? "" : `<p class="note" role="alert">No account for <b>${text(tried)}</b>. Nobody has one: this is a demo.</p>`;
  return page(
    "Sign in",
    risk,
    `${said}<form method="post" action="/login" class="form">
<label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form>`,
  );
}

/** The order form; a shop may ask for more where the risk is high. */
export function checkout(risk) {
  const choice = products.map((one) => `<option value="${one.id}">${text(one.name)}, ${price(one)}</option>`).join("");
  const step = risk.band === "high" ? '<p class="note" role="status">The edge finds this visit risky, so the shop would now ask for a second factor.</p>' : "";
  return page(
    "Checkout",
    risk,
    `${step}<form method="post" action="/checkout" class="form"><label>Product <select name="product">${choice}</select></label><button>Order</button></form>`,
  );
}

/** What the demo's policy puts behind a challenge. */
export function members(risk) {
  const rows = products.map((one) => `<li>${text(one.name)}: ${price({ price: Math.round(one.price * 0.8) })}</li>`).join("");
  return page("Members' prices", risk, `<p>A fifth off, for whoever has shown that a browser is at work.</p><ul>${rows}</ul>`);
}

/** The end of an order. */
export function thanks(risk, id) {
  const bought = products.find((one) => one.id === id);
  const vouched = risk.verified && risk.transaction === "checkout" && risk.body === "bound";
  const proof = vouched ? '<p class="note" role="status">The edge vouches for this order as it arrived: its signature covers the body.</p>' : "";
  return page("Thank you", risk, `${proof}<p>${bought ? text(bought.name) : "Nothing"} is on its way. It will not arrive: this is a demo.</p>`);
}

/** An order that the shop does not take. */
export function refusal(risk, why) {
  return page("Not sold", risk, `<p class="note" role="alert">${text(why)}.</p>`);
}

/** 404. */
export function missing(risk, path) {
  return page("Not here", risk, `<p>There is no <code>${text(path)}</code>.</p>`);
}

function page(title, risk, body) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} · Outwork Supplies</title><style>${style}</style>
<script src="/.well-known/outwork/beacon.js" async data-start="auto"></script></head>
<body><header><a class="brand" href="/">Outwork Supplies</a><nav><a href="/login">Sign in</a> <a href="/checkout">Checkout</a> <a href="/members">Members</a></nav></header>
<main><h1>${text(title)}</h1>${body}</main>
<aside aria-label="What the edge said">${panel(risk)}</aside></body></html>
`;
}

function panel(risk) {
  if (!risk.present && risk.why && risk.why !== "missing") return `<h2>What came as the edge's word is not</h2><p>The evidence of this request does not hold: <code>${text(risk.why)}</code>.</p>`;
  if (!risk.present) return "<h2>The edge said nothing</h2><p>No <code>Outwork-Risk</code> header reached this shop.</p>";
  const reasons = Array.isArray(risk.reasons) && risk.reasons.length ? risk.reasons.map((one) => `<li><code>${text(one)}</code></li>`).join("") : "<li>none</li>";
  return `<h2>The edge said <b class="verdict ${/^[a-z]+$/.test(risk.verdict) ? risk.verdict : ""}">${text(risk.verdict ?? "?")}</b>, risk ${text(risk.risk ?? "?")}</h2>
<ul>${reasons}</ul><details><summary>Outwork-Risk</summary><pre>${text(risk.header)}</pre></details><p>${risk.verified ? "Its signature over this request was verified." : "Nobody verified it: this shop has no <code>OUTWORK_EVIDENCE_KEYS</code>."}</p>`;
}

function price(one) {
  return `€ ${(one.price / 100).toFixed(2)}`;
}

function text(value) {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(value).replace(/[&<>"']/g, (one) => entities[one]);
}
