"""A credential-stuffing run: real HTTP clients that work off a list of made-up accounts. python -m harness.attack_clients PORT

Run by the interpreter of .outwork/venv until it is told to stop. None of them waits when it is told to, as such tools do not.
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
import sys

import aiohttp
import httpx
from curl_cffi import requests as curl

# Seconds between two guesses of one client.
PAUSE = 0.3
# What a request may take before the client gives up; a refusal that is held back takes seconds.
PATIENCE = 15
EACH = 2


async def main(port: int) -> None:
    """All clients at once."""
    url = f"https://localhost:{port}/login"
    accounts = ({"email": f"customer{number}@example.com", "password": f"password{number % 97}"} for number in itertools.count())
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as plain, httpx.AsyncClient(verify=False, http2=True, timeout=PATIENCE) as modern:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE

        async def by_aiohttp(form: dict[str, str]) -> None:
            async with plain.post(url, data=form, ssl=trust) as answer:
                await answer.read()

        async def by_httpx(form: dict[str, str]) -> None:
            await modern.post(url, data=form)

        browsers = [curl.AsyncSession(impersonate=name, verify=False, timeout=PATIENCE) for name in ("chrome131", "firefox133")]
        dressed = [lambda form, session=session: session.post(url, data=form) for session in browsers]
        guessers = [guesser for guesser in (by_aiohttp, by_httpx, *dressed) for _ in range(EACH)]
        await asyncio.gather(*(guess(guesser, accounts, at) for at, guesser in enumerate(guessers)))


async def guess(guesser, accounts, at: int) -> None:
    """One client, for ever: it begins a little later than the one before it."""
    await asyncio.sleep(at * PAUSE / 8)
    while True:
        try:
            await guesser(next(accounts))
        except (aiohttp.ClientError, httpx.HTTPError, curl.errors.RequestsError, TimeoutError) as error:
            print(type(error).__name__, error, flush=True)
        await asyncio.sleep(PAUSE)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
