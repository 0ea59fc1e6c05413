"""Pages stay light: someone may be on the last bar of an old phone."""

import gzip
import re

from tests.pages.gallery import ROOT, render

FRAME_BYTES = 15_000  # sheets and scripts of a topic page, gzip; leaves room for its words
TOPIC_SHEETS = ("css/post.css", "css/care.css")


def squeezed(name: str) -> int:
    return len(gzip.compress((ROOT / "static" / name).read_bytes(), 6))


def test_the_sheets_and_scripts_of_a_topic_page_are_small() -> None:
    page = render("error.html", title="A", advice="B", status=404, kept=[])
    frame = set(re.findall(r'(?:href|src)="/static/((?:css|js)/[^"?]+)', page))
    assert frame, "the frame loads nothing, so this test looks at the wrong thing"
    assert sum(map(squeezed, [*frame, *TOPIC_SHEETS])) < FRAME_BYTES
