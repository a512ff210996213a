"""One request by curl_cffi in a browser's clothes: impersonate.py TARGET URL [NAME:VALUE ...]. Prints the status code.

TLS hello, HTTP/2 frames, header order and headers are the target's; a header given here replaces the target's own.
"""

import sys

from curl_cffi import requests


def main() -> None:
    target, url, *lines = sys.argv[1:]
    headers = dict(line.split(":", 1) for line in lines)
    print(requests.get(url, headers=headers, impersonate=target, verify=False, timeout=20).status_code)


if __name__ == "__main__":
    main()
