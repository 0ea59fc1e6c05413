"""How the tests read HTML: as the browser's parser sees it, not as a string."""

from html.parser import HTMLParser

from forum.markup import LINK_REL, TAGS, is_plain_address

Piece = tuple[str, object]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pieces.append((f"<{tag}>", sorted(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append((f"</{tag}>", None))

    def handle_data(self, data: str) -> None:
        if self.pieces and self.pieces[-1][0] == "text":
            data = f"{self.pieces.pop()[1]}{data}"
        self.pieces.append(("text", data))

    def handle_comment(self, data: str) -> None:
        self.pieces.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.pieces.append(("declaration", decl))

    def unknown_decl(self, data: str) -> None:
        self.pieces.append(("declaration", data))

    def handle_pi(self, data: str) -> None:
        self.pieces.append(("instruction", data))


def read(html: str) -> list[Piece]:
    """The tags with their attributes, the texts and whatever else a parser finds, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.pieces


def words(html: str) -> str:
    """What a person reads of it, with single spaces."""
    return " ".join("".join(str(what) for kind, what in read(html) if kind == "text").split())


def assert_harmless(html: str) -> None:
    """Nothing in it but the tags and attributes that are ours."""
    for kind, what in read(html):
        if kind == "text":
            continue
        assert kind.strip("</>") in TAGS, f"{kind} {what}"
        if what:
            assert isinstance(what, list)
            for name, value in what:
                assert (kind, name) in {("<a>", "href"), ("<a>", "rel"), ("<ol>", "start")}
                assert name != "href" or is_plain_address(value), value
                assert name != "rel" or value == LINK_REL
                assert name != "start" or value.isdecimal()
