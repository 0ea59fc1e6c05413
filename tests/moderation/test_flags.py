"""Reporting: two steps from any post, thanks at once, an outcome later."""

from tests.moderation.conftest import Desk
from tests.people import World


async def notices(person) -> str:  # type: ignore[no-untyped-def]
    return (await person.get("/notices")).text


async def test_a_report_is_two_steps_from_a_post(desk: Desk) -> None:
    page = await desk.reads(desk.scene.ben)
    assert f"{desk.home}/flag?about={desk.about}" in page
    form = await desk.scene.ben.get(f"{desk.home}/flag?about={desk.about}")
    assert "tell the care team instead" in form.text


async def test_a_report_is_thanked_and_its_outcome_told(desk: Desk) -> None:
    assert await desk.report() == 200
    assert await desk.decide() == 303
    assert "left it as it is" in await notices(desk.scene.ben)


async def test_the_author_never_learns_who_reported(desk: Desk) -> None:
    await desk.report()
    await desk.decide(whole="hide", rule="unkind")
    told = await notices(desk.scene.ana)
    assert "hid your post" in told
    assert "ben-harbour" not in told


async def test_a_report_sent_twice_is_one(desk: Desk) -> None:
    assert await desk.report() == 200
    assert await desk.report() == 200
    page = await desk.scene.mo.get(f"{desk.home}/reviews/1")
    assert page.text.count("It hurt to read") == 1


async def test_what_was_found_fine_is_not_opened_again_until_it_is_edited(desk: Desk) -> None:
    await desk.report()
    await desk.decide()
    assert await desk.report(by=desk.scene.chris) == 200
    assert "Nothing waits" in (await desk.scene.mo.get(f"{desk.home}/reviews")).text
    edited = {"title": "Benches", "text": "Other words now.", "version": 1, "form_id": "e"}
    await desk.scene.ana.post(f"{desk.home}/p/{desk.post_id}/edit", edited)
    await desk.report(by=desk.lea)
    assert "reported by a member" in (await desk.scene.mo.get(f"{desk.home}/reviews")).text


async def test_a_form_without_a_reason_keeps_the_words(desk: Desk) -> None:
    url = f"{desk.home}/flag?about={desk.about}"
    answer = await desk.scene.ben.post(url, {"category": "", "words": "Please look at this"})
    assert answer.status_code == 422
    assert "Please look at this" in answer.text


async def test_nobody_reports_what_they_cannot_see(desk: Desk, world: World) -> None:
    stranger = await world.person("stranger")
    assert await desk.report(by=stranger) == 403
    assert await desk.report(by=world.guest()) == 401
    await desk.report()
    await desk.decide(whole="hide", rule="unkind")
    assert await desk.report(by=desk.scene.chris) == 404
    elsewhere = await world.community("elsewhere")
    zed = await world.person("zed", elsewhere)
    answer = await zed.post(f"/c/elsewhere/flag?about={desk.about}", {"category": "unkind"})
    assert answer.status_code == 404


async def test_nonsense_about_is_not_found(desk: Desk) -> None:
    for about in ("", "post", "post:x", "post:999999", "ghost:1", "post:-1"):
        answer = await desk.scene.ben.get(f"{desk.home}/flag?about={about}")
        assert answer.status_code == 404, about


async def test_ones_own_words_are_not_reported(desk: Desk) -> None:
    assert await desk.report(by=desk.scene.ana) == 422
