"""The origin of tests/origin in ASGI: python asgi_app.py PORT."""

from __future__ import annotations

import json
import sys
from typing import Any

import uvicorn
from told import told

from outwork_origin import MemoryReplayCache, OutworkASGI, TransactionRefused, risk_of


async def shop(scope: Any, receive: Any, send: Any) -> None:
    """Says what the edge said, and sells."""
    if scope["type"] != "http":
        return
    risk, status = risk_of(scope), 200
    said: Any = told(risk)
    if scope["path"] == "/checkout":
        try:
            risk.require_transaction("checkout")
            said = {"order": (await receive())["body"].decode(), "risk": said}
        except TransactionRefused as refused:
            status, said = 403, {"error": str(refused)}
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


if __name__ == "__main__":
    uvicorn.run(OutworkASGI(shop, replay=MemoryReplayCache(), once="all", scheme="forwarded"), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off")
