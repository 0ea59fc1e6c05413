"""Names are readable, never mistaken for another's, and never the team's."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.accounts.names import BadName, check_name, is_reserved, name_key, name_keys, tidy

GOOD = [
    *("Ana", "River Stone", "tom_6", "J. B.", "O-ren", "Zoë", "Maria Skłodowska", "Đặng Thị"),
    *("Карен", "Сара", "Νίκος", "山田たろう", "らーめん", "김민수", "मीना", "คนดี", "سارة", "שרה"),
    *("Badminton Fan", "Careful Chris", "Staffordshire Sam", "Supportive Sam", "Modest", "Carel"),
    *("Scared Cat", "Ecosystem", "Robot", "Pat 2024", "Helpful Hen", "Peerless"),
]
RESERVED = [
    *("admin", "Admin", "ADMIN", "a d m i n", "a.d.m.i.n", "Adm1n", "4dm1n", "admin2", "_admin_"),
    *("Ana Admin", "AnaAdmin", "anaadmin", "moderator", "Moderat0r", "rnoderator", "mod_5"),
    *("staff", "5taff", "st4ff", "Ｓｔａｆｆ", "𝕾𝖙𝖆𝖋𝖋", "ꜱᴛᴀꜰꜰ", "Ⓢⓣⓐⓕⓕ", "Stáff"),
    *("support", "Support Team", "supportteam24", "The Care Team", "TheCareTeam", "p33r", "Peer"),
    *("Community Care", "commun1ty-care", "Helpline UK", "handrail", "hаndrаil", "H4ndr4il"),
    *("system", "Sуstem", "former member", "Former  Member", "get help now", "Doctor Ana"),
    *("ѕuрроrt", "Crisis Helpline", "Care", "care 4 you", "Guest", "nobody", "1 2 moderator 3"),
]
LOOK_ALIKES = [
    ("Ana", "ana", "ANA", "A n a", "A.n-a_", "Ána", "4na", "an4"),
    ("Lily", "LiIy", "L1ly", "lіlу", "Lily\u200b"),
    ("paypal", "раураӏ", "ｐａｙｐａｌ", "pаypal"),
    ("Sara", "5ara", "Šara", "SARA"),
    ("capa", "Сара"),
    ("Burns", "Bums", "8urns"),
    ("Tom6", "T0m 6", "ТОМ 6"),
    ("Rose 1", "Rose I", "Rosel", "rose l"),
]


@pytest.mark.parametrize("name", GOOD)
def test_names_of_every_script_are_welcome(name: str) -> None:
    check_name(tidy(name))


@pytest.mark.parametrize("name", RESERVED)
def test_nobody_can_be_named_like_the_team(name: str) -> None:
    assert is_reserved(tidy(name))
    with pytest.raises(BadName):
        check_name(tidy(name))


@pytest.mark.parametrize("names", LOOK_ALIKES, ids=lambda names: names[0])
def test_look_alikes_collide(names: tuple[str, ...]) -> None:
    for one, other in combinations(names, 2):
        assert set(name_keys(one)) & set(name_keys(other)), (one, other)


def test_a_greek_name_collides_with_what_its_capitals_and_its_small_letters_look_like() -> None:
    assert name_key("Nlk") in name_keys("Νικ")  # capitals of nu look like N
    assert name_key("vika") in name_keys("νικα")  # its small letter looks like v


def test_different_people_keep_different_names() -> None:
    names = [
        "Tom 6",
        "Tom 8",
        "Tom 9",
        "Ana",
        "Anna",
        "Hana",
        "Nana",
        "मीना",
        "मुना",
        "だれ",
        "たれ",
    ]
    names += ["Карен", "Карина", "Dan", "Clan", "Mira", "Nora"]
    keys = [name_key(tidy(name)) for name in names]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("A", "2 to 40 letters"),
        ("x" * 41, "2 to 40 letters"),
        ("", "2 to 40 letters"),
        ("Ana\u200bB", "cannot be seen"),
        ("Ana\u202eB", "cannot be seen"),
        ("Ana@home", "“@”"),
        ("<b>Ana", "“<”"),
        ("Ana 🌿", "“🌿”"),
        ("A\u3164na", "but not"),
        ("1234", "at least one letter"),
        ("...", "at least one letter"),
        ("Аna", "one alphabet"),
        ("Αnna", "one alphabet"),
        ("A\u0301\u0302\u0303na", "hard to tell"),
        ("\u0301Ana", "hard to tell"),
        ("admin", "someone of the team"),
    ],
)
def test_a_name_that_cannot_be_taken_is_refused_with_words(name: str, said: str) -> None:
    with pytest.raises(BadName, match=said):
        check_name(tidy(name))


def test_ornamental_letters_become_plain_ones() -> None:
    assert tidy("  𝓐𝓷𝓪   of  the  ＳＥＡ ") == "Ana of the SEA"


@given(st.text(max_size=60))
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    name = tidy(text)
    keys = name_keys(name)
    if _may_be_taken(name):
        assert 2 <= len(name) <= 40
        assert all(0 < len(key) <= 120 for key in keys)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=40))
def test_case_and_spaces_never_make_another_name(name: str) -> None:
    assert name_key(name) == name_key(name.swapcase()) == name_key(name.replace(" ", ""))


def _may_be_taken(name: str) -> bool:
    try:
        check_name(name)
    except BadName:
        return False
    return True
