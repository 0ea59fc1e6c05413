"""Writing on boards: new topics, answers, edits, and taking one's words back."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sqlalchemy import update
from sqlmodel import col, select

from forum import limits
from forum.boards import queries, store
from forum.boards.errors import TooOldToEdit, TopicClosed
from forum.boards.events import PostCreated, PostEdited, PostRemoved
from forum.boards.forms import PostDraft
from forum.boards.models import Post
from forum.boards.privately import ToldPrivately, or_privately
from forum.boards.thread import EDITABLE_FOR
from forum.care import casework
from forum.communities import queries as communities
from forum.content import Subject, Visibility
from forum.db import Reader, Tx
from forum.errors import TooMany
from forum.moderation import intake
from forum.permissions import Action, Actor, require
from forum.screening.screener import Context
from forum.screening.verdict import Need, Surface, Verdict
from forum.services import Place, Services

KIND = "post"
# Topic id and number for the post that is about to be stored.
Spot = tuple[int, int]


class Written(NamedTuple):
    """Where a post stands, and how much its author may need someone."""

    post_id: int
    topic_id: int
    number: int
    need: Need = Need.NONE


async def create_topic(
    services: Services, actor: Actor, place: Place, board_slug: str, draft: PostDraft
) -> Written | ToldPrivately:
    """Begin a topic. Raises NotFound, Forbidden, TooMany, BoardClosed."""

    async def begin(tx: Tx) -> Spot:
        topic_id = await store.add_topic(tx, place.id, board_slug, actor.id)
        return topic_id, await store.next_number(tx, place.id, topic_id)

    verdict = await _screen(services, actor, place, draft)
    storing = _publish(services, actor, place, Action.TOPIC_CREATE, draft, verdict, begin)
    return await or_privately(services, actor, place, draft, verdict, storing)


async def reply(
    services: Services, actor: Actor, place: Place, topic_id: int, draft: PostDraft
) -> Written | ToldPrivately:
    """Answer in a topic. Raises NotFound, Forbidden, TooMany, TopicClosed."""

    async def begin(tx: Tx) -> Spot:
        return topic_id, await store.next_number(tx, place.id, topic_id)

    verdict = await _screen(services, actor, place, draft, topic_id)
    storing = _publish(services, actor, place, Action.POST_CREATE, draft, verdict, begin)
    return await or_privately(services, actor, place, draft, verdict, storing)


async def edit(
    services: Services,
    actor: Actor,
    place: Place,
    post_id: int,
    version: int,
    draft: PostDraft,
) -> Written | ToldPrivately:
    """Change one's own post; its earlier words stay in the history.

    version: the one that was on the person's screen. New words are screened like a new post.
    Raises NotFound for another's post, Forbidden, TooMany, EditedMeanwhile, TooOldToEdit,
    TopicClosed.
    """
    async with services.db.read() as reader:
        post = await queries.own_post(reader, place, actor, post_id)
    done = Written(post_id, post.topic_id, post.number)
    if (post.text, post.note) == (draft.text, draft.note):
        return done  # nothing is new, or the form came twice
    verdict = await _screen(services, actor, place, draft, post.topic_id)

    async def storing() -> Written:
        require(actor, Action.POST_EDIT, place.id)
        _within_limits(services, actor, verdict, is_newcomer=False)
        async with services.db.write() as tx:
            await _replace(tx, place, actor, post_id, version, draft, verdict)
        return done._replace(need=verdict.need)

    return await or_privately(services, actor, place, draft, verdict, storing())


async def remove(services: Services, actor: Actor, place: Place, post_id: int) -> Written:
    """Take one's own post back: readers see a quiet line, its number stays.

    Open to a restricted member and in a locked topic: these are the person's own words.
    Raises NotFound for another's post.
    """
    async with services.db.read() as reader:
        post = await queries.own_post(reader, place, actor, post_id)
    async with services.db.write() as tx:
        changed = await tx.change(
            update(Post)
            .where(
                col(Post.id) == post_id,
                col(Post.author_id) == actor.id,
                col(Post.visibility) != Visibility.REMOVED.value,
            )
            .values(visibility=Visibility.REMOVED.value)
        )
        if changed:
            tx.announce(PostRemoved(post_id, post.topic_id, place.id))
    return Written(post_id, post.topic_id, post.number)


async def _screen(
    services: Services, actor: Actor, place: Place, draft: PostDraft, topic_id: int | None = None
) -> Verdict:
    """What the screener hears in a text; before any transaction, for it may take a while."""
    async with services.db.read() as reader:
        context = await _context(reader, actor, place, draft.answers, topic_id)
    return await services.screener.screen(draft.text, context)


async def _context(
    reader: Reader, actor: Actor, place: Place, answers: int | None, topic_id: int | None
) -> Context:
    """What stands before a post. answers: the number of the post it quotes. Raises NotFound."""
    opening = asked = None
    if topic_id is not None:
        await queries.thread(reader, place, actor, topic_id)
        opening = await queries.opening_text(reader, topic_id)
        asked = await queries.answered_text(reader, topic_id, answers or 0, actor.id)
    recent = await queries.recent_texts(reader, place, actor.id)
    return Context(Surface.BOARD, tuple(recent), opening, replying_to=asked)


async def _publish(
    services: Services,
    actor: Actor,
    place: Place,
    action: Action,
    draft: PostDraft,
    verdict: Verdict,
    begin: Callable[[Tx], Awaitable[Spot]],
) -> Written:
    """Store a new post with all that follows from it, or find the one that this form made."""
    first = await _sent_before(services, actor, draft.form_id)
    if first is not None:
        return first
    require(actor, action, place.id)
    async with services.db.read() as reader:
        is_newcomer = await communities.is_newcomer(reader, place, actor, services.clock.now())
    _within_limits(services, actor, verdict, is_newcomer=is_newcomer)
    try:
        async with services.db.write() as tx:
            topic_id, number = await begin(tx)
            return await _add(tx, place, actor, topic_id, number, draft, verdict)
    except store.Twin:
        first = await _sent_before(services, actor, draft.form_id)
        if first is None:
            raise
        return first


async def _add(
    tx: Tx,
    place: Place,
    actor: Actor,
    topic_id: int,
    number: int,
    draft: PostDraft,
    verdict: Verdict,
) -> Written:
    post_id = await store.add_post(
        tx,
        community_id=place.id,
        topic_id=topic_id,
        number=number,
        author_id=actor.id,
        draft=draft,
        verdict=verdict,
    )
    answered = await store.answered_post(tx, topic_id, draft.answers)
    if answered is not None:  # the team's own answer may be what somebody waits for
        await casework.count_reply(tx, actor.id, place.id, Subject(KIND, answered))
    heard = await intake.hear(tx, intake.Heard(Subject(KIND, post_id), actor.id, place.id, verdict))
    await store.restrain(
        tx, post_id, number, draft.text, masks=heard.masks, visibility=heard.visibility
    )
    tx.announce(PostCreated(post_id, topic_id, place.id, number))
    return Written(post_id, topic_id, number, verdict.need)


async def _replace(
    tx: Tx,
    place: Place,
    actor: Actor,
    post_id: int,
    version: int,
    draft: PostDraft,
    verdict: Verdict,
) -> None:
    old = await _editable(tx, actor, post_id)
    newest = await store.change_post(tx, old, version, draft, verdict)
    heard = await intake.hear(
        tx, intake.Heard(Subject(KIND, post_id), actor.id, place.id, verdict, newest)
    )
    masks = store.masks_after_edit(old, draft.text, heard.masks)
    await store.restrain(
        tx, post_id, old.number, draft.text, masks=masks, visibility=heard.visibility
    )
    tx.announce(PostEdited(post_id, old.topic_id, place.id, newest))


async def _editable(tx: Tx, actor: Actor, post_id: int) -> store.Earlier:
    """The post as it stands, if its author may still change it."""
    post = await store.own_words(tx, post_id, actor.id)
    if post.is_locked:
        raise TopicClosed
    if tx.now >= post.created_at + EDITABLE_FOR:
        raise TooOldToEdit
    return post


async def _sent_before(services: Services, actor: Actor, form_id: str) -> Written | None:
    """The post that this filling-in of the form made, when it came before."""
    async with services.db.read() as reader:
        found = await reader.exec(
            select(col(Post.id), Post.topic_id, Post.number).where(
                Post.author_id == actor.id, Post.form_id == form_id
            )
        )
        row = found.first()
    return Written(row[0] or 0, row[1], row[2]) if row else None


def _within_limits(
    services: Services, actor: Actor, verdict: Verdict, *, is_newcomer: bool
) -> None:
    """Raises TooMany, but never for words that cannot wait: a flood of those is still a person."""
    limit = limits.POST_AS_NEW_MEMBER if is_newcomer else limits.POST
    answer = services.limits.take(limit, str(actor.id), services.clock.now())
    if isinstance(answer, limits.Wait) and verdict.need < Need.URGENT:
        raise TooMany(answer.seconds)
