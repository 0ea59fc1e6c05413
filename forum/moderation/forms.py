"""What comes in at the moderators' pages, checked in words a tired person can follow."""

from forum.content import Excerpt, Span, Subject, Visibility
from forum.errors import Invalid
from forum.moderation.decisions import DecisionDraft
from forum.moderation.flags import FlagDraft
from forum.web.forms import Sent

# What one press of the button may do to the whole piece.
WHOLE = {"": None, "hide": Visibility.HIDDEN, "show": Visibility.SHOWN}
MAX_NOTE = 1000


def flag_draft(about: Subject, sent: Sent) -> FlagDraft:
    """A report as it was written."""
    return FlagDraft(about, sent.get("category"), sent.get("words").strip())


def decision_draft(sent: Sent, excerpt: Excerpt) -> DecisionDraft:
    """Everything that was chosen about a piece of content.

    Spans come as ticked boxes `keep` ("12-20", of what is masked or was suggested) and as exact
    words, one passage a line. Raises Invalid when words do not stand in the text.
    """
    mistakes = {}
    spans = {span for value in sent.all("keep") if (span := _span(value))}
    for passage in sent.get("passages").splitlines():
        found = _find(excerpt.line.text, passage.strip())
        if found is None:
            mistakes["passages"] = (
                f"“{passage.strip()[:60]}” does not stand in the text. Please copy it exactly."
            )
        elif found:
            spans.update(found)
    note = sent.get("note").strip()
    if len(note) > MAX_NOTE:
        mistakes["note"] = f"Please keep your words under {MAX_NOTE} characters."
    if mistakes:
        raise Invalid(mistakes)
    return DecisionDraft(
        masks=merged(spans),
        visibility=WHOLE.get(sent.get("whole")),
        restrict_hours=sent.number("restrict_hours") or 0,
        rule=sent.get("rule"),
        note=note,
    )


def merged(spans: set[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch made one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def _find(text: str, passage: str) -> list[Span] | None:
    """Every place where a passage stands; None when it stands nowhere, [] for an empty line."""
    if not passage:
        return []
    found, start = [], text.find(passage)
    while start >= 0:
        found.append((start, start + len(passage)))
        start = text.find(passage, start + len(passage))
    return found or None


def _span(value: str) -> Span | None:
    start, _, end = value.partition("-")
    if not (start.isascii() and start.isdecimal() and end.isascii() and end.isdecimal()):
        return None
    return int(start[:9]), int(end[:9])
