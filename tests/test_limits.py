"""Named limits: who must wait, for how long, and what is never remembered."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import limits
from forum.errors import TooMany
from forum.limits import LIMITS, Allowed, Limit, Limits, Wait

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
THREE_A_MINUTE = Limit("three", 3, 60, "for the tests")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_some_at_once_then_a_wait_then_one_at_a_time() -> None:
    counts = Limits()
    taken = [counts.take(THREE_A_MINUTE, "alice", NOON) for _ in range(4)]
    assert taken == [Allowed(), Allowed(), Allowed(), Wait(20)]
    assert counts.take(THREE_A_MINUTE, "alice", after(19)) == Wait(1)
    assert counts.take(THREE_A_MINUTE, "alice", after(20)) == Allowed()
    assert counts.take(THREE_A_MINUTE, "alice", after(20)) == Wait(20)


def test_one_persons_count_is_not_anothers_and_one_limit_not_another() -> None:
    counts = Limits()
    for _ in range(3):
        counts.take(THREE_A_MINUTE, "alice", NOON)
    assert counts.take(THREE_A_MINUTE, "bob", NOON) == Allowed()
    assert counts.take(Limit("other", 3, 60, ""), "alice", NOON) == Allowed()


def test_asking_while_waiting_makes_the_wait_no_longer() -> None:
    counts = Limits()
    for _ in range(50):
        counts.take(THREE_A_MINUTE, "alice", NOON)
    assert counts.take(THREE_A_MINUTE, "alice", after(20)) == Allowed()


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    counts = Limits()
    counts.take(THREE_A_MINUTE, "alice", after(86_400))
    answer = counts.take(THREE_A_MINUTE, "alice", NOON)
    assert isinstance(answer, Wait)
    assert answer.seconds <= 60


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Limits().take(THREE_A_MINUTE, "alice", NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="aware"):
        Limits().address_key("192.0.2.7", NOON.replace(tzinfo=None))


@given(
    st.integers(1, 6),
    st.integers(1, 90),
    st.lists(st.floats(0, 40), max_size=40),
)
def test_no_stretch_of_time_holds_more_than_a_full_count_and_what_came_back(
    count: int, per_seconds: int, pauses: list[float]
) -> None:
    limit, counts = Limit("any", count, per_seconds, ""), Limits()
    taken, seconds = [], 0.0
    for pause in pauses:
        seconds += pause
        answer = counts.take(limit, "alice", after(seconds))
        if answer == Allowed():
            taken.append(seconds)
        else:
            assert isinstance(answer, Wait)
            assert 1 <= answer.seconds <= per_seconds
            assert counts.take(limit, "alice", after(seconds + answer.seconds + 0.001)) == Allowed()
            taken.append(seconds := seconds + answer.seconds + 0.001)
    each = per_seconds / count
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            assert last - first + 1 <= count + (taken[last] - taken[first]) / each + 1e-3


def test_too_many_tells_a_tired_person_what_to_do() -> None:
    counts = Limits()
    counts.require(Limit("once", 1, 600, ""), "alice", NOON)
    with pytest.raises(TooMany, match="10 minutes") as caught:
        counts.require(Limit("once", 1, 600, ""), "alice", NOON)
    assert caught.value.wait_seconds == 600


def test_a_flood_of_keys_is_bounded_and_pushes_out_the_idle_first() -> None:
    counts = Limits(max_keys=8)
    for _ in range(3):
        counts.take(THREE_A_MINUTE, "busy", NOON)
    for number in range(100):
        counts.take(THREE_A_MINUTE, f"stranger {number}", NOON)
        assert len(counts._whole_at["three"]) <= 8
    assert isinstance(counts.take(THREE_A_MINUTE, "busy", NOON), Wait)


def test_a_flood_in_one_limit_frees_nobody_from_another() -> None:
    counts, other = Limits(max_keys=4), Limit("other", 1, 60, "")
    counts.take(other, "alice", NOON)
    for number in range(100):
        counts.take(THREE_A_MINUTE, str(number), NOON)
    assert isinstance(counts.take(other, "alice", NOON), Wait)


def test_an_address_cannot_be_found_from_its_key() -> None:
    counts = Limits()
    key = counts.address_key("192.0.2.7", NOON)
    assert key == counts.address_key("192.0.2.7", NOON)
    assert "192" not in key
    assert key != Limits().address_key("192.0.2.7", NOON), "another start, another secret"
    counts.take(THREE_A_MINUTE, key, NOON)
    assert "192.0.2.7" not in repr(vars(counts))


def test_the_secret_behind_the_keys_is_another_one_each_day() -> None:
    counts = Limits()
    late = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    key = counts.address_key("192.0.2.7", late)
    elsewhere = late.astimezone(timezone(timedelta(hours=9)))
    assert counts.address_key("192.0.2.7", elsewhere) == key
    assert counts.address_key("192.0.2.7", late + timedelta(minutes=1)) != key
    assert counts.address_key("192.0.2.7", late) != key, "yesterday's secret is gone"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("testclient", "testclient", True),
        ("", "192.0.2.7", False),
        ("half \ud800", "192.0.2.7", False),
    ],
)
def test_a_household_counts_as_one(one: str, other: str, same: bool) -> None:
    counts = Limits()
    assert (counts.address_key(one, NOON) == counts.address_key(other, NOON)) is same


def test_every_limit_has_a_name_of_its_own_and_says_why() -> None:
    declared = [value for value in vars(limits).values() if isinstance(value, Limit)]
    assert set(declared) == set(LIMITS)
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)
    for limit in LIMITS:
        assert limit.reason
        assert limit.count >= 1
        assert limit.per_seconds >= 1


def test_asking_for_someone_now_has_no_limit() -> None:
    assert not [limit for limit in LIMITS if "someone" in limit.name or "help" in limit.name]


@pytest.mark.parametrize(
    ("new", "usual"),
    [
        (limits.POST_AS_NEW_MEMBER, limits.POST),
        (limits.CHAT_MESSAGE_AS_NEW_MEMBER, limits.CHAT_MESSAGE),
    ],
)
def test_a_new_member_is_slower_than_a_member(new: Limit, usual: Limit) -> None:
    assert new.count / new.per_seconds < usual.count / usual.per_seconds
