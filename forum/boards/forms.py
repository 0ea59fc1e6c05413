"""Forms of boards and posts: what was sent, checked, in words that a tired person can follow."""

from dataclasses import dataclass, field

from forum.boards.choices import GOALS, NOTES
from forum.boards.wording import opening, title_from
from forum.errors import Invalid
from forum.ids import is_slug, slug_of
from forum.markup import MAX_CHARACTERS, TooDeep, TooLong, render_off_loop
from forum.web.forms import Sent

MAX_TITLE = 120  # one line on a wide screen, three on a telephone
MAX_BOARD_NAME = 60
MAX_ABOUT = 200
MAX_POSITION = 999
MAX_FORM_ID = 40
JOINERS = "\u200c\u200d"  # Persian words and many emoji are made with these two
NO_WORDS = "Please write a few words first."


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A post ready to be screened and stored.

    text: as `models.Post.text` holds it, a title in front for a new topic. html: its words,
    rendered. answers: the number of the post that is quoted. form_id: one filling-in of the form.
    """

    form_id: str
    text: str
    html: str
    title: str = ""
    note: str = ""
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class BoardDraft:
    """A board as an admin described it."""

    slug: str
    name: str
    about: str
    goal: str
    position: int
    is_closed: bool


@dataclass(slots=True)
class _Check:
    """Mistakes by field, all told at once."""

    mistakes: dict[str, str] = field(default_factory=dict)

    def done(self) -> None:
        """Raises Invalid when anything was wrong."""
        if self.mistakes:
            raise Invalid(self.mistakes)


async def reply(sent: Sent) -> PostDraft:
    """An answer in a topic, or new words for one. Raises Invalid."""
    words, html = await _words(sent)
    return PostDraft(
        form_id=_form_id(sent),
        text=words,
        html=html,
        note=_note(sent),
        answers=sent.number("answers"),
    )


async def topic(sent: Sent) -> PostDraft:
    """A first post; without a title it takes the first words. Raises Invalid."""
    title = one_line(sent.get("title"))
    check = _Check()
    if len(title) > MAX_TITLE:
        check.mistakes["title"] = (
            f"Your title is {len(title)} characters long and there is room for {MAX_TITLE}. "
            "The rest can go into your post."
        )
    try:
        words, html = await _words(sent)
    except Invalid as error:
        check.mistakes |= error.fields
    check.done()
    title = title or title_from(words, MAX_TITLE)
    return PostDraft(
        form_id=_form_id(sent),
        text=opening(title, words),
        html=html,
        title=title,
        note=_note(sent),
    )


def board(sent: Sent, slug: str = "") -> BoardDraft:
    """A board to make or change. Raises Invalid.

    slug: the address of a board that exists, which stays; a new one may name its own.
    """
    check = _Check()
    name, about = one_line(sent.get("name")), one_line(sent.get("about"))
    slug = slug or sent.get("slug").strip() or slug_of(name)
    if not name:
        check.mistakes["name"] = "Please give the board a name."
    elif len(name) > MAX_BOARD_NAME:
        check.mistakes["name"] = f"Please use at most {MAX_BOARD_NAME} characters for the name."
    if len(about) > MAX_ABOUT:
        check.mistakes["about"] = f"Please use at most {MAX_ABOUT} characters for this line."
    if name and not is_slug(slug):
        check.mistakes["slug"] = (
            "Please give a short address made of a-z, 0-9 and hyphens, such as evening-talk."
        )
    position = sent.number("position") if sent.get("position") else 0
    if position is None or position > MAX_POSITION:
        check.mistakes["position"] = f"Please give a whole number from 0 to {MAX_POSITION}."
    check.done()
    goal = sent.get("goal")
    return BoardDraft(
        slug=slug,
        name=name,
        about=about,
        goal=goal if goal in GOALS else "",
        position=position or 0,
        is_closed=sent.has("is_closed"),
    )


def one_line(text: str) -> str:
    """The text on one line, without signs that nobody sees or that turn the direction of others."""
    kept = (sign if sign.isprintable() or sign in JOINERS else " " for sign in text)
    return " ".join("".join(kept).split())


async def _words(sent: Sent) -> tuple[str, str]:
    """The field `text` and its HTML. Raises Invalid."""
    words = sent.get("text").strip()
    if not any(sign.isprintable() and not sign.isspace() for sign in words):
        raise Invalid({"text": NO_WORDS})
    if len(words) > MAX_CHARACTERS:
        raise Invalid({"text": str(TooLong(len(words)))})
    try:
        return words, await render_off_loop(words)
    except TooDeep as error:
        raise Invalid({"text": str(error)}) from error


def _form_id(sent: Sent) -> str:
    """The form's own name. Without one, a second sending could not be told from a first."""
    form_id = sent.get("form_id")
    if not 0 < len(form_id) <= MAX_FORM_ID:
        raise Invalid({"": "Please send the form once more. What you wrote is still here."})
    return form_id


def _note(sent: Sent) -> str:
    note = sent.get("note")
    return note if note in NOTES else ""
