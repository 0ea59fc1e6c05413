"""What we say to a person in distress is calm, honest, plain and never blames."""

import re
import string
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from types import ModuleType

import pytest

from forum.care import first_words, reasons, wording
from forum.care.first_words import TEMPLATES, Variables, still_to_write
from forum.care.helplines import Directory, HelpLine
from forum.care.reasons import WHAT, FoundBy, reporter_outcome, statement_of_reasons
from forum.care.wording import Standing, author_panel

TODAY = date(2026, 7, 1)
BRITAIN = Directory.packaged().for_country("GB", need=4, today=TODAY)
NOWHERE = Directory.packaged().for_country(None, need=4, today=TODAY)
HOURS = "from seven to midnight"
VALUES = Variables("Wren", "Samaritans (116 123)", "999", HOURS, "tomorrow at about six")

# PRODUCT 4.7, principles 6 and 7, and what blames or belittles in the same way.
FORBIDDEN = re.compile(
    r"!|\bcommit|\b(failed|successful|unsuccessful|completed) (attempt|suicide)|attention.seek"
    r"|\bclean\b|\bdirty\b|gets? better|will be (ok|okay|fine|all right)|promise|think of your"
    r"|your family|be strong|so strong|so brave|at least|calm down|cheer up|selfish|cry for help"
    r"|threaten|manipulat|addict|junkie|\bsuffer|victim|relapsed|everything happens",
    re.IGNORECASE,
)
HIGHEST_GRADE = 7.0  # school grade: read at about eleven to twelve
FEWEST_WORDS = 12  # the formula says nothing about a title


def constants(module: ModuleType) -> Iterator[str]:
    """Every sentence a module holds as a constant, those in tables too."""
    for name, value in vars(module).items():
        if name.isupper() and isinstance(value, str):
            yield value
        elif name.isupper() and isinstance(value, Mapping):
            yield from (v for v in value.values() if isinstance(v, str))


def panels() -> Iterator[str]:
    for need, lines, staffed, hours, standing in product(
        range(1, 5), (BRITAIN, NOWHERE), (True, False), ("", HOURS), Standing
    ):
        panel = author_panel(need, lines, staffed=staffed, hours=hours, standing=standing)
        assert panel is not None
        parts = (*panel.before, panel.lines_intro, *panel.after)
        yield " ".join(part for part in parts if part)


TEXTS = sorted(
    {
        *constants(wording),
        *constants(reasons),
        *panels(),
        *(letter.fill(VALUES) for letter in TEMPLATES.values()),
        *(letter.title for letter in TEMPLATES.values()),
        *(
            " ".join(statement_of_reasons(d, kind="post", rule="Be kind.", until="Friday", found=f))
            for d, f in product(WHAT, FoundBy)
        ),
    }
)


def syllables(word: str) -> int:
    """A rough English count: groups of vowels, without a silent e at the end."""
    bare = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", bare)))


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade level. Source: Kincaid et al. 1975, Navy report 8-75."""
    words = re.findall(r"[A-Za-z’']+", text)
    sentences = max(1, len(re.findall(r"[.?:…](?=\s|$|[”\"])", text)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:40])
def test_no_text_blames_promises_or_shouts(text: str) -> None:
    found = FORBIDDEN.search(text)
    assert not found, f"{found.group()!r} in: {text}" if found else ""


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:40])
def test_every_text_reads_easily(text: str) -> None:
    if len(text.split()) >= FEWEST_WORDS:
        assert reading_grade(text) <= HIGHEST_GRADE, text


def test_the_reading_grade_tells_plain_words_from_officialese() -> None:
    assert reading_grade("We are here. You can write to us at any time of the day.") < 4
    assert (
        reading_grade("Utilisation of institutional communication facilities is obligatory.") > 15
    )


def test_no_variable_is_left_unset() -> None:
    for text in (*panels(), *(letter.fill(VALUES) for letter in TEMPLATES.values())):
        assert not re.search(r"[{}]", text), text


@pytest.mark.parametrize("need", [3, 4])
def test_a_person_in_crisis_is_thanked_told_it_is_up_and_given_lines(need: int) -> None:
    panel = author_panel(need, BRITAIN, staffed=True)
    assert panel is not None
    assert panel.before[0] == "Your post is up."
    assert "ending your life, these people can talk:" in panel.lines_intro
    assert {wording.TALK_HERE, wording.ABOUT_SOMEONE_ELSE, wording.I_AM_OK} <= set(panel.choices)
    assert wording.AUTOMATIC in panel.after


def test_danger_names_the_countrys_own_emergency_number_and_none_when_unknown() -> None:
    here, nowhere = (author_panel(4, lines, staffed=True) for lines in (BRITAIN, NOWHERE))
    assert here is not None
    assert nowhere is not None
    assert "ring 999." in here.before[-1]
    assert "ring your local emergency number." in nowhere.before[-1]
    assert not re.search(r"\d", " ".join(nowhere.before))
    assert "these pages can find people" in nowhere.lines_intro


def test_need_three_does_not_send_everybody_to_the_emergency_number() -> None:
    panel = author_panel(3, BRITAIN, staffed=True)
    assert panel is not None
    assert "999" not in " ".join(panel.before)


def test_a_lighter_need_gets_a_lighter_note_and_none_gets_none() -> None:
    amber = author_panel(2, BRITAIN, staffed=True)
    green = author_panel(1, BRITAIN, staffed=True)
    assert amber is not None
    assert green is not None
    assert amber.lines_intro == green.lines_intro == green.title == ""
    assert green.choices == (wording.GET_HELP_NOW,)
    assert "ending your life" not in " ".join((*amber.before, *amber.after))
    assert author_panel(0, BRITAIN, staffed=True) is None


@pytest.mark.parametrize("need", [2, 3, 4])
def test_when_nobody_is_on_duty_we_say_so_and_when_somebody_usually_is(need: int) -> None:
    panel = author_panel(need, BRITAIN, staffed=False, hours=HOURS)
    assert panel is not None
    text = " ".join(panel.after)
    assert "Nobody from our team is on duty right now." in text
    assert f"Someone is usually here {HOURS}." in text
    assert "has been told" not in text


def test_a_held_or_masked_post_is_never_called_simply_up() -> None:
    held = author_panel(4, BRITAIN, staffed=True, standing=Standing.HELD, kind="message")
    masked = author_panel(4, BRITAIN, staffed=True, standing=Standing.MASKED)
    assert held is not None
    assert masked is not None
    assert held.before[0].startswith("We have your message.")
    assert "One detail in it is hidden" in masked.before[0]


def test_asking_for_someone_is_answered_by_what_is_true() -> None:
    assert wording.need_someone(True)[0] == "We have told a volunteer"
    title, text = wording.need_someone(False)
    assert title == "We have your call"
    assert "Nobody from our team is on duty" in text
    assert "nobody here has been told" in wording.NOT_SAVED


def test_i_am_ok_does_not_end_a_crisis_and_says_so() -> None:
    assert "will still look in" in wording.not_about_me(4)
    assert "will still look in" not in wording.not_about_me(3)
    assert "ring 999" in wording.about_someone_else(BRITAIN)


def test_the_status_line_follows_the_words_through() -> None:
    assert wording.status_line("14:00") == (
        "Sent to our volunteers at 14:00. Nobody has opened it yet."
    )
    assert wording.status_line("14:00", "14:02") == "Seen by a trained volunteer at 14:02."
    answered = wording.status_line("14:00", "14:02", "14:05", wording.role_account("Ana"))
    assert answered.startswith("Community care (Ana) wrote to you at 14:05.")


def test_a_worried_member_is_thanked_and_hears_back_without_a_word_of_the_case() -> None:
    assert "is reading it now" in wording.worry_thanks(True, BRITAIN)
    assert "Nobody is on duty" in wording.worry_thanks(False, BRITAIN)
    assert "ring your local emergency number" in wording.worry_thanks(True, NOWHERE)
    assert "private" in wording.WORRY_OUTCOME


def test_a_line_stands_in_a_sentence_verbatim() -> None:
    samaritans: HelpLine = next(line for line in BRITAIN if line.name == "Samaritans")
    assert wording.line_in_words(samaritans) == "Samaritans (116 123)"


EVERY_LETTER = {
    "amber", "red", "crisis", "attempt", "worried_about_other", "bereaved", "detail_masked",
    "no_reply", "follow_up_24h", "follow_up_72h", "follow_up_7d", "welcome_back",
    "contact_details", "lapse",
}  # fmt: skip


def test_there_is_a_letter_for_each_situation() -> None:
    assert set(TEMPLATES) == EVERY_LETTER
    assert all(letter.id == key and letter.version >= 1 for key, letter in TEMPLATES.items())


def test_letters_name_only_variables_the_case_page_has() -> None:
    known = set(Variables.__dataclass_fields__)
    for letter in TEMPLATES.values():
        used = {name for _, name, _, _ in string.Formatter().parse(letter.body) if name}
        assert used <= known, letter.id


@pytest.mark.parametrize("id", ["amber", "red", "crisis", "bereaved"])
def test_first_letters_ask_directly(id: str) -> None:
    assert re.search(r"(end|ending) (your|their) life|think of dying", TEMPLATES[id].body)
    assert "?" in TEMPLATES[id].body


@pytest.mark.parametrize("id", sorted(EVERY_LETTER - {"attempt", "welcome_back", "lapse"}))
def test_letters_offer_another_way_to_talk_or_say_when_we_look_again(id: str) -> None:
    assert re.search(r"\{line1\}|\{next_check\}|\{hours\}", TEMPLATES[id].body)


@pytest.mark.parametrize("letter", TEMPLATES.values(), ids=lambda letter: letter.id)
def test_no_letter_asks_for_name_address_or_telephone(letter: first_words.Template) -> None:
    asked = r"(what is|tell me|give me|send me) your (real |full )?(name|address|number|phone)"
    assert not re.search(asked, letter.body, re.IGNORECASE)


def test_a_letter_shows_what_the_volunteer_has_still_to_write() -> None:
    text = TEMPLATES["amber"].fill(VALUES)
    assert still_to_write(text) == ["[their words]"]
    assert still_to_write(text.replace("[their words]", "you can't sleep")) == []


def test_a_members_name_cannot_reach_into_the_letter() -> None:
    odd = Variables("{line1.__class__} [x]", "L", "112", "h", "n")
    assert TEMPLATES["welcome_back"].fill(odd).startswith("Hi {line1.__class__} [x],")


def test_a_decision_that_takes_away_gives_ground_origin_appeal_and_support() -> None:
    parts = statement_of_reasons(
        "hide", kind="post", rule="No selling.", found=FoundBy.SCREENING, note="It named a shop."
    )
    assert parts[0].startswith("We have hidden your post.")
    assert parts[1] == "The house rule behind this: “No selling.”"
    assert parts[2] == "It named a shop."
    assert "screening program" in parts[3]
    assert parts[4:] == (reasons.APPEAL, reasons.SUPPORT)


def test_a_decision_that_gives_back_is_short() -> None:
    assert len(statement_of_reasons("restore", kind="post")) == 1
    assert len(statement_of_reasons("lift", kind="post", note="Good to have you.")) == 2


def test_a_pause_says_when_it_ends_and_that_help_still_works() -> None:
    parts = statement_of_reasons("restrict", kind="post", rule="Be kind.", until="6 July, 14:00")
    assert "until 6 July, 14:00" in parts[0]
    assert "Get help now" in parts[0]


@pytest.mark.parametrize(
    ("decision", "values"),
    [
        ("vanish", {"rule": "Be kind."}),
        ("hide", {}),
        ("restrict", {"rule": "Be kind."}),
    ],
)
def test_a_statement_without_reasons_is_refused(decision: str, values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"words|rule|ends"):
        statement_of_reasons(decision, kind="post", **values)  # type: ignore[arg-type]


def test_a_reporter_hears_an_outcome_whatever_it_was() -> None:
    for result in ("acted", "left", "already"):
        assert "post" in reporter_outcome(result, "post")
