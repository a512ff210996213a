"""The origin of tests/origin in ASGI: python asgi_app.py PORT."""

from __future__ import annotations

import json
import sys
from typing import Any

import uvicorn
from told import told

from outwork_origin import MemoryReplayCache, OutworkASGI, risk_of


async def shop(scope: Any, receive: Any, send: Any) -> None:
    """Says what the edge said, and sells."""
    if scope["type"] != "http":
        return
    said: Any = {"ok": True}
    if scope["path"] != "/health":
        risk = risk_of(scope)
        said = told(risk)
        if scope["path"] in ("/checkout", "/other-checkout"):
            risk.require_transaction("checkout")
            said = {"order": (await receive())["body"].decode(), "risk": said}
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


if __name__ == "__main__":
    uvicorn.run(OutworkASGI(shop, replay=MemoryReplayCache(), once="all", scheme="forwarded", exempt=["/health"]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off", timeout_keep_alive=60)
