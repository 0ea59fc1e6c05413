"""Rooms in a browser without a script, and for scripts without a WebSocket."""

import re
from html import unescape

import pytest
from httpx2 import Response

from forum.chat.content import Messages
from forum.communities.actions import grant_role
from forum.content import Visibility
from forum.ids import new_form_id
from forum.permissions import Role
from forum.screening.verdict import Harm, Need
from tests.chat.scene import Scene, said
from tests.fakes import FakeScreener
from tests.people import Person, World

JSON = {"accept": "application/json"}


def words(page: Response) -> str:
    """What a person reads: no tags, no patterns for the script, one space between words."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r"<template.*?</template>", " ", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


async def send(scene: Scene, text: str, by: Person | None = None, cid: str = "") -> Response:
    fields = {"text": text, "cid": cid or new_form_id()}
    return await (by or scene.ana).post(scene.url, fields)


async def test_a_message_from_the_form_is_on_the_page(scene: Scene) -> None:
    sent = await send(scene, "hello\n<b>all</b> https://example.org/a?b=1.")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{scene.url}#message-1")
    page = await scene.ben.get(scene.url)
    assert "<b>all" not in page.text
    assert "hello\n&lt;b&gt;all" in page.text
    assert '<a href="https://example.org/a?b=1" rel="nofollow ugc noopener">' in page.text


async def test_the_form_sent_twice_says_it_once(scene: Scene) -> None:
    for _ in range(2):
        sent = await send(scene, "hello", cid="cid-of-one-message")
        assert sent.headers["location"] == f"{scene.url}#message-1"
    assert len(await scene.told()) == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001])
async def test_a_refused_form_keeps_the_words_and_says_why(scene: Scene, text: str) -> None:
    refused = await send(scene, text, cid="cid-of-one-message")
    assert refused.status_code == 422
    assert text.strip() in refused.text
    assert "cid-of-one-message" in refused.text
    assert 'href="#text"' in refused.text


async def test_crisis_words_lead_to_the_note_with_help(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("tonight", need=Need.CRISIS)
    sent = await send(scene, "it ends tonight")
    assert sent.headers["location"] == f"{scene.url}#care-panel"
    page = await scene.ana.get(scene.url)
    assert 'id="care-panel"' in page.text
    assert 'id="care-panel"' not in (await scene.ben.get(scene.url)).text


async def test_a_restricted_members_crisis_words_are_told_of_honestly(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("tonight", need=Need.CRISIS)
    async with scene.services.db.write() as tx:
        await grant_role(tx, None, scene.place.id, scene.ana.id, Role.RESTRICTED)
    assert (await send(scene, "hello there")).status_code == 403
    sent = await send(scene, "it ends tonight")
    assert sent.headers["location"] == f"{scene.url}?told=care#told-care"
    page = await scene.ana.get(sent.headers["location"])
    assert "Your words went to the care team" in words(page)
    assert "tonight" not in words(page)
    assert await scene.told() == []


async def test_a_script_gets_the_answers_of_the_socket(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("tonight", need=Need.CRISIS)
    fields = {"text": "it ends tonight", "cid": "cid-of-one-message"}
    ack = await scene.ana.post(scene.url, fields, headers=JSON)
    assert ack.status_code == 201
    assert ack.json() == {"type": "ack", "cid": "cid-of-one-message", "id": 1, "panel": True}
    refused = await scene.ana.post(
        scene.url, fields | {"text": "", "cid": "another-cid"}, headers=JSON
    )
    assert (refused.status_code, refused.json()["why"]) == (422, "text")
    await scene.change_room(is_closed=True)
    closed = await scene.ana.post(scene.url, {"text": "hi", "cid": "third-cid"}, headers=JSON)
    assert (closed.status_code, closed.json()["why"]) == (403, "forbidden")


async def test_events_bring_what_was_missed(scene: Scene) -> None:
    for number in range(4):
        await scene.say(f"line {number}")
    epoch = await scene.epoch()
    answer = (await scene.zoe.get(f"{scene.url}/events?after=2&epoch={epoch}")).json()
    assert (answer["reset"], answer["id"], answer["epoch"]) == (False, 4, epoch)
    assert [said(one) for one in answer["messages"]] == ["line 2", "line 3"]
    for stale in ("after=2&epoch=another", f"after=9&epoch={epoch}", "after=x", ""):
        answer = (await scene.zoe.get(f"{scene.url}/events?{stale}")).json()
        assert answer["reset"]
        assert len(answer["messages"]) == 4


async def test_older_messages_are_reached_by_number(scene: Scene) -> None:
    for number in range(1, 61):
        await scene.say(
            f"line {number}.", by=(scene.ana, scene.ben, scene.mo, scene.chris)[number % 4]
        )
        scene.services.clock.advance(seconds=2)  # type: ignore[attr-defined]  # a FrozenClock
    newest = await scene.zoe.get(scene.url)
    assert "line 11." in newest.text
    assert "line 10." not in newest.text
    assert f'href="{scene.url}?before=11"' in newest.text
    older = await scene.zoe.get(f"{scene.url}?before=11")
    assert "line 10." in older.text
    assert "line 11." not in older.text
    linked = await scene.zoe.get(f"{scene.url}?at=5")
    assert 'id="message-5"' in linked.text
    for strange in ("before=x", "before=99999999999999", "before=-1", "at="):
        assert (await scene.zoe.get(f"{scene.url}?{strange}")).status_code == 200


async def test_hidden_and_masked_words_leak_nowhere(scene: Scene, screener: FakeScreener) -> None:
    screener.hear("the secret way", harm=Harm.UNSAFE_DETAIL)
    await scene.say("I know the secret way")
    posted = await scene.say("a cruel word")
    async with scene.services.db.write() as tx:
        await Messages().set_visibility(tx, posted.message_id, Visibility.HIDDEN)
    for person in (scene.ben, scene.zoe):
        for url in (scene.url, f"{scene.url}?before=9", f"{scene.url}/events?after=0"):
            text = (await person.get(url)).text
            assert "secret" not in text
            assert "cruel" not in text
    own = await scene.ana.get(scene.url)
    assert "a cruel word" in own.text
    assert "only its author and the team see it" in words(own)
    assert "secret" not in own.text
    assert "a cruel word" in (await scene.mo.get(scene.url)).text


async def test_who_may_read_and_who_may_not(world: World) -> None:
    scene = await Scene.build(world, "cove", access="members")
    await scene.say("among us")
    for path in ("", "/events"):
        assert (await scene.ben.get(scene.url + path)).status_code == 200
        assert (await scene.eve.get(scene.url + path)).status_code == 303
        assert "/sign-in" in (await scene.zoe.get(scene.url + path)).headers["location"]
        assert (await scene.zoe.get(scene.url + path, headers=JSON)).status_code == 401
    assert (
        await scene.eve.post(scene.url, {"text": "hi", "cid": new_form_id()})
    ).status_code == 303
    assert len(await scene.told()) == 1


async def test_a_guest_is_shown_where_to_sign_in_and_no_form(scene: Scene) -> None:
    page = await scene.zoe.get(scene.url)
    assert "Sign in to write here" in words(page)
    assert 'name="text"' not in page.text
    assert "/flag?" not in page.text


async def test_a_form_from_another_site_or_without_its_token_is_refused(scene: Scene) -> None:
    fields = {"text": "hello", "cid": new_form_id()}
    foreign = {"origin": "https://evil.test", "sec-fetch-site": "cross-site"}
    assert (await scene.ana.post(scene.url, fields, headers=foreign)).status_code == 403
    assert (await scene.ana.post(scene.url, fields | {"csrf": "wrong"})).status_code == 403
    assert await scene.told() == []


async def test_one_changes_and_takes_back_ones_own_message(scene: Scene) -> None:
    posted = await scene.say("helo")
    own = f"{scene.url}/m/{posted.message_id}"
    assert f'href="{own}/edit"' in (await scene.ana.get(scene.url)).text
    assert f'href="{own}/edit"' not in (await scene.ben.get(scene.url)).text
    assert "helo" in (await scene.ana.get(f"{own}/edit")).text
    empty = await scene.ana.post(f"{own}/edit", {"text": " ", "version": "1"})
    assert empty.status_code == 422
    saved = await scene.ana.post(f"{own}/edit", {"text": "hello", "version": "1"})
    assert saved.headers["location"] == f"{scene.url}#message-1"
    stale = await scene.ana.post(f"{own}/edit", {"text": "from an old page", "version": "1"})
    assert stale.status_code == 409
    assert "from an old page" in stale.text
    assert "hello edited" in words(await scene.ben.get(scene.url))
    assert (await scene.ana.get(f"{own}/remove")).status_code == 200
    await scene.ana.post(f"{own}/remove")
    assert "This message was taken back." in words(await scene.ben.get(scene.url))


@pytest.mark.parametrize("what", ["edit", "remove"])
async def test_nobody_else_reaches_these_forms(scene: Scene, world: World, what: str) -> None:
    posted = await scene.say("mine")
    await scene.room("morning")
    url = f"{scene.url}/m/{posted.message_id}/{what}"
    for person in (scene.ben, scene.mo):
        assert (await person.get(url)).status_code == 404
        assert (await person.post(url, {"text": "yours", "version": "1"})).status_code == 404
    assert (await scene.ana.get(url.replace("evening", "morning"))).status_code == 404
    assert (await scene.ana.get(url.replace(str(posted.message_id), "9" * 18))).status_code == 404
    assert (await scene.zoe.get(url)).status_code == 303


async def test_report_and_worry_are_beside_each_message_of_others(scene: Scene) -> None:
    posted = await scene.say("hello")
    page = (await scene.ben.get(scene.url)).text
    for name in ("flag", "worry"):
        link = f'href="/c/{scene.place.slug}/{name}?about=message:{posted.message_id}"'
        assert link in page
        assert link not in (await scene.ana.get(scene.url)).text


async def test_rooms_are_listed_made_and_changed(scene: Scene) -> None:
    rooms = f"/c/{scene.place.slug}/rooms"
    assert "Evening" in words(await scene.zoe.get(rooms))
    assert f'href="{rooms}/new"' in (await scene.chris.get(rooms)).text
    for person in (scene.ana, scene.mo):
        assert (await person.get(f"{rooms}/new")).status_code == 403
        assert (await person.get(f"{scene.url}/edit")).status_code == 403
        assert (await person.post(f"{scene.url}/edit", {"name": "Mine"})).status_code == 403
    wrong = {"name": "", "slow_seconds": "-3", "position": "many", "form_id": new_form_id()}
    refused = await scene.chris.post(f"{rooms}/new", wrong)
    assert refused.status_code == 422
    assert refused.text.count("Please give") == 6  # three mistakes, in the list and at the field
    changed = await scene.chris.post(
        f"{scene.url}/edit", {"name": "Late evening", "is_closed": "yes"}
    )
    assert changed.headers["location"] == scene.url
    page = await scene.ana.get(scene.url)
    assert "This room is closed for now" in words(page)
    assert (await scene.chris.get(f"{scene.url}/edit")).status_code == 200
    missing = await scene.chris.post(f"{rooms}/nowhere/edit", {"name": "Nowhere"})
    assert missing.status_code == 404


async def test_the_page_tells_the_script_where_it_stands(scene: Scene) -> None:
    await scene.say("hello")
    page = (await scene.ana.get(scene.url)).text
    assert 'data-newest="1"' in page
    assert f'data-epoch="{await scene.epoch()}"' in page
    assert f'data-me="{scene.ana.name}"' in page
