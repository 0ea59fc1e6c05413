"""The demo's talk, said again: each post and each line at its own time."""

from functools import partial

from forum.boards import actions as boards
from forum.boards import forms as board_forms
from forum.boards import upkeep as board_upkeep
from forum.boards.actions import Written
from forum.boards.privately import ToldPrivately
from forum.chat import actions as chat
from forum.chat import forms as chat_forms
from forum.chat import queries as rooms
from forum.content import Subject
from forum.demo.nights import Nights, Spoken
from forum.demo.stage import Score, Stage, sent
from forum.demo.talk import Chat, Said, Talk, Topic
from forum.permissions import Action
from forum.screening.verdict import Need


class Talking:
    """Puts the words of the talk on the score."""

    def __init__(self, stage: Stage, score: Score, talk: Talk, nights: Nights) -> None:
        self._stage, self._score, self._talk, self._nights = stage, score, talk, nights
        self._topics: dict[Topic, int] = {}

    def plan(self) -> None:
        """Every topic with its answers, every room with its lines."""
        homes = {board.slug: board.community for board in self._talk.boards}
        for topic in self._talk.topics:
            home = homes[topic.board]
            at = self._stage.ago(topic.opening.minutes_ago)
            self._score.add(at, "posts", partial(self._open_topic, home, topic))
            for number, said in enumerate(topic.replies, start=2):
                answer = partial(self._answer, home, topic, number, said)
                self._score.add(self._stage.ago(said.minutes_ago), "posts", answer)
        homes = {room.slug: room.community for room in self._talk.rooms}
        for talked in self._talk.chats:
            for number, line in enumerate(talked.lines):
                say = partial(self._say, homes[talked.room], talked, number, line)
                self._score.add(self._stage.ago(line.minutes_ago), "messages", say)

    async def _open_topic(self, home: str, topic: Topic) -> None:
        services, place = self._stage.services, self._stage.places[home]
        author = await self._stage.actor(topic.opening.author)
        form_id = f"demo-{self._talk.topics.index(topic)}-1"
        draft = await board_forms.topic(
            sent(title=topic.title, text=topic.opening.body, form_id=form_id)
        )
        made = _public(await boards.create_topic(services, author, place, topic.board, draft))
        self._topics[topic] = made.topic_id
        if author.may(Action.BOARD_CREATE, place.id):  # what the keeper says of the place stays
            await board_upkeep.set_topic(
                services, author, place, made.topic_id, is_locked=False, is_pinned=True
            )
        spoken = Spoken(home, topic.opening, Subject(boards.KIND, made.post_id), made.need)
        await self._nights.heard(spoken, Need(topic.need), topic.replies[0].author)

    async def _answer(self, home: str, topic: Topic, number: int, said: Said) -> None:
        author, place = await self._stage.actor(said.author), self._stage.places[home]
        form_id = f"demo-{self._talk.topics.index(topic)}-{number}"
        draft = await board_forms.reply(sent(text=said.body, form_id=form_id))
        made = _public(
            await boards.reply(self._stage.services, author, place, self._topics[topic], draft)
        )
        await self._nights.heard(Spoken(home, said, Subject(boards.KIND, made.post_id), made.need))

    async def _say(self, home: str, talked: Chat, number: int, said: Said) -> None:
        services, place = self._stage.services, self._stage.places[home]
        author = await self._stage.actor(said.author)
        async with services.db.read() as reader:
            room = await rooms.room(reader, place, author, talked.room)
        draft = chat_forms.message(f"demo-{talked.room}-{number}", said.body)
        made = await chat.post_message(services, author, place, room.id or 0, draft)
        await self._nights.heard(Spoken(home, said, Subject(chat.KIND, made.message_id), made.need))


def _public(made: Written | ToldPrivately) -> Written:
    """The post; nobody in the demo is restricted, so each stands on its board."""
    if isinstance(made, ToldPrivately):
        raise TypeError("a post of the demo's talk was refused")
    return made
