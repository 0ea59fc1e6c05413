"""Somebody whose every request is full of canaries, and who keeps what came back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from httpx2 import AsyncClient, Response
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from forum.ids import new_form_id
from forum.web.cookies import guest_cookie, session_cookie
from tests.canaries.forms import Form
from tests.canaries.words import canary, found_in, sentence
from tests.people import Person

OWN_WORDS = re.compile(r'<textarea class="field__control" id="kept-\d+".*?</textarea>', re.DOTALL)
SLOW_SECONDS = 30


@dataclass
class Visitor:
    """A person's browser at the real server.

    spilled: what error pages held that the person had not written at length, and passwords
    that any page held.
    """

    person: Person
    url: str
    client: AsyncClient
    spilled: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @classmethod
    def enter(cls, person: Person, url: str) -> "Visitor":
        settings = person.world.services.settings
        name = session_cookie(settings) if person.account_id else guest_cookie(settings)
        cookies = {name: person.token, "theme": canary(), canary(): canary()}
        return cls(person, url, AsyncClient(base_url=url, cookies=cookies, timeout=SLOW_SECONDS))

    async def get(self, path: str) -> Response:
        """Ask for a page, with canaries in the query and the headers."""
        joint = "&" if "?" in path else "?"
        query = urlencode({canary(): canary(), "q": sentence(), "next": f"/{canary()}"})
        answer = await self.client.get(path + joint + query, headers=self._headers())
        return self._look(answer, path, set())

    async def send(self, form: Form, fields: Mapping[str, str]) -> Response:
        """Send a form as our own page would."""
        headers = self._headers() | {"origin": self.url, "sec-fetch-site": "same-origin"}
        secrets = {
            fields[one.name] for one in form.fields if one.kind == "password" and fields[one.name]
        }
        if form.method == "get":
            answer = await self.client.get(form.action, params=dict(fields), headers=headers)
        else:
            answer = await self.client.post(form.action, data=dict(fields), headers=headers)
        return self._look(answer, form.action, secrets)

    async def post_anything(self, path: str, **fields: str) -> Response:
        """Send fields that no form asked for, with a token that holds."""
        headers = self._headers() | {"origin": self.url, "sec-fetch-site": "same-origin"}
        data = {"csrf": self.person.form_token, "form_id": new_form_id()} | fields
        answer = await self.client.post(path, data=data, headers=headers)
        return self._look(answer, path, set())

    async def talk(self, path: str) -> int:
        """Send canaries over a WebSocket, well and badly formed; how many answers came."""
        name = session_cookie(self.person.world.services.settings)
        headers = self._headers() | {"cookie": f"{name}={self.person.token}; x={canary()}"}
        frames: list[str | bytes] = [
            f'{{"type": "hello", "room": "{canary()}", "last": 0, "epoch": "{canary()}"}}',
            f'{{"type": "hello", "room": "{path.split("/")[-2]}", "last": 0, "epoch": ""}}',
            f'{{"type": "post", "cid": "{new_form_id()}", "text": "{sentence()}"}}',
            f'{{"type": "post", "cid": "{canary()}", "text": ["{canary()}"]}}',
            f'{{"type": "{canary()}", "{canary()}": 1}}',
            *(sentence(), sentence().encode(), sentence() * 400, sentence().encode() + b"\xff"),
        ]
        answers = 0
        for frame in frames:
            try:
                async with connect(
                    self.url.replace("http", "ws") + path + f"?{canary()}={canary()}",
                    origin=self.url,  # type: ignore[arg-type]  # a NewType of str
                    additional_headers=headers,
                    open_timeout=SLOW_SECONDS,
                ) as client:
                    await client.send(frames[1])
                    await client.send(frame)
                    await client.send('{"type": "ping"}')
                    await client.recv()
                    answers += 1
            except (ConnectionClosed, InvalidStatus):
                continue
        return answers

    def _headers(self) -> dict[str, str]:
        names = ("user-agent", "referer", "accept-language", "x-forwarded-for", "x-request-id")
        return {name: f"{canary()} {canary()}" for name in names} | {canary(): canary()}

    def _look(self, answer: Response, path: str, secrets: set[str]) -> Response:
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        shown = answer.text
        where = f"{self.person.name or 'guest'} {path} ({answer.status_code}): "
        self.spilled += [f"{where}a password: {one}" for one in secrets if one in shown]
        if answer.status_code >= 400 and answer.status_code != 422:  # 422 shows the form again
            self.spilled += [where + one for one in found_in(OWN_WORDS.sub("", shown))]
        return answer
