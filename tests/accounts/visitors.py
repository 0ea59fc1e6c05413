"""A browser without an account yet: it keeps cookies and takes form tokens from pages."""

import re
from collections.abc import Mapping
from typing import Any

from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from tests.people import SITE

PASSWORD = "three quiet boats"
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')
FORM_ID = re.compile(r'name="form_id" value="([\w-]+)"')
CODE = re.compile(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){4}")
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"


class Visitor:
    """Opens pages and sends the forms on them."""

    def __init__(self, app: Starlette, address: str = "192.0.2.1", agent: str = PHONE) -> None:
        self.client = AsyncClient(
            transport=ASGITransport(app, client=(address, 4711)),
            base_url=SITE,
            headers={"user-agent": agent},
        )
        self.token = ""
        self.form_id = ""

    async def open(self, url: str) -> Response:
        """Open a page and remember its form's token."""
        return self._seen(await self.client.get(url))

    async def send(self, url: str, fields: Mapping[str, Any], **headers: str) -> Response:
        """Send the form of the page that was opened last."""
        told = {"origin": "null", "sec-fetch-site": "same-origin"} | headers
        data = {"csrf": self.token, "form_id": self.form_id} | dict(fields)
        return self._seen(await self.client.post(url, data=data, headers=told))

    async def sign_up(self, name: str = "Ana", **fields: Any) -> Response:
        """Fill in the form for a new account, with everything that it needs."""
        await self.open("/sign-up")
        return await self.send("/sign-up", sign_up_fields(name, **fields))

    async def sign_in(self, name: str = "Ana", password: str = PASSWORD, **more: Any) -> Response:
        """Give name and password."""
        await self.open("/sign-in")
        return await self.send("/sign-in", {"name": name, "password": password} | more)

    @property
    def session(self) -> str | None:
        """The session's cookie."""
        return self.client.cookies.get("__Host-session")

    def _seen(self, response: Response) -> Response:
        for pattern, kept in ((TOKEN, "token"), (FORM_ID, "form_id")):
            found = pattern.search(response.text)
            if found:
                setattr(self, kept, found[1])
        return response


def sign_up_fields(name: str = "Ana", **fields: Any) -> dict[str, Any]:
    """A complete form; a field given as None is left out."""
    whole = {
        "name": name,
        "password": PASSWORD,
        "age": "34",
        "terms": "yes",
        "sensitive": "yes",
    } | fields
    return {field: value for field, value in whole.items() if value is not None}


def code_on(page: Response) -> str:
    """The recovery code that a page shows."""
    found = CODE.search(page.text)
    assert found is not None, "no recovery code on the page"
    return found[0]
