"""What is still being said in the demo's evening room while somebody looks around."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from sqlmodel import col, select

from forum.accounts.models import Account
from forum.chat import actions, forms
from forum.chat import queries as rooms
from forum.communities import queries as communities
from forum.ids import new_form_id
from forum.permissions import GUEST, Actor
from forum.services import Services

COMMUNITY, ROOM = "harbour-lights", "evening"
# Long enough to read a line and slow enough to join in.
SHORTEST_SECONDS, LONGEST_SECONDS = 20.0, 40.0

# Names and words, oldest first; nobody whom a newcomer is invited to sign in as.
LINES = (
    ("Lem", "Kettle's on. Anyone want the last of the imaginary biscuits?"),
    ("gull", "only if theyre vanilla. im told we do vanilla here now"),
    ("Wren", "How is the dog?"),
    ("gull", "asleep on my foot. snoring like a bus"),
    ("Night Bus Nell", "Buses do not snore, thank you. We sigh."),
    ("soupspoon", "finished the essay btw. two days early. who am i"),
    ("Lem", "Somebody who gets to sleep tonight, by the sound of it."),
    ("Oskar W", "My daughter asks tonight: who puts out the light in the fridge."),
    ("Ottoline", "Tell her it is a very small choir, and it has to go to bed too."),
    ("Oskar W", "I have told her. She is content. She sings to the fridge now."),
    ("Wren", "That's my favourite thing anyone has said to me this week."),
    ("Dolores", "I have the kettle and the cat. That's a full house."),
    ("maeve_in_the_rain", "here for five minutes. he's asleep. so nobody breathe"),
    ("Lem", "Not breathing."),
    ("gull", "not breathing either. biscuit is tho, sorry"),
    ("maeve_in_the_rain", "thank you. that was the best five minutes of today"),
)

Pause = Callable[[float], Awaitable[None]]


async def live(services: Services, pause: Pause = asyncio.sleep) -> None:
    """Say the lines one after the other, through the same action as everybody; then be quiet.

    pause: waits for so many seconds.
    """
    dice = random.Random()  # noqa: S311  # when a line comes is no secret
    for name, words in LINES:
        await pause(dice.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
        await say(services, name, words)


async def say(services: Services, name: str, words: str) -> None:
    """One line of one person. Raises LookupError where the demo's people are not."""
    now = services.clock.now()
    async with services.db.read() as reader:
        place = await communities.place(reader, COMMUNITY, GUEST)
        if place is None:
            raise LookupError(COMMUNITY)
        account_id = (await reader.exec(select(col(Account.id)).where(Account.name == name))).one()
        roles = await communities.roles_of(reader, account_id or 0, now)
        actor = Actor(account_id, name, roles=roles)
        room = await rooms.room(reader, place, actor, ROOM)
    draft = forms.message(new_form_id(), words)
    await actions.post_message(services, actor, place, room.id or 0, draft)
