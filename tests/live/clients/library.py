"""One request by a Python HTTP library: library.py LIBRARY URL [NAME:VALUE ...]. Prints the status code."""

import asyncio
import ssl
import sys
import urllib.error
import urllib.request
import warnings


def main() -> None:
    library, url, *lines = sys.argv[1:]
    headers = dict(line.split(":", 1) for line in lines)
    print(LIBRARIES[library](url, headers))


def with_requests(url: str, headers: dict) -> int:
    import requests

    warnings.simplefilter("ignore")
    return requests.get(url, headers=headers, verify=False, timeout=60).status_code


def with_httpx(url: str, headers: dict, http2: bool = False) -> int:
    import httpx

    with httpx.Client(verify=False, http2=http2, timeout=60) as client:
        return client.get(url, headers=headers).status_code


def with_httpx_h2(url: str, headers: dict) -> int:
    return with_httpx(url, headers, http2=True)


def with_aiohttp(url: str, headers: dict) -> int:
    import aiohttp

    async def get() -> int:
        async with aiohttp.ClientSession() as session, session.get(url, headers=headers, ssl=False) as answer:
            return answer.status

    return asyncio.run(get())


def with_urllib(url: str, headers: dict) -> int:
    request = urllib.request.Request(url, headers=headers)
    try:
        return urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=60).status
    except urllib.error.HTTPError as refused:
        return refused.code


LIBRARIES = {"requests": with_requests, "httpx": with_httpx, "httpx-h2": with_httpx_h2, "aiohttp": with_aiohttp, "urllib": with_urllib}

if __name__ == "__main__":
    main()
