"""Requests by a Python HTTP library: jobs.py LIBRARY[:TARGET], one JSON object a line on standard input: url, method, headers as pairs, body.

Every request has a connection of its own. What fails is said on standard error, and the next one is made.
"""

import asyncio
import http.client
import json
import ssl
import sys
import urllib.parse
import urllib.request
import warnings

TIMEOUT = 60
CONTEXT = ssl._create_unverified_context()


def main() -> None:
    warnings.simplefilter("ignore")
    library, _, target = sys.argv[1].partition(":")
    for line in sys.stdin:
        job = json.loads(line)
        job["headers"] = dict(job["headers"])
        try:
            LIBRARIES[library](target=target, **job)
        except Exception as error:  # Every library has errors of its own.
            print(f"{type(error).__name__}: {error}", file=sys.stderr)


def with_requests(url, method, headers, body, target):
    import requests

    requests.request(method, url, headers=headers, data=body, verify=False, timeout=TIMEOUT)


def with_niquests(url, method, headers, body, target):
    import niquests

    niquests.request(method, url, headers=headers, data=body, verify=False, timeout=TIMEOUT)


def with_cloudscraper(url, method, headers, body, target):
    import cloudscraper

    scraper = cloudscraper.create_scraper(ssl_context=CONTEXT)
    scraper.request(method, url, headers=headers, data=body, verify=False, timeout=TIMEOUT)


def with_httpx(url, method, headers, body, target):
    import httpx

    with httpx.Client(verify=False, http2=target == "h2", timeout=TIMEOUT) as client:
        client.request(method, url, headers=headers, content=body)


def with_aiohttp(url, method, headers, body, target):
    import aiohttp

    async def ask():
        async with aiohttp.ClientSession() as session, session.request(method, url, headers=headers, data=body, ssl=False) as answer:
            await answer.read()

    asyncio.run(asyncio.wait_for(ask(), TIMEOUT))


def with_urllib(url, method, headers, body, target):
    request = urllib.request.Request(url, headers=headers, method=method, data=body.encode() if body else None)
    urllib.request.urlopen(request, context=CONTEXT, timeout=TIMEOUT).read()


def with_http_client(url, method, headers, body, target):
    place = urllib.parse.urlsplit(url)
    connection = http.client.HTTPSConnection(place.netloc, context=CONTEXT, timeout=TIMEOUT)
    connection.request(method, place.path, body=body, headers=headers)
    connection.getresponse().read()


def with_urllib3(url, method, headers, body, target):
    import urllib3

    urllib3.PoolManager(cert_reqs="CERT_NONE", timeout=TIMEOUT).request(method, url, headers=headers or None, body=body)


def with_httplib2(url, method, headers, body, target):
    import httplib2

    httplib2.Http(disable_ssl_certificate_validation=True, timeout=TIMEOUT).request(url, method, headers=headers, body=body)


def with_mechanize(url, method, headers, body, target):
    import mechanize

    browser = mechanize.Browser()
    browser.set_handle_robots(False)
    browser.set_ca_data(context=CONTEXT)
    if headers:
        browser.addheaders = list(headers.items())
    browser.open(url, data=body.encode() if body else None, timeout=TIMEOUT).read()


def with_pycurl(url, method, headers, body, target):
    import io

    import pycurl

    curl = pycurl.Curl()
    for option, value in ((pycurl.URL, url), (pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0), (pycurl.TIMEOUT, TIMEOUT), (pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers.items()]), (pycurl.WRITEDATA, io.BytesIO())):
        curl.setopt(option, value)
    if body is not None:
        curl.setopt(pycurl.POSTFIELDS, body)
    curl.perform()


def with_scrapy(url, method, headers, body, target):
    """Scrapy's reactor runs once a process: a child makes the request."""
    import subprocess

    spider = (
        "import json,scrapy\nfrom scrapy.crawler import CrawlerProcess\njob=json.loads(input())\n"
        "class One(scrapy.Spider):\n name='one'\n"
        " async def start(self): yield scrapy.Request(job['url'],method=job['method'],headers=job['headers'],body=job['body'] or '')\n"
        " def parse(self,response): pass\n"
        "run=CrawlerProcess({'LOG_ENABLED':False,'ROBOTSTXT_OBEY':False,'RETRY_ENABLED':False})\nrun.crawl(One)\nrun.start()\n"
    )
    job = json.dumps({"url": url, "method": method, "headers": headers, "body": body})
    subprocess.run([sys.executable, "-c", spider], input=job, text=True, check=True, timeout=60, capture_output=True)


def with_curl_cffi(url, method, headers, body, target):
    from curl_cffi import requests

    requests.request(method, url, headers=headers, data=body, impersonate=target, verify=False, timeout=TIMEOUT)


def with_primp(url, method, headers, body, target):
    import primp

    client = primp.Client(impersonate=target, verify=False, timeout=TIMEOUT)
    client.request(method, url, headers=headers or None, content=body.encode() if body else None)


def with_rnet(url, method, headers, body, target):
    import rnet

    async def ask():
        client = rnet.Client(impersonate=getattr(rnet.Impersonate, target), verify=False, timeout=TIMEOUT)
        await (await client.request(getattr(rnet.Method, method), url, headers=headers or None, body=body)).text()

    asyncio.run(ask())


def with_tls_client(url, method, headers, body, target):
    import tls_client

    session = tls_client.Session(client_identifier=target, random_tls_extension_order=True)
    if headers:
        session.headers = headers
    session.execute_request(method, url, data=body, insecure_skip_verify=True)


LIBRARIES = {name.removeprefix("with_").replace("_", "-"): ask for name, ask in list(globals().items()) if name.startswith("with_")}

if __name__ == "__main__":
    main()
