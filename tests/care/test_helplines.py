"""A person in crisis sees numbers that can be dialled where they live, and never an empty list."""

import hashlib
import re
from datetime import date, timedelta
from zoneinfo import available_timezones

import pytest

from forum.care.helplines import (
    Age,
    Channel,
    Confidence,
    Directory,
    HelpLine,
    country_for_timezone,
)
from forum.countries import COUNTRY_OF_ZONE, NAMES

TODAY = date(2026, 7, 1)
DIRECTORY = Directory.packaged()
VERBATIM = ("country_code", "name", "contact", "channel", "hours", "url", "source", "confidence")
ALL_CODES = [code for code, _ in DIRECTORY.countries()]
# SHA-256 of the gathered columns of all rows: a number changes only by being checked again.
CHECKSUM = "3a3ea5d6806f14876673ee1afed9b33fb6997d2670d958505959449d26586ff0"


def line(**changes: object) -> HelpLine:
    """A row of an invented country list: New Zealand, checked a month ago, unless changed."""
    values: dict[str, object] = {
        "country_code": "NZ",
        "name": "A line",
        "contact": "0800 000 000",
        "channel": Channel.PHONE,
        "hours": "24/7",
        "url": "",
        "source": "a test",
        "confidence": Confidence.HIGH,
        "dial": "0800000000",
        "checked_on": TODAY - timedelta(days=30),
    }
    return HelpLine(**{**values, **changes})  # type: ignore[arg-type]  # a test's own values


def contacts(code: str | None, **how: object) -> list[str]:
    shown = DIRECTORY.for_country(code, today=TODAY, **how)  # type: ignore[arg-type]
    return [row.contact for row in shown]


def test_every_verbatim_column_is_as_it_was_gathered() -> None:
    text = "\n".join(
        "\t".join(str(getattr(row, column)) for column in VERBATIM) for row in DIRECTORY.lines
    )
    assert len(DIRECTORY.lines) == 107
    assert hashlib.sha256(text.encode()).hexdigest() == CHECKSUM


def test_every_dial_string_can_be_dialled() -> None:
    for row in DIRECTORY.lines:
        assert re.fullmatch(r"\+?[0-9*#]*", row.dial), row.name


def test_every_line_to_ring_or_text_has_a_dial_string_and_no_other_has() -> None:
    dialled = {Channel.PHONE, Channel.TEXT, Channel.EMERGENCY}
    for row in DIRECTORY.lines:
        assert bool(row.dial) == (row.channel in dialled), row.name


def test_a_dial_string_is_the_first_number_that_is_printed() -> None:
    for row in DIRECTORY.lines:
        if row.dial:
            first = re.split(r" or | \(| then ", row.contact.split(" to ")[-1])[0]
            assert row.dial == re.sub(r"[ -]", "", first), row.name


def test_short_codes_keep_no_country_prefix() -> None:
    for row in DIRECTORY.lines:
        if row.dial.startswith("+"):
            assert row.contact.startswith("+"), row.name
            assert len(row.dial) > 8, row.name
    assert {row.dial for row in DIRECTORY.lines if row.country_code == "US"} >= {"988", "911"}


def test_every_country_in_the_file_has_a_name() -> None:
    assert {row.country_code for row in DIRECTORY.lines} - {"ZZ", "EU"} == set(NAMES)
    assert len(ALL_CODES) == 36
    assert DIRECTORY.countries()[0] == ("AU", "Australia")


@pytest.mark.parametrize("code", [None, "", "ZZ", "EU", "QQ", "RO", "us1", "<script>"])
@pytest.mark.parametrize("need", [0, 3, 4])
def test_an_unknown_country_gets_directories_and_nobody_elses_numbers(
    code: str | None, need: int
) -> None:
    shown = DIRECTORY.for_country(code, need=need, today=TODAY)
    assert shown
    assert {row.channel for row in shown} == {Channel.DIRECTORY}


@pytest.mark.parametrize("code", ALL_CODES)
def test_a_country_never_sees_another_countrys_numbers(code: str) -> None:
    shown = DIRECTORY.for_country(code, need=4, today=TODAY)
    assert {row.country_code for row in shown} <= {code, "ZZ"}


def test_a_country_code_may_be_written_small() -> None:
    assert contacts("gb") == contacts("GB")


@pytest.mark.parametrize("code", ALL_CODES)
@pytest.mark.parametrize("today", [date(2021, 1, 1), TODAY, date(2028, 7, 1), date(2045, 1, 1)])
def test_no_country_is_ever_left_without_a_way_to_help(code: str, today: date) -> None:
    shown = DIRECTORY.for_country(code, need=4, today=today)
    ways = [row for row in shown if row.is_for_talking or row.channel is Channel.DIRECTORY]
    assert ways
    assert all(row.href for row in shown)


@pytest.mark.parametrize("code", ALL_CODES)
def test_the_emergency_number_comes_first_in_a_crisis_and_later_otherwise(code: str) -> None:
    crisis = DIRECTORY.for_country(code, need=4, today=TODAY)
    calmer = DIRECTORY.for_country(code, need=3, today=TODAY)
    if any(row.is_emergency for row in crisis):
        assert crisis[0].is_emergency
        assert not calmer[0].is_emergency or not any(row.is_for_talking for row in calmer)
    assert set(crisis) == set(calmer)


def test_the_european_number_is_never_offered_by_itself() -> None:
    european = next(row for row in DIRECTORY.lines if row.country_code == "EU")
    for code in [*ALL_CODES, "EU", None]:
        assert european not in DIRECTORY.for_country(code, need=4, today=TODAY)


def test_a_treatment_referral_line_never_comes_before_a_crisis_line() -> None:
    referral = next(row for row in DIRECTORY.lines if row.is_referral)
    shown = DIRECTORY.for_country("US", today=TODAY, confirmed=frozenset({referral.key}))
    assert shown[-1] == referral


def test_low_confidence_rows_are_hidden_until_an_admin_confirms_them() -> None:
    low = [row for row in DIRECTORY.lines if row.confidence is Confidence.LOW]
    assert {row.country_code for row in low} == {"IT", "PT", "LU", "IS", "MT", "KE"}
    for row in low:
        assert row not in DIRECTORY.for_country(row.country_code, today=TODAY)
        confirmed = frozenset({row.key})
        shown = DIRECTORY.for_country(row.country_code, today=TODAY, confirmed=confirmed)
        assert row == shown[0]


def test_a_confirmation_does_not_outlive_the_number_it_was_given_for() -> None:
    before = line(confidence=Confidence.LOW)
    after = line(confidence=Confidence.LOW, contact="0800 111 111", dial="0800111111")
    shown = Directory([after]).for_country("NZ", today=TODAY, confirmed=frozenset({before.key}))
    assert shown == ()


def test_keys_name_one_row_each() -> None:
    assert len({row.key for row in DIRECTORY.lines}) == len(DIRECTORY.lines)


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, Age.CURRENT), (365, Age.CURRENT), (366, Age.AGEING), (730, Age.AGEING), (731, Age.OLD)],
)
def test_a_row_ages_with_the_calendar(days: int, age: Age) -> None:
    assert line(checked_on=TODAY).age(TODAY + timedelta(days=days)) is age


def test_a_row_nobody_has_checked_is_old() -> None:
    assert line(checked_on=None).age(TODAY) is Age.OLD


def test_old_rows_are_hidden_while_newer_ones_fill_the_panel() -> None:
    new = [line(contact="1"), line(contact="2")]
    old = line(contact="3", checked_on=date(2020, 1, 1))
    assert Directory([*new, old]).for_country("NZ", today=TODAY) == tuple(new)


def test_old_rows_of_high_confidence_stay_when_too_few_are_left_and_a_directory_follows() -> None:
    assert contacts("NL")[:2] == ["113", "0800-0113"]
    assert contacts("NL")[-2:] == contacts(None)


def test_old_rows_of_medium_confidence_give_way_to_the_directories() -> None:
    assert contacts("HK") == contacts(None)
    assert contacts("DK") == ["112", *contacts(None)]


def test_a_line_for_children_alone_does_not_hide_the_one_for_everybody() -> None:
    shown = DIRECTORY.for_country("PL", today=date(2025, 6, 1))
    assert [row.contact for row in shown[:2]] == ["800 70 2222", "116 111"]


def test_moving_the_date_hides_what_was_current_and_keeps_what_is_needed() -> None:
    samaritans, shout = "116 123", "Text SHOUT to 85258"
    assert contacts("GB") == [samaritans, shout, "999"]
    later = DIRECTORY.for_country("GB", today=date(2029, 1, 1))
    assert [row.contact for row in later] == [samaritans, shout, "999", *contacts(None)]


def test_emergency_numbers_do_not_age() -> None:
    for today in (TODAY, date(2060, 1, 1)):
        assert DIRECTORY.for_country("AU", need=4, today=today)[0].contact == "000"


def test_admins_are_told_which_rows_to_check() -> None:
    due = DIRECTORY.needing_check(date(2027, 7, 1))
    assert {"988", "116 123"} <= {row.contact for row in due}
    assert all(row.channel is not Channel.DIRECTORY for row in due)
    fresh = DIRECTORY.needing_check(TODAY)
    assert not any(row.source.startswith("open-helplines") for row in fresh)
    assert len(DIRECTORY.needing_check(TODAY, frozenset({fresh[0].key}))) == len(fresh) - 1


def test_links_are_telephone_text_or_https_only() -> None:
    for row in DIRECTORY.lines:
        assert row.href is None or re.match(r"(tel:|sms:)[+0-9*#]+$|https://", row.href), row.name
    shout = next(row for row in DIRECTORY.lines if row.name == "Shout")
    assert shout.href == "sms:85258"
    assert line(dial="", contact="javascript:alert(1)", url="http://a.example").href is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("dial", "0800 543 354"),
        ("dial", "tel:1"),
        ("channel", "fax"),
        ("confidence", "sure"),
        ("checked_on", "last week"),
    ],
)
def test_a_wrong_row_is_refused_by_name(column: str, value: str) -> None:
    good = {name: str(getattr(line(), name)) for name in (*VERBATIM, "dial", "checked_on")}
    assert HelpLine.from_row(good) == line()
    with pytest.raises(ValueError, match="A line"):
        HelpLine.from_row({**good, column: value})


def test_a_time_zone_suggests_a_country_and_a_strange_one_suggests_none() -> None:
    assert country_for_timezone("Europe/London") == "GB"
    assert country_for_timezone("Asia/Calcutta") == "IN"
    assert country_for_timezone("America/Puerto_Rico") is None
    assert country_for_timezone("UTC") is None
    assert country_for_timezone("../../etc/passwd") is None


def test_every_zone_exists_and_every_country_has_one() -> None:
    assert COUNTRY_OF_ZONE.keys() <= available_timezones()
    assert set(COUNTRY_OF_ZONE.values()) == set(NAMES)
