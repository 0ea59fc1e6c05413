"""Forms are taken from our own pages only, in every way a browser may say where it stands."""

from pathlib import Path

import pytest
from starlette.datastructures import Headers

from forum.errors import FormExpired
from forum.settings import Settings
from forum.web.forms import check_origin, check_sent_from_here


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    return Settings(public_url="https://handrail.test", data_dir=tmp_path)


OURS = [
    {"origin": "https://handrail.test", "sec-fetch-site": "same-origin"},
    # What Chromium sends with a form from a page whose policy is no-referrer.
    {"origin": "null", "sec-fetch-site": "same-origin"},
    {"origin": "https://handrail.test"},
]
SILENT = [{}, {"origin": "null"}]
FOREIGN = [
    {"origin": "https://evil.test", "sec-fetch-site": "cross-site"},
    {"origin": "null", "sec-fetch-site": "cross-site"},  # a sandboxed frame
    {"origin": "https://evil.test"},
    {"origin": "https://handrail.test.evil.test"},
    {"origin": "http://handrail.test"},
    {"origin": "https://handrail.test:8443"},
    {"origin": "https://boards.handrail.test", "sec-fetch-site": "same-site"},
    {"origin": "https://evil.test", "sec-fetch-site": "same-origin"},
]


@pytest.mark.parametrize("headers", OURS)
def test_a_form_from_our_own_page_is_taken(headers: dict[str, str], site: Settings) -> None:
    check_origin(Headers(headers), site)
    check_sent_from_here(Headers(headers), site)


@pytest.mark.parametrize("headers", SILENT)
def test_a_browser_that_tells_nothing_is_left_to_the_token(
    headers: dict[str, str], site: Settings
) -> None:
    check_origin(Headers(headers), site)
    with pytest.raises(FormExpired):
        check_sent_from_here(Headers(headers), site)


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_from_another_site_is_refused(headers: dict[str, str], site: Settings) -> None:
    for check in (check_origin, check_sent_from_here):
        with pytest.raises(FormExpired):
            check(Headers(headers), site)
