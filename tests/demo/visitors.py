"""Somebody who looks at the demo with a browser: signs in and follows links."""

import re
from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from forum.demo.founding import PASSWORD
from tests.demo.conftest import SITE

# Pages of one shape are alike: so many of each are looked at.
OF_EACH_SHAPE = 4
OFFICES = {"guest": "", "member": "kit", "peer": "Idris", "moderator": "Ana", "lead": "Maud"}
OFFICES |= {"community_admin": "Petra L", "site_admin": "Tekla"}


class Links(HTMLParser):
    """The addresses that a page links to, and the token of its forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.token = ""
        self._in_template = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        address = held.get("href") if tag in ("a", "link") else held.get("src")
        if tag == "template":  # patterns for scripts, whose links lead nowhere yet
            self._in_template = True
        if address and not self._in_template:
            self.found.append(address)
        if tag == "input" and held.get("name") == "csrf":
            self.token = held.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._in_template = False


def browser(app: Starlette) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url=SITE, follow_redirects=True)


async def sign_in(client: AsyncClient, name: str) -> Response:
    """Through the page itself."""
    page = await client.get("/sign-in")
    fields = {"csrf": Links(page.text).token, "name": name, "password": PASSWORD}
    headers = {"origin": SITE, "sec-fetch-site": "same-origin"}
    return await client.post("/sign-in", data=fields, headers=headers)


async def walk(client: AsyncClient, start: str = "/") -> dict[str, tuple[int, str]]:
    """Every address that can be reached by links → its status, and the page that links to it."""
    seen: dict[str, tuple[int, str]] = {}
    shapes: Counter[str] = Counter()
    waiting = deque([(start, "")])
    while waiting:
        address, origin = waiting.popleft()
        shape = re.sub(r"\d+", "#", address)
        if address in seen or shapes[shape] >= OF_EACH_SHAPE:
            continue
        shapes[shape] += 1
        answer = await client.get(address)
        seen[address] = (answer.status_code, origin)
        if "html" in answer.headers.get("content-type", ""):
            waiting += [(to, address) for to in _inside(str(answer.url), answer.text)]
    return seen


def _inside(base: str, page: str) -> list[str]:
    """The links of a page that stay on this site, without their fragments."""
    found = [urlsplit(urljoin(base, link)) for link in Links(page).found]
    here = urlsplit(SITE).netloc
    return [
        one.path + (f"?{one.query}" if one.query else "")
        for one in found
        if one.netloc == here and one.scheme == "https"
    ]
