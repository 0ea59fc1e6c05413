"""Reads the forms of a page as a browser would, and fills every field with canaries."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.canaries.words import canary, sentence

KEPT = {"csrf", "form_id", "cid"}  # what a well-meant form brings along as it is
FREE = {"text", "search", "password"}
Attrs = list[tuple[str, str | None]]


@dataclass
class Field:
    """One field: its kind is its `type`, or the element's name; values are what can be chosen."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)


@dataclass
class Form:
    """Where it goes, and its fields."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def well_meant(self) -> dict[str, str]:
        """Filled in so that it should be taken, each place for one's own words with a canary."""
        return {one.name: _likely(one) for one in self.fields}

    def ill_meant(self) -> dict[str, str]:
        """A canary in every field, also where one can only choose; only the token is right."""
        return {
            one.name: (one.values or [""])[0] if one.name == "csrf" else sentence()
            for one in self.fields
        }

    def foreign(self) -> dict[str, str]:
        """A canary in every field, the token among them."""
        return {one.name: sentence() for one in self.fields}


def _likely(one: Field) -> str:
    if one.name in KEPT:
        return (one.values or [""])[0]
    if one.kind == "textarea":
        return sentence()
    if one.kind in FREE:
        return canary()
    if one.kind == "number":
        return (one.values or [""])[0] or "34"
    if one.kind == "email":
        return f"{canary()}@example.org"
    return next((value for value in one.values if value), "")


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms = page, list[Form]()
        self._form: Form | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: Attrs) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.page, given.get("action", ""))
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "option" and self._select is not None:
            self._select.values.append(given.get("value", ""))
        elif tag == "button" and "formaction" in given:
            action = urljoin(self.page, given["formaction"])
            self.forms.append(Form(action, self._form.method, self._form.fields))
        elif tag in ("input", "textarea", "select") and given.get("name"):
            self._take(tag, given)

    def _take(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        kind = given.get("type", "text") if tag == "input" else tag
        known = next((one for one in self._form.fields if one.name == given["name"]), None)
        if known is None:
            known = Field(given["name"], kind)
            self._form.fields.append(known)
        if tag == "select":
            self._select = known
        elif tag == "input":
            known.values.append(given.get("value", "on" if kind == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


def forms_of(html: str, path: str) -> list[Form]:
    """The forms of a page at `path`."""
    reader = _Reader(path)
    reader.feed(html)
    return reader.forms


def once_each(forms: Iterable[Form], kind_of: Callable[[str], str]) -> list[Form]:
    """One form of each kind; kind_of: the route that takes an address."""
    kept: dict[tuple[str, str, tuple[str, ...]], Form] = {}
    for one in forms:
        names = tuple(each.name for each in one.fields)
        kept.setdefault((one.method, kind_of(urlsplit(one.action).path), names), one)
    return list(kept.values())
