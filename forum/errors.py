"""Errors that pages know how to show."""

from collections.abc import Sequence


class ForumError(Exception):
    """Something a person can be told about.

    `title` and `advice` are shown as they are: what happened, and what to do now.
    """

    status = 500
    title = "Something went wrong on our side"
    advice = "Your words are not lost if the page still shows them. Please try again in a minute."

    def __init__(self, advice: str | None = None) -> None:
        super().__init__(advice or self.advice)
        if advice is not None:
            self.advice = advice


class BadSettings(ForumError):
    """A setting that must stop the start; `problems` names each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class NotFound(ForumError):
    """There is no such thing, or this person may not know of it."""

    status = 404
    title = "There is nothing here"
    advice = "It may have been moved or removed, or the address has a small mistake."


class Forbidden(ForumError):
    """The thing is known to exist, but is not for this person."""

    status = 403
    title = "This is not open to you"
    advice = "If you think it should be, ask a moderator of your community."


class SignInFirst(ForumError):
    """A guest asked for something that a signed-in person may do."""

    status = 401
    title = "Please sign in first"
    advice = "After that you come straight back here."


class BadRequest(ForumError):
    """What came in cannot be understood."""

    status = 400
    title = "We could not read that"
    advice = "Please go back, look at the form once more and send it again."


class FormExpired(BadRequest):
    """A form without a valid token, or sent from another site."""

    status = 403
    title = "This form could not be checked"
    advice = "Go back, reload the page and send it again. Your browser keeps what you wrote."


class TooLarge(BadRequest):
    """More came in than a form may hold."""

    status = 413
    title = "That was more than we can take at once"
    advice = "Go back, shorten it and send it again. Your browser keeps what you wrote."


class Conflict(ForumError):
    """Somebody else was faster, or the thing has changed meanwhile."""

    status = 409
    title = "Somebody was just ahead of you"


class StillNeeded(Conflict):
    """This person cannot go before somebody else takes over; the advice says what to do."""

    title = "One thing must be handed over first"


class TooMany(ForumError):
    """A limit was reached; `wait_seconds` says for how long."""

    status = 429
    title = "That was a lot at once"

    def __init__(self, wait_seconds: float, advice: str | None = None) -> None:
        super().__init__(advice or f"Please try again in {_in_words(wait_seconds)}.")
        self.wait_seconds = wait_seconds


class Invalid(ForumError):
    """A form with mistakes; `fields` maps each field's name to what is wrong with it."""

    status = 422
    title = "Something needs another look"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = fields


class ReadOnly(ForumError):
    """The database takes no writes now: nothing was stored, and we say so."""

    status = 503
    title = "We can't save anything right now"
    advice = (
        "Reading and Get help now still work. What you wrote was not saved; "
        "your browser keeps it on this page. Please try again in a few minutes."
    )


def _in_words(seconds: float) -> str:
    if seconds < 20:
        return "a few seconds"
    if seconds < 90:
        return "a minute"
    if seconds < 5400:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"
