"""One process with four moderators who claim every case they see; prints what each got, as JSON.

Run as `python -m tests.kill.racer COMMUNITY_ID TOKEN …`; settings come from HANDRAIL_*.
"""

import asyncio
import json
import sys
from collections import Counter

from sqlmodel import col, select

import forum.app as composition
from forum.care.models import Case
from forum.care.ownership import CaseRef, Taken, claim
from forum.permissions import Actor
from forum.services import Services
from forum.settings import load_settings


async def moderator(services: Services, actor: Actor, cases: list[CaseRef]) -> Counter[str]:
    """Try to claim every case; what became of each try, and the cases that were won."""
    result: Counter[str] = Counter()
    for ref in cases:
        try:
            await claim(services, actor, ref)
            result["won"] += 1
        except Taken as lost:
            named = any(name in lost.advice for name in ("Ana", "Ben", "Cy", "Dee"))
            result["told who" if named else "not told who"] += 1
        except Exception as error:
            result[f"error {type(error).__name__}"] += 1
    return result


async def race(community_id: int, tokens: list[str]) -> Counter[str]:
    app = composition.create_app(load_settings(), runs_jobs=False)
    total: Counter[str] = Counter()
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        async with services.db.read() as reader:
            found = await reader.exec(select(col(Case.id)).order_by(col(Case.id)))
            cases = [CaseRef(community_id, case_id or 0) for case_id in found]
            now = services.clock.now()
            actors = [await services.door.actor(reader, token, now) for token in tokens]
        team = [one for one in actors if one]
        for part in await asyncio.gather(*(moderator(services, one, cases) for one in team)):
            total += part
    return total


if __name__ == "__main__":
    print(json.dumps(asyncio.run(race(int(sys.argv[1]), sys.argv[2:]))))
