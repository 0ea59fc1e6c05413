"""Counts the SQL statements that a forum sends, so that a page's cost can be promised."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

# Sent by the connection itself: they say nothing about a page.
NOT_COUNTED = ("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")


class Statements(list[str]):
    """The statements that were sent while counting, in order."""


@contextmanager
def statements() -> Iterator[Statements]:
    """Every statement of every engine in this process while the block lasts.

    with statements() as sent:
        await ana.get(topic)
    assert len(sent) == 8
    """
    sent = Statements()

    def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        if not text.lstrip().upper().startswith(NOT_COUNTED):
            sent.append(text)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
