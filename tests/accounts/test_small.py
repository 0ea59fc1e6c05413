"""Small parts by themselves: addresses to go on to, browsers in words, weak passwords, hashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.accounts.browsers import UNKNOWN, in_words
from forum.accounts.passwords import Argon2, as_typed
from forum.accounts.paths import HOME, local_path
from forum.accounts.weak_passwords import why_weak


@pytest.mark.parametrize("path", ["/", "/settings", "/c/harbour/t/3?page=2#post-9", "/c/caf%C3%A9"])
def test_pages_of_this_site_may_follow(path: str) -> None:
    assert local_path(path) == path


@given(st.text(alphabet="/\\:.?#@ \t\nehtpsvil", max_size=14))
def test_whatever_follows_is_a_page_of_this_site(wanted: str) -> None:
    path = local_path(wanted)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert not set(path) & set("\\\t\n\r ")
    assert path in (wanted, HOME)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox, Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.0", UNKNOWN),
        ("", UNKNOWN),
        ("<script>" * 500, UNKNOWN),
    ],
)
def test_a_browser_is_named_in_plain_words(agent: str, words: str) -> None:
    assert in_words(agent) == words


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_password_gets_an_answer(password: str, name: str) -> None:
    told = why_weak(password, name)
    assert told is None or told.endswith(".")


def test_an_accent_typed_in_another_way_is_the_same_password() -> None:
    assert as_typed("cafe\u0301 au lait") == as_typed("caf\u00e9 au lait")


async def test_the_real_hasher_knows_its_own_and_nobody_elses() -> None:
    hasher = Argon2(memory_kib=64)
    stored = await hasher.hash("three quiet boats")
    assert "quiet" not in stored
    assert await hasher.verify("three quiet boats", stored)
    assert not await hasher.verify("three quiet boatz", stored)
    assert not await hasher.verify("three quiet boats", None)
    assert not await hasher.verify("three quiet boats", "")
    assert not await hasher.verify("three quiet boats", "quick:staob")


async def test_checking_for_nobody_runs_the_real_hash_with_the_same_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasher = Argon2(memory_kib=64)
    stored = await hasher.hash("three quiet boats")
    seen: list[str] = []
    real = hasher._argon2.verify

    def watched(password: str, against: str) -> bool:
        seen.append(against.rsplit("$", 2)[0])
        return real(password, against)

    monkeypatch.setattr(hasher._argon2, "verify", watched)
    await hasher.verify("a guess", stored)
    await hasher.verify("a guess", None)
    assert seen[0] == seen[1]
