"""Fills an empty forum with the demo's communities, as their people would have done it.

Everything goes through the domains' own actions, in the order of time, with a clock that is moved:
so the words are screened, cases are raised, the audit log holds, and nothing is made up in tables.
"""

from sqlmodel import select

from forum.accounts.models import Account
from forum.demo.founding import Opening
from forum.demo.nights import Nights
from forum.demo.stage import MovedClock, Progress, Score, Stage
from forum.demo.talk import packaged_talk
from forum.demo.talking import Talking
from forum.services import Services


async def seed(services: Services, clock: MovedClock, progress: Progress) -> bool:
    """Fill an empty database; False, and nothing is changed, when anybody is in it already.

    clock: the one that `services` was built with; afterwards it stands at its zero.
    """
    async with services.db.read() as reader:
        if (await reader.exec(select(Account.id).limit(1))).first() is not None:
            return False
    talk, score, stage = packaged_talk(), Score(), Stage(services, clock)
    nights = Nights(stage, score)
    Opening(stage, score, talk).plan()
    Talking(stage, score, talk, nights).plan()
    nights.plan()
    await score.play(clock, progress)
    clock.move_to(clock.zero)
    await services.worker.run_due()
    return True
