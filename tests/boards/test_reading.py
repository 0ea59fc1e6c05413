"""Boards, topics and posts as people read them."""

import pytest

from tests.boards.scene import BOARD, Scene, words

NOWHERE = (
    "t/0",
    "t/99",
    "t/99999999999",
    "t/abc",
    "t/1/9999999999",
    "p/99",
    "p/99999999999/history",
    "b/none",
)
NOT_OURS = (
    "",
    "abc",
    "1",
    "0.x.1",
    "0.2026-01-01T00:00:00.1",
    "2.2026-01-01T00:00:00+00:00.1",
    "0.2026-01-01T00:00:00+00:00.99999999999",
)


async def test_a_members_first_words_are_on_the_board_and_in_their_topic(scene: Scene) -> None:
    topic = await scene.topic("Hello **all**, it is late.", "Late again")

    listed, shown = await scene.zoe.get(scene.board), await scene.zoe.get(topic)

    assert "Late again" in words(listed)
    assert "begun by ana-harbour, no answer yet" in words(listed)
    assert "Hello <strong>all</strong>" in shown.text
    assert "Late again" in words(shown)


async def test_the_community_home_lists_its_boards_in_order(scene: Scene) -> None:
    for name, position in (("First steps", "1"), ("Before all", "0")):
        fields = {"name": name, "position": position}
        made = await scene.chris.post(f"{scene.home}/boards/new", fields)
        assert made.status_code == 303
    await scene.chris.post(f"{scene.board}/edit", {"name": "Evenings", "position": "2"})

    home = words(await scene.zoe.get(scene.home))

    assert home.index("Before all") < home.index("First steps") < home.index("Evenings")
    assert "Nobody is on duty right now" in home
    assert "I need someone now" in home


async def test_answers_come_twenty_to_a_page_each_under_its_number(scene: Scene) -> None:
    topic = await scene.topic()
    for number in range(2, 23):
        by = scene.ben if number % 2 else scene.ana
        assert (await scene.answer(topic, f"Answer {number}", by)).status_code == 303

    first, second = await scene.zoe.get(topic), await scene.zoe.get(f"{topic}?page=2")

    assert "Answer 20" in first.text
    assert "Answer 21" not in first.text
    assert 'id="post-22"' in second.text
    assert 'id="post-20"' not in second.text


@pytest.mark.parametrize(
    "page", ["0", "-1", "2", "99999", "99999999999999999999", "abc", "1.5", ""]
)
async def test_a_page_that_is_not_there_is_not_found(scene: Scene, page: str) -> None:
    topic = await scene.topic()

    assert (await scene.ana.get(f"{topic}?page={page}")).status_code == 404


@pytest.mark.parametrize("path", NOWHERE)
async def test_an_address_that_names_nothing_is_not_found(scene: Scene, path: str) -> None:
    await scene.topic()

    assert (await scene.ana.get(f"{scene.home}/{path}")).status_code == 404


async def test_every_link_to_a_post_leads_to_its_page(scene: Scene) -> None:
    topic = await scene.topic()
    for number in range(2, 23):
        await scene.answer(topic, by=scene.ben if number % 2 else scene.ana)
    post_id = await scene.post_id(topic, 21)

    for link in (f"{topic}/21", f"{scene.home}/p/{post_id}"):
        assert (await scene.zoe.get(link)).headers["location"] == f"{topic}?page=2#post-21"
    newest = await scene.zoe.get(f"{topic}/last")
    assert newest.headers["location"] == f"{topic}?page=2#post-22"
    assert (await scene.zoe.get(f"{topic}/23")).status_code == 404


async def test_the_list_of_topics_goes_on_without_gap_or_twin(scene: Scene) -> None:
    for number in range(60):
        scene.world.services.clock.advance(minutes=1 if number % 3 else 0)
        by = (scene.ana, scene.ben, scene.mo, scene.chris)[number % 4]
        await scene.topic(title=f"Topic {number:02}", by=by)

    seen, url, pages = [], scene.board, 0
    while url:
        shown = await scene.zoe.get(url)
        seen += shown.text.split('class="row__title"')[1:]
        older = shown.text.partition('rel="next" href="')[2].partition('"')[0]
        back = shown.text.partition('rel="prev" href="')[2].partition('"')[0]
        url, pages = older, pages + 1

    names = [line.partition(">")[2].partition("<")[0] for line in seen]
    assert pages == 3
    assert len(names) == len(set(names)) == 60
    assert names[0] == "Topic 59"
    assert back
    newer = await scene.zoe.get(back)
    assert newer.text.split('class="row__title"')[1:] == seen[25:50]


@pytest.mark.parametrize("point", NOT_OURS)
async def test_a_place_in_the_list_that_we_did_not_write_is_not_found(
    scene: Scene, point: str
) -> None:
    assert (await scene.zoe.get(scene.board, params={"after": point})).status_code == 404


async def test_a_pinned_topic_stays_on_top(scene: Scene) -> None:
    topic = await scene.topic(title="House rules in short", by=scene.mo)
    await scene.mo.post(f"{topic}/state", {"is_pinned": "yes"})
    scene.world.services.clock.advance(minutes=5)
    await scene.topic(title="Newer")

    shown = words(await scene.zoe.get(scene.board))

    assert shown.index("House rules in short") < shown.index("Newer")


async def test_a_name_has_the_badge_of_its_office_beside_it(scene: Scene) -> None:
    topic = await scene.topic()
    await scene.answer(topic, "Welcome.", by=scene.mo)

    shown = await scene.zoe.get(topic)

    assert shown.text.count("badge--staff") == 1
    assert "Moderator" in words(shown)


async def test_a_quote_shows_the_answered_post_in_short(scene: Scene) -> None:
    topic = await scene.topic("A long **night** again.")
    form = await scene.ben.get(f"{topic}?quote=1")
    assert "You answer ana-harbour, post 1" in words(form)

    await scene.answer(topic, "I know.", answers="1")

    shown = words(await scene.zoe.get(topic))
    assert "ana-harbour, post 1 A long night again. I know." in shown


async def test_a_content_note_folds_the_post(scene: Scene) -> None:
    topic = await scene.topic("Words.", note="loss")

    shown = await scene.zoe.get(topic)

    assert '<details class="post__note"><summary>Content note: death and grief.' in shown.text


async def test_a_guest_reads_and_is_asked_to_sign_in_to_write(scene: Scene) -> None:
    topic = await scene.topic()

    shown = await scene.zoe.get(topic)
    form = await scene.zoe.get(f"{scene.board}/new")

    assert "to answer here" in words(shown)
    assert "/flag?about" not in shown.text
    assert form.headers["location"] == f"/sign-in?next=/c/harbour/b/{BOARD}/new"


async def test_worry_and_report_are_one_step_from_anothers_post(scene: Scene) -> None:
    topic = await scene.topic()
    post_id = await scene.post_id(topic)

    theirs, own = await scene.ben.get(topic), await scene.ana.get(topic)

    assert f'href="/c/harbour/worry?about=post:{post_id}"' in theirs.text
    assert f'href="/c/harbour/flag?about=post:{post_id}"' in theirs.text
    assert "/flag?about" not in own.text


async def test_an_erased_member_is_a_former_member(scene: Scene) -> None:
    topic = await scene.topic("Still here.")
    services = scene.world.services
    async with services.db.write() as tx:
        for part in services.personal_data:
            await part.erase(tx, scene.ana.id, keep_words=True)

    shown = words(await scene.zoe.get(topic))

    assert "former member" in shown
    assert "Still here." in shown
    assert "ana-harbour" not in shown
