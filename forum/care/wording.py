"""Every sentence that Handrail itself says to a person who may be in distress.

What volunteers write is in `first_words.py`; the help lines' own words are in `helplines.csv`.
The principles are PRODUCT 4.7, and tests/care/test_wording.py keeps those that a machine can keep:
no word that blames, no promise, no exclamation mark, a reading age of about eleven.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from forum.care.helplines import HelpLine

# --- Doors that stand on every page ---------------------------------------------------------------

GET_HELP_NOW = "Get help now"
TALK_HERE = "Talk to someone here"
MORE_LINES = "More help lines"
OTHER_COUNTRY = "I am in another country"
ABOUT_SOMEONE_ELSE = "This is about someone else"
I_AM_OK = "I am OK for now"
SMALL_LINK = "If you would like to talk to someone, these people listen."
AUTOMATIC = "This note is automatic. Only you can see it."

EMERGENCY_UNKNOWN = "your local emergency number"


def emergency_number(lines: Sequence[HelpLine]) -> str:
    """The emergency number among `lines` as printed, else words that are true everywhere."""
    return next((line.contact for line in lines if line.is_emergency), EMERGENCY_UNKNOWN)


def line_in_words(line: HelpLine) -> str:
    """A help line inside a sentence: its name and its contact, verbatim."""
    return f"{line.name} ({line.contact})"


# --- The panel beside a person's own words --------------------------------------------------------


class Standing(StrEnum):
    """What became of the words a person just wrote."""

    UP = "up"
    MASKED = "masked"
    HELD = "held"


STANDING = {
    Standing.UP: "Your {kind} is up.",
    Standing.MASKED: "Your {kind} is up. One detail in it is hidden, to keep readers safe. "
    "You did nothing wrong by writing it.",
    Standing.HELD: "We have your {kind}. Others will see it once a moderator has had a look.",
}


@dataclass(frozen=True)
class Panel:
    """The calm note beside a person's own words. The page puts the help lines after `lines_intro`.

    `lines_intro` is empty where only a link to the lines belongs (need 1 and 2).
    """

    title: str
    before: tuple[str, ...]
    lines_intro: str
    after: tuple[str, ...]
    choices: tuple[str, ...]


def author_panel(
    need: int,
    lines: Sequence[HelpLine],
    *,
    staffed: bool,
    reached: bool = True,
    hours: str = "",
    kind: str = "post",
    standing: Standing = Standing.UP,
) -> Panel | None:
    """What the author sees at once beside their words; None for need 0.

    need: 0-4. lines: what `Directory.for_country` gave. staffed: whether a certified person is on
    duty now. reached: whether anybody could be called at all. hours: when somebody usually is
    there ("from 8 to 11 in the evening"), empty if unknown. kind: "post" or "message".
    """
    if need <= 0:
        return None
    stands = STANDING[standing].format(kind=kind)
    if need == 1:
        return Panel("", (stands, SMALL_LINK), "", (AUTOMATIC,), (GET_HELP_NOW,))
    if need == 2:
        return Panel(
            title="It sounds like a hard time",
            before=(stands, "Thank you for saying it here."),
            lines_intro="",
            after=(_reading_soon(staffed, hours), SMALL_LINK, AUTOMATIC),
            choices=(GET_HELP_NOW, TALK_HERE, ABOUT_SOMEONE_ELSE, I_AM_OK),
        )
    return Panel(
        title="It sounds like things are very heavy right now",
        before=(stands, "Thank you for saying it.", *_danger(need, lines)),
        lines_intro=_lines_intro(lines),
        after=(on_duty(staffed, hours, reached=reached), AUTOMATIC),
        choices=(TALK_HERE, MORE_LINES, OTHER_COUNTRY, ABOUT_SOMEONE_ELSE, I_AM_OK),
    )


def on_duty(staffed: bool, hours: str = "", *, reached: bool = True) -> str:
    """The honest word on who is here, after an urgent call. Arguments as in `author_panel`."""
    if staffed:
        return (
            "A trained volunteer is on duty and has been told. "
            "They will write to you here as soon as they can."
        )
    if not reached:
        return (
            "Nobody from our team is on duty right now, and we could not reach anyone on call. We "
            f"keep trying. The help lines can talk now.{_usual(hours)}"
        )
    return (
        "Nobody from our team is on duty right now. We have called the person on call, but we "
        f"cannot say when they will answer. The help lines may be quicker.{_usual(hours)}"
    )


def _reading_soon(staffed: bool, hours: str) -> str:
    if staffed:
        return "A trained volunteer will read this today. Other members can answer you too."
    return (
        "Nobody from our team is on duty right now. One of us will read this when we are back. "
        f"Other members can still answer you.{_usual(hours)}"
    )


def _usual(hours: str) -> str:
    return f" Someone is usually here {hours}." if hours else ""


def _danger(need: int, lines: Sequence[HelpLine]) -> tuple[str, ...]:
    if need < 4:
        return ()
    return (
        "If you or someone with you is in danger now, or has already been hurt, "
        f"ring {emergency_number(lines)}. You can also ask someone near you to ring.",
    )


def _lines_intro(lines: Sequence[HelpLine]) -> str:
    if any(line.is_for_talking for line in lines):
        return "If you might act on thoughts of ending your life, these people can talk:"
    return (
        "If you might act on thoughts of ending your life, "
        "these pages can find people to talk to where you live:"
    )


# --- "I am OK" and "This is about someone else" ---------------------------------------------------

OK_NOTED = "Thank you for telling us. We have put the note away. The help lines stay one tap away."
OK_NOTED_CRISIS = (
    "Thank you for telling us. We have put the note away. What you wrote sounded serious, so one "
    "of our volunteers will still look in. You do not have to answer them."
)
ABOUT_OTHER_NOTED = (
    "Thank you for telling us. It is hard to carry this for someone else. If they are in danger "
    "now, ring {emergency} and say where they are. One of our volunteers will look in, for you too."
)


def not_about_me(need: int) -> str:
    """The answer to "I am OK". At need 4 a person still looks, and we say so."""
    return OK_NOTED_CRISIS if need >= 4 else OK_NOTED


def about_someone_else(lines: Sequence[HelpLine]) -> str:
    """The answer to "This is about someone else"."""
    return ABOUT_OTHER_NOTED.format(emergency=emergency_number(lines))


# --- "I need someone now" -------------------------------------------------------------------------

NEED_SOMEONE_TITLE = "Talk to someone here"
NEED_SOMEONE_INTRO = (
    "Press the button and a trained volunteer here is told at once. You do not have to explain. "
    "If you like, write a few words first."
)
NEED_SOMEONE_FIELD = "What is going on"
NEED_SOMEONE_BUTTON = "I need someone now"
NEED_SOMEONE_WHO_SEES = "Only our care team can read this. Other members cannot."
NEED_SOMEONE_TITLE_STAFFED = "We have told a volunteer"
NEED_SOMEONE_TITLE_UNSTAFFED = "We have your call"
NEED_SOMEONE_AGAIN = "We still have your call from {time}. You do not need to press again."
NOT_SAVED = (
    "We could not save this just now, so nobody here has been told. Your words are still in the "
    "box. Please use one of the lines on this page, or try again in a minute."
)


def need_someone(staffed: bool, hours: str = "", *, reached: bool = True) -> tuple[str, str]:
    """Title and text after the button was pressed. Arguments as in `author_panel`."""
    title = NEED_SOMEONE_TITLE_STAFFED if staffed else NEED_SOMEONE_TITLE_UNSTAFFED
    return title, f"Thank you for asking. {on_duty(staffed, hours, reached=reached)}"


# --- The status line only the author sees ---------------------------------------------------------

STATUS_WAITING = "Sent to our volunteers at {time}. Nobody has opened it yet."
STATUS_SEEN = "Seen by a trained volunteer at {time}."
STATUS_ANSWERED = "{role} wrote to you at {time}. Only you and the care team can read it."


def status_line(sent: str, seen: str = "", answered: str = "", role: str = "") -> str:
    """Where the person's words are now. Times as they are read ("14:02"), empty if not yet."""
    if answered:
        return STATUS_ANSWERED.format(role=role, time=answered)
    return STATUS_SEEN.format(time=seen) if seen else STATUS_WAITING.format(time=sent)


# --- The role account -----------------------------------------------------------------------------

ROLE_ACCOUNT = "Community care ({name})"
ROLE_INTRODUCTION = (
    "This is a private line between you and our care team. {name} is a trained volunteer with "
    "lived experience, and not a doctor or a therapist. Only you and the care team can read what "
    "is written here. You can leave it at any time."
)


def role_account(name: str) -> str:
    """The name a volunteer writes under: "Community care (Ana)"."""
    return ROLE_ACCOUNT.format(name=name)


# --- "I'm worried about someone" ------------------------------------------------------------------

WORRY_TITLE = "I'm worried about someone"
WORRY_INTRO = (
    "Tell us who you are worried about and what you saw. A trained volunteer reads it. The person "
    "does not see your name, and no message goes to them by itself."
)
WORRY_THANKS_STAFFED = "Thank you for looking out for them. Someone trained is reading it now."
WORRY_THANKS_UNSTAFFED = (
    "Thank you for looking out for them. Nobody is on duty right now, so we have called the person "
    "on call. We cannot say when they will answer."
)
WORRY_DANGER = (
    "If they are in danger now and you know where they are, ring {emergency}. "
    "You do not have to carry this by yourself. The lines on this page listen to you too."
)
WORRY_OUTCOME = (
    "You told us you were worried about someone. A trained volunteer has looked, and has done what "
    "seemed right. We keep what they say private, so we cannot tell you more. Thank you for "
    "telling us. If it stays on your mind, you can talk to us too."
)


def worry_thanks(staffed: bool, lines: Sequence[HelpLine]) -> str:
    """What the person who is worried reads at once."""
    thanks = WORRY_THANKS_STAFFED if staffed else WORRY_THANKS_UNSTAFFED
    return f"{thanks} {WORRY_DANGER.format(emergency=emergency_number(lines))}"
