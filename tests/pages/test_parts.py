"""What the components put out, looked at as text."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from markupsafe import Markup

from tests.pages.gallery import LINES, ROOT, Look, environment, render

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

PHYSICAL = re.compile(
    r"(?<![\w-])(margin|padding|border|inset)-(left|right|top|bottom)"
    r"|(?<![\w-])(left|right|top|bottom|((min|max)-)?(width|height))\s*:"
    r"|text-align:\s*(left|right)|float:"
)
MARKUP_SINKS = re.compile(r"\.(inner|outer)HTML|insertAdjacentHTML|document\.write|eval\(")


def part(call: str, **names: object) -> str:
    source = '{% import "_parts.html" as ui %}' + call
    return environment().from_string(source).render(**names)


def test_what_a_person_wrote_is_kept_and_escaped_when_a_form_is_shown_again() -> None:
    shown = render("gallery.html", Look(errors="yes"))
    assert "&lt;b&gt;my words&lt;/b&gt;" in shown
    assert 'value="River"' in shown
    assert '<option value="NL" selected>' in shown


def test_a_mistake_is_tied_to_its_field_and_named_at_the_top() -> None:
    shown = render("gallery.html", Look(errors="yes"))
    assert 'aria-describedby="name-hint name-error" aria-invalid="true"' in shown
    assert '<a href="#name">Someone has this name already.</a>' in shown


def test_a_password_is_never_put_back_into_the_page() -> None:
    shown = part('{{ ui.password("password", "Password", {}) }}', values={"password": "three"})
    assert "value=" not in shown


def test_a_name_that_looks_like_markup_stays_text() -> None:
    shown = part("{{ ui.post(1, name, now, body) }}", name="<b>Moderator</b>", now=NOON, body="x")
    assert "<b>" not in shown
    assert "badge" not in shown


def test_a_hidden_post_does_not_carry_its_words() -> None:
    words = Markup("<p>secret</p>")
    call = '{{ ui.post(1, "Wren", now, body, hidden="A moderator has hidden this post.") }}'
    assert "secret" not in part(call, now=NOON, body=words)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under a minute"),
        (60, "1 minute"),
        (299, "4 minutes"),
        (3600, "60 minutes"),
        (7200, "2 hours"),
        (200_000, "2 days"),
    ],
)
def test_a_length_of_time_is_said_in_words(seconds: int, words: str) -> None:
    assert part("{{ ui.span(seconds) }}", seconds=seconds) == words


@pytest.mark.parametrize(
    ("current", "last", "numbers"),
    [(1, 1, []), (1, 2, [1, 2]), (5, 12, [1, 4, 5, 6, 12]), (12, 12, [1, 11, 12])],
)
def test_the_pager_names_the_first_the_last_and_the_neighbours(
    current: int, last: int, numbers: list[int]
) -> None:
    shown = part('{{ ui.pager(current, last, "?page=") }}', current=current, last=last)
    assert [int(n) for n in re.findall(r"Page </span>(\d+)", shown)] == numbers


def test_a_help_line_is_printed_as_the_line_prints_it_and_says_how_old_it_is() -> None:
    shown = part("{{ ui.help_line(line) }}", line=LINES[1])
    assert ">0000 - 000 000<" in shown
    assert 'href="tel:0000000000"' in shown
    assert "1 March 2026" in shown


def test_a_help_line_nobody_checked_says_so() -> None:
    shown = part("{{ ui.help_line(line) }}", line=LINES[2])
    assert "<a" not in shown
    assert "do not know when this was last checked" in shown


def test_discreet_mode_names_neither_the_site_nor_the_page() -> None:
    shown = render("gallery.html", Look(discreet="yes"))
    head = shown[: shown.index("</head>")]
    assert "<title>Notes</title>" in head
    assert "Handrail" not in head
    assert "icons/neutral.svg" in head
    assert "icons/handrail.svg" not in shown


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text), "inline style or handler"
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text), "inline sheet or script"
    assert not re.search(r"(src|action)=[\"']https?:", text), "something from another place"
    assert "|safe" not in text.replace(" ", "")


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_sheets_are_written_for_both_reading_directions(path: Path) -> None:
    rules = re.sub(r"/\*.*?\*/|@media[^{]*", "", path.read_text(), flags=re.DOTALL)
    assert not PHYSICAL.findall(rules)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_build_elements_and_never_markup(path: Path) -> None:
    assert not MARKUP_SINKS.search(path.read_text())
