"""How the ear stands, in one calm line for those who read along."""

from forum import jobs
from forum.db import Reader
from forum.services import Services

# What is heard again after the screener failed: words in public and on the private line.
# The first kind is moderation's, which stands above care.
HEARD_AGAIN = ("moderation.screen_again", "care.screen_again")


async def ear_line(services: Services, reader: Reader) -> str:
    """What the team should know about the listening model; empty while all is well.

    For desks and reviews only: members see nothing of it. It goes by itself, when the model
    answers and nothing waits. The texts that wait are the whole site's; of the model only this
    process is asked, the others' failures show in what waits.
    """
    waiting = sum(count for kind, count, _due in await jobs.waiting(reader) if kind in HEARD_AGAIN)
    return said_of_ear(is_failing=services.screener.is_failing, waiting=waiting)


def said_of_ear(*, is_failing: bool, waiting: int) -> str:
    """The line itself. waiting: texts that only the rules have heard so far."""
    if not is_failing and not waiting:
        return ""
    said = ["The listening model is not answering. The rules still listen."] if is_failing else []
    if waiting:
        texts = "1 text waits" if waiting == 1 else f"{waiting} texts wait"
        said.append(f"{texts} to be heard again.")
    return " ".join([*said, "Please read along more than usual."])
