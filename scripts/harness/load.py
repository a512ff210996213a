"""Clients that each have an address of their own, and what they were answered."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass

from .envoy import Envoy


@dataclass
class Reply:
    """What a client got, which one by its number, and after how many seconds."""

    client: int
    status: int
    headers: dict[str, str]
    seconds: float


class Client:
    """A client with a connection to one Envoy. All of 127.0.0.0/8 is loopback, so its address can be its own."""

    def __init__(self, envoy: Envoy, number: int) -> None:
        self.number = number
        self.connection = http.client.HTTPConnection("127.0.0.1", envoy.ports.http, timeout=60, source_address=(f"127.0.{number >> 8}.{number & 255}", 0))

    def get(self, path: str, method: str = "GET", body: bytes | None = None) -> Reply:
        """One request."""
        began = time.monotonic()
        self.connection.request(method, path, body)
        answer = self.connection.getresponse()
        answer.read()
        return Reply(self.number, answer.status, {name.lower(): value for name, value in answer.getheaders()}, time.monotonic() - began)


class Load:
    """Clients that ask for one path, each as soon as it has its answer and rested a moment."""

    REST = 0.01

    def __init__(self, envoy: Envoy, path: str, numbers: range) -> None:
        self.clients = numbers
        self.replies: list[tuple[float, Reply]] = []
        self._failed: list[Exception] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(Client(envoy, number), path), daemon=True) for number in numbers]
        for thread in self._threads:
            thread.start()

    def _run(self, client: Client, path: str) -> None:
        try:
            while not self._over.is_set():
                reply = client.get(path)
                self.replies.append((time.monotonic(), reply))
                time.sleep(self.REST)
        except (OSError, http.client.HTTPException) as error:
            self._failed.append(error)

    def stop(self) -> list[tuple[float, Reply]]:
        """Every reply and when it came. A request that came to nothing is an error here."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self._failed:
            raise self._failed[0]
        return self.replies
