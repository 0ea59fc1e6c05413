"""Writing on boards: what is taken, what is refused, and that no words are lost."""

import pytest

from forum.jobs import waiting
from forum.moderation.intake import SCREEN_AGAIN
from forum.permissions import Role
from forum.screening.verdict import Need
from tests.boards.scene import Scene, words
from tests.fakes import FakeScreener
from tests.people import SITE


async def test_a_form_sent_twice_makes_one_post(scene: Scene) -> None:
    topic = await scene.topic()

    first = await scene.answer(topic, "Once.", form_id="same-form")
    again = await scene.answer(topic, "Once.", form_id="same-form")

    assert again.headers["location"] == first.headers["location"]
    assert (await scene.zoe.get(topic)).text.count("Once.") == 1


async def test_a_topic_form_sent_twice_makes_one_topic(scene: Scene) -> None:
    first = await scene.topic(form_id="same-form")
    again = await scene.topic(form_id="same-form")

    assert again == first


async def test_two_people_may_send_forms_of_the_same_name(scene: Scene) -> None:
    topic = await scene.topic(form_id="same-form")

    answered = await scene.answer(topic, form_id="same-form")

    assert answered.headers["location"] == f"{topic}?page=1#post-2"


async def test_a_topic_without_a_title_takes_its_first_words(scene: Scene) -> None:
    topic = await scene.topic("I **cannot** sleep.\n\nIt has been a week.", title="  ")

    assert "<h1>I cannot sleep. It has been a week.</h1>" in (await scene.zoe.get(topic)).text


async def test_signs_that_nobody_sees_do_not_get_into_a_title(scene: Scene) -> None:
    topic = await scene.topic(title="Good\u202e night\u200b\n again")

    assert "<h1>Good night again</h1>" in (await scene.zoe.get(topic)).text


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b\u200b", "\u2060"])
async def test_a_post_without_words_is_asked_for_some(scene: Scene, text: str) -> None:
    topic = await scene.topic()

    refused = await scene.answer(topic, text)

    assert refused.status_code == 422
    assert "Please write a few words first." in words(refused)


async def test_a_text_that_is_too_long_stays_in_the_form(scene: Scene) -> None:
    topic, text = await scene.topic(), "word " * 2000 + "!"

    refused = await scene.answer(topic, text)

    assert refused.status_code == 422
    assert "10,001 characters long" in words(refused)
    assert text in refused.text
    assert (await scene.answer(topic, text[:-1])).status_code == 303


async def test_lists_too_deep_to_follow_stay_in_the_form(scene: Scene) -> None:
    refused = await scene.ana.post(
        f"{scene.board}/new", {"title": "Deep", "text": ">" * 40 + " deep", "form_id": "f"}
    )

    assert refused.status_code == 422
    assert "many levels deep" in words(refused)
    assert "&gt;&gt;&gt; deep" in refused.text
    assert 'value="Deep"' in refused.text


async def test_a_long_title_is_told_with_the_words_kept(scene: Scene) -> None:
    refused = await scene.ana.post(
        f"{scene.board}/new", {"title": "t" * 121, "text": "My words.", "form_id": "f"}
    )

    assert refused.status_code == 422
    assert "121 characters long" in words(refused)
    assert "My words." in refused.text


async def test_nul_and_broken_encoding_are_refused_and_store_nothing(scene: Scene) -> None:
    topic = await scene.topic()

    nul = await scene.answer(topic, "a\x00b")
    csrf = scene.ben.form_token.encode()
    broken = await scene.ben.client.post(
        topic,
        content=b"csrf=" + csrf + b"&form_id=f&text=%ff%fe",
        headers={"content-type": "application/x-www-form-urlencoded", "origin": SITE},
    )

    assert nul.status_code == 400
    assert broken.status_code == 400
    assert (await scene.zoe.get(topic)).text.count("<article") == 1


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "![a](https://example.org/a.png)",
        "<a href='javascript:1'>x</a>",
    ],
)
async def test_markup_that_could_harm_readers_is_shown_as_plain_words(
    scene: Scene, text: str
) -> None:
    body = (await scene.zoe.get(await scene.topic(text))).text.partition("<article")[2]

    post = body.partition("</article>")[0]
    assert "<script" not in post
    assert "<img" not in post
    assert 'href="javascript' not in post


async def test_a_title_is_never_markup(scene: Scene) -> None:
    topic = await scene.topic(title="<b>bold</b>")

    for page in (topic, scene.board):
        assert "<b>bold" not in (await scene.zoe.get(page)).text


async def test_a_preview_shows_the_words_and_stores_nothing(scene: Scene) -> None:
    topic = await scene.topic()

    preview = await scene.answer(topic, "Almost **there**.", preview="yes")

    assert preview.status_code == 200
    assert "Almost <strong>there</strong>." in preview.text
    assert "Almost **there**." in preview.text
    assert (await scene.zoe.get(topic)).text.count("<article") == 1


async def test_a_locked_topic_takes_no_answers(scene: Scene) -> None:
    topic = await scene.topic()
    await scene.mo.post(f"{topic}/state", {"is_locked": "yes"})

    refused = await scene.answer(topic, "But I wanted to say this.")

    assert refused.status_code == 409
    assert "takes no more answers" in words(refused)
    assert "But I wanted to say this." in refused.text
    assert (await scene.zoe.get(topic)).text.count("<article") == 1


async def test_a_closed_board_takes_no_topics_and_no_answers(scene: Scene) -> None:
    topic = await scene.topic()
    await scene.chris.post(f"{scene.board}/edit", {"name": "Evenings", "is_closed": "yes"})

    new = await scene.ana.post(f"{scene.board}/new", {"text": "Words kept.", "form_id": "f"})

    assert new.status_code == 409
    assert "Words kept." in new.text
    assert (await scene.answer(topic)).status_code == 409


@pytest.mark.parametrize("who", ["ana", "ben", "zoe"])
async def test_only_the_desk_locks_topics_and_only_admins_make_boards(
    scene: Scene, who: str
) -> None:
    topic, person = await scene.topic(), getattr(scene, who)

    locked = await person.post(f"{topic}/state", {"is_locked": "yes"})
    made = await person.post(f"{scene.home}/boards/new", {"name": "Mine"})

    expected = 401 if who == "zoe" else 403
    assert (locked.status_code, made.status_code) == (expected, expected)
    assert (await scene.answer(topic)).status_code == 303


async def test_two_boards_cannot_have_one_address(scene: Scene) -> None:
    refused = await scene.chris.post(f"{scene.home}/boards/new", {"name": "Evenings"})

    assert refused.status_code == 422
    assert "There is a board with this address already" in words(refused)


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "n" * 61), ("slug", "../x"), ("position", "-1")]
)
async def test_a_board_with_a_mistake_is_shown_again(scene: Scene, field: str, value: str) -> None:
    fields = {"name": "Mornings", "about": "Tea and light"} | {field: value}

    refused = await scene.chris.post(f"{scene.home}/boards/new", fields)

    assert refused.status_code == 422
    assert "Tea and light" in refused.text


async def test_a_guest_cannot_answer(scene: Scene) -> None:
    topic = await scene.topic()

    assert (await scene.answer(topic, by=scene.zoe)).status_code == 401


async def test_a_flood_is_slowed_and_its_words_are_kept(scene: Scene) -> None:
    topic = await scene.topic()
    for number in range(20):
        assert (await scene.answer(topic, f"Number {number}")).status_code == 303

    slowed = await scene.answer(topic, "One too many")

    assert slowed.status_code == 429
    assert "One too many" in slowed.text
    assert int(slowed.headers["retry-after"]) > 0


async def test_somebody_new_is_slowed_sooner(scene: Scene) -> None:
    topic = await scene.topic()
    dee = await scene.world.person("dee", scene.place)
    for _ in range(5):
        assert (await scene.answer(topic, by=dee)).status_code == 303

    assert (await scene.answer(topic, by=dee)).status_code == 429


async def test_no_limit_holds_back_words_that_cannot_wait(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("I need help now", Need.CRISIS)
    topic = await scene.topic()
    dee = await scene.world.person("dee", scene.place)
    for _ in range(7):
        assert (await scene.answer(topic, "I need help now", by=dee)).status_code == 303


async def test_a_screener_that_is_down_delays_nobody_and_is_asked_again_later(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.is_down = True

    topic = await scene.topic("Words nobody heard yet.")

    assert "Words nobody heard yet." in (await scene.zoe.get(topic)).text
    async with scene.world.services.db.read() as reader:
        kinds = [kind for kind, *_ in await waiting(reader)]
    assert SCREEN_AGAIN in kinds


async def test_the_screener_hears_what_came_before(scene: Scene, screener: FakeScreener) -> None:
    topic = await scene.topic("The opening.", "Title")
    await scene.answer(topic, "First.")
    await scene.answer(topic, "Second.")

    text, context = screener.asked[-1]

    assert text == "Second."
    assert context.author_recent == ("First.",)
    assert context.opening == "Title\n\nThe opening."
    assert screener.asked[0][0] == "Title\n\nThe opening."


async def test_scripts_are_told_in_json_where_the_post_is(scene: Scene) -> None:
    topic = await scene.topic()

    answered = await scene.ben.post(
        topic, {"text": "Hi.", "form_id": "f"}, headers={"accept": "application/json"}
    )

    assert answered.status_code == 201
    assert answered.json()["url"] == f"{topic}?page=1#post-2"


async def test_a_restricted_member_reads_on_but_does_not_post(scene: Scene) -> None:
    topic = await scene.topic()
    eli = await scene.world.person("eli", scene.place, Role.RESTRICTED)

    refused = await scene.answer(topic, "Let me in.", by=eli)

    assert refused.status_code == 403
    assert "Let me in." in refused.text
    assert (await eli.get(topic)).status_code == 200
    assert (await eli.get(f"{scene.board}/new")).status_code == 403
    assert "Post your answer" not in (await eli.get(topic)).text
