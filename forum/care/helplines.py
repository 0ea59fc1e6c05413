"""The help-line directory: numbers printed as their source prints them, and how old each one is.

`helplines.csv` holds facts only. Its columns up to `confidence` are the directory as it was
gathered. Two more were written by hand, row by row:

* `dial`: what a telephone dials for the row, in the form used inside the country. Short codes keep
  no country prefix: 988 is dialled 988. Where a row prints two numbers it is the first; where it
  prints a menu step ("988 then press 1") it is the number alone. Empty where there is nothing to
  dial (web chat, WhatsApp, directories).
* `checked_on`: the newest date that `source` states. A month counts from its first day and a year
  from the first of January, so that a row grows old too early rather than too late. Empty means
  that the source states no date: nobody is known to have checked.

Which rows a person sees is decided in `Directory.for_country`; the reasons are in the README,
under *Help lines*. Nothing here asks the network or the database, so the lines show on every page
at any time.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from functools import cache
from importlib import resources
from typing import Self

from forum.countries import COUNTRY_OF_ZONE, NAMES

AGEING_AFTER = timedelta(days=365)  # admins are asked to check again (PRODUCT 8.2: 12 months)
OLD_AFTER = timedelta(days=730)  # hidden while newer lines can fill the panel (24 months)
PANEL_LINES = 2  # the fewest lines that give a person a choice (PRODUCT 4.6: two or three)
CRISIS_NEED = 4  # from here on the emergency number comes first
NOWHERE = "ZZ"  # rows that serve everyone: the international directories
DIALLABLE = re.compile(r"\+?[0-9*#]+")


class Channel(StrEnum):
    """How a line is reached."""

    PHONE = "phone"
    TEXT = "text"
    CHAT = "chat"
    WHATSAPP = "whatsapp"
    EMERGENCY = "emergency"
    DIRECTORY = "directory"


class Confidence(StrEnum):
    """How far the sources of a row can be trusted (PRODUCT 8.2 says what earns each)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Age(IntEnum):
    """How long ago a row was checked."""

    CURRENT = 0
    AGEING = 1
    OLD = 2


@dataclass(frozen=True)
class HelpLine:
    """One way to reach help. `contact` is printed exactly as it stands, never reformatted."""

    country_code: str
    name: str
    contact: str
    channel: Channel
    hours: str
    url: str
    source: str
    confidence: Confidence
    dial: str
    checked_on: date | None

    @classmethod
    def from_row(cls, row: dict[str, str]) -> Self:
        """A line from a row of the CSV file. Raises ValueError naming the row when it is wrong."""
        try:
            checked = row["checked_on"]
            line = cls(
                country_code=row["country_code"],
                name=row["name"],
                contact=row["contact"],
                channel=Channel(row["channel"]),
                hours=row["hours"],
                url=row["url"],
                source=row["source"],
                confidence=Confidence(row["confidence"]),
                dial=row["dial"],
                checked_on=date.fromisoformat(checked) if checked else None,
            )
        except (KeyError, ValueError) as error:
            raise ValueError(f"help line {row.get('name')!r}: {error}") from error
        if line.dial and not DIALLABLE.fullmatch(line.dial):
            raise ValueError(f"help line {line.name!r}: {line.dial!r} cannot be dialled")
        return line

    @property
    def key(self) -> str:
        """What an admin's confirmation names. A changed number makes a new key."""
        return f"{self.country_code}/{self.channel}/{self.contact}"

    @property
    def href(self) -> str | None:
        """Where a tap leads: `tel:`, `sms:` or `https:`; None when there is no safe link."""
        if self.dial:
            return f"{'sms' if self.channel is Channel.TEXT else 'tel'}:{self.dial}"
        return next((u for u in (self.contact, self.url) if u.startswith("https://")), None)

    @property
    def is_emergency(self) -> bool:
        """Whether this is the country's emergency number."""
        return self.channel is Channel.EMERGENCY

    @property
    def is_referral(self) -> bool:
        """Whether it arranges treatment and says itself that it is not for a crisis."""
        return "not a crisis line" in self.name

    @property
    def is_for_talking(self) -> bool:
        """Whether a person in crisis finds someone to talk or write to here."""
        return not (self.is_emergency or self.is_referral or self.channel is Channel.DIRECTORY)

    def age(self, today: date) -> Age:
        """How old the last check is; a row nobody is known to have checked is OLD."""
        if self.checked_on is None or today - self.checked_on > OLD_AFTER:
            return Age.OLD
        return Age.AGEING if today - self.checked_on > AGEING_AFTER else Age.CURRENT


class Directory:
    """All help lines, in the order of their file (the best known of a country stands first)."""

    def __init__(self, lines: Iterable[HelpLine]) -> None:
        self.lines = tuple(lines)

    @classmethod
    @cache
    def packaged(cls) -> Self:
        """The directory that ships with the package, read once."""
        text = resources.files("forum.care").joinpath("helplines.csv").read_text("utf-8")
        return cls(HelpLine.from_row(row) for row in csv.DictReader(text.splitlines()))

    def countries(self) -> list[tuple[str, str]]:
        """(code, name) of each country with a row of its own, by name."""
        codes = {line.country_code for line in self.lines} & NAMES.keys()
        return sorted(((code, NAMES[code]) for code in codes), key=lambda pair: pair[1])

    def for_country(
        self,
        code: str | None,
        *,
        need: int = 3,
        today: date,
        confirmed: frozenset[str] = frozenset(),
    ) -> tuple[HelpLine, ...]:
        """The lines to show a person in `code`, best first; never empty.

        code: two letters; None, unknown, "ZZ" and "EU" give the international directories alone,
        never another country's numbers. need: 0-4; at 4 the emergency number comes first, below
        that it follows the lines. confirmed: keys of rows an admin has checked by hand and whose
        check is still in date; such a row is shown whatever its confidence or age.

        Rules: low confidence stays hidden unless confirmed. Rows checked within 24 months are
        shown. Only when those are fewer than PANEL_LINES do older rows of high confidence stay,
        and then the directories close the list, so that an old number is never the only way.
        Emergency numbers do not age: they are kept for decades, and a missing one costs more.
        Kept by tests/care/test_helplines.py.
        """
        trusted = [
            line
            for line in self._rows(code)
            if line.confidence is not Confidence.LOW or line.key in confirmed
        ]
        current = [line for line in trusted if line.key in confirmed or line.age(today) < Age.OLD]
        enough = sum(line.is_for_talking for line in current) >= PANEL_LINES
        shown = [
            line
            for line in trusted
            if line in current
            or line.is_emergency
            or (not enough and line.confidence is Confidence.HIGH)
        ]
        shown.sort(key=lambda line: _rank(line, need))
        return tuple(shown) if enough else (*shown, *self._directories())

    def needing_check(
        self, today: date, confirmed: frozenset[str] = frozenset()
    ) -> tuple[HelpLine, ...]:
        """Rows an admin should check: ageing, old, never checked or of low confidence."""
        return tuple(
            line
            for line in self.lines
            if line.key not in confirmed
            and line.channel is not Channel.DIRECTORY
            and (line.age(today) > Age.CURRENT or line.confidence is Confidence.LOW)
        )

    def _rows(self, code: str | None) -> tuple[HelpLine, ...]:
        """A country's own rows; none for an unknown one, so that no other country's show."""
        known = code.upper() if code and code.upper() in NAMES else None
        return tuple(line for line in self.lines if line.country_code == known)

    def _directories(self) -> tuple[HelpLine, ...]:
        return tuple(line for line in self.lines if line.country_code == NOWHERE)


def country_for_timezone(tz_name: str) -> str | None:
    """The country a browser's time zone suggests; None when unsure. Only ever a suggestion."""
    return COUNTRY_OF_ZONE.get(tz_name)


def _rank(line: HelpLine, need: int) -> int:
    """Where a line stands in the list, 0 first; equal ranks keep the file's order."""
    if line.is_emergency:
        return 0 if need >= CRISIS_NEED else 2
    return 3 if line.is_referral else 1
