"""The replay says what would change, by id; texts are shown only to who asks for them."""

from forum.screening.backtest import Alerts, Decided, Talk, alerts, compare, told
from forum.screening.verdict import CONDUCTS, Harm, Need, Surface, Verdict

HISTORY = [
    Decided("post:1", "caught", Surface.BOARD, "need", Need.URGENT),
    Decided("post:2", "missed", Surface.BOARD, "need", Need.CRISIS),
    Decided("message:3", "wrong", Surface.CHAT, "need", Need.NONE),
    Decided("message:4", "right", Surface.CHAT, "need", Need.SUPPORT),
    Decided("message:5", "same", Surface.CHAT, "need", Need.CONCERN),
    Decided("post:6", "wrong", Surface.BOARD, "harm", Harm.SAFE),
    Decided("post:7", "caught", Surface.BOARD, "spam", 1.0),
]


def hears(*words: str):  # type: ignore[no-untyped-def]
    """An ear that calls on these texts, on every axis."""

    def hear(text: str, surface: Surface) -> Verdict:
        del surface
        if text not in words:
            return Verdict()
        conduct = dict.fromkeys(CONDUCTS, 0.8)
        return Verdict(need=Need.URGENT, harm=Harm.UNSAFE_DETAIL, conduct=conduct)

    return hear


BEFORE, AFTER = hears("missed", "right", "same"), hears("caught", "wrong", "same")


def test_each_change_is_counted_once_on_its_own_axis() -> None:
    need, harm, spam = compare(HISTORY, BEFORE, AFTER)
    assert (need.axis, need.decided) == ("need", 5)
    assert [one.name for one in need.caught] == ["post:1"]
    assert [one.name for one in need.missed] == ["post:2"]
    assert [one.name for one in need.wrong] == ["message:3"]
    assert [one.name for one in need.right] == ["message:4"]
    assert [one.name for one in harm.wrong] == ["post:6"]
    assert [one.name for one in spam.caught] == ["post:7"]


def test_nothing_changes_between_the_same_ears() -> None:
    for one in compare(HISTORY, BEFORE, BEFORE):
        assert [one.caught, one.missed, one.wrong, one.right] == [[]] * 4


def test_alerts_are_counted_for_a_week() -> None:
    talk = Talk([(text, Surface.CHAT) for text in ["caught", "missed", "same", "kettle"] * 4], 28)
    assert alerts(talk, BEFORE, AFTER) == Alerts(2.0, 2.0, 16)


def test_texts_are_shown_only_to_who_asks() -> None:
    changes = compare([Decided("post:9", "my own words", Surface.BOARD, "need", 3)],
                      hears(), hears("my own words"))  # fmt: skip
    assert "my own words" not in "\n".join(told(changes, None))
    assert "post:9" in "\n".join(told(changes, None))
    assert "my own words" in "\n".join(told(changes, None, show_texts=True))


def test_no_history_is_said_plainly() -> None:
    (line,) = told([], None)
    assert "Nobody has decided" in line
