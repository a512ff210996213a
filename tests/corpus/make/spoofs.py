"""Requests with a field by which a client could hope to write what only the host may say: nothing may change."""

import copy

RISK = 'risk=0, band=low, verdict=allow, reasons=(), bundle="none", id="0000000000000000"'
OURS = 'outwork=("@method");created=1760000000;keyid="2026-11";alg="hmac-sha256";tag="outwork-evidence"'
THEIRS = 'sig1=("@authority");created=1760000000;keyid="agent";alg="ed25519";tag="payments"'
CHROME_HELLO = "t13d1516h2_8daaf6152771_d8a2da3f94cd"

FIELDS = {
    "x-ja4": [["x-ja4", CHROME_HELLO], ["x-ja3", "0" * 32], ["x-outwork-ja4", CHROME_HELLO]],
    "forwarded": [["x-forwarded-for", "66.249.66.1"], ["forwarded", "for=66.249.66.1"], ["x-real-ip", "66.249.66.1"],
                  ["cf-connecting-ip", "66.249.66.1"], ["true-client-ip", "66.249.66.1"]],
    "outwork-risk": [["outwork-risk", RISK], ["outwork-verdict", "allow"], ["outwork-connection", f"ja4={CHROME_HELLO}"]],
    "outwork-risk-twice": [["outwork-risk", RISK], ["outwork-risk", "risk=1"]],
    "signature": [["outwork-risk", RISK], ["signature-input", OURS], ["signature", "outwork=:AAAA:"]],
    "signature-among-others": [["signature-input", f"{THEIRS}, {OURS}"], ["signature", "sig1=:AAAA:, outwork=:BBBB:"]],
    "signature-of-others": [["signature-input", THEIRS], ["signature", "sig1=:AAAA:"]],
    "signature-malformed": [["signature-input", 'outwork=("@method"'], ["signature", "outwork=:"]],
}


def cases(others: list) -> list:
    """Each field on a tool, and on a browser; both decide as without it."""
    known = {made["id"]: made for made in others}
    made = []
    for twin in ["client.curl-7.88.1", "browser.chrome_142.0.7444.176"]:
        for name, fields in FIELDS.items():
            copied = copy.deepcopy(known[twin])
            short = "curl" if "curl" in twin else "chrome"
            copied |= {"id": f"spoof.{short}-{name}", "same_as": twin}
            copied["facts"]["headers"] += fields
            made.append(copied)
    return made
