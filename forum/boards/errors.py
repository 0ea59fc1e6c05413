"""Why words cannot stand on a board, told to the one who wrote them."""

from forum.errors import Conflict


class TopicClosed(Conflict):
    """A locked topic, or any topic of a closed board."""

    title = "This topic is closed"
    advice = (
        "It takes no more answers. You can start a new topic on a board that is open, "
        "or ask a moderator to open this one again."
    )


class BoardClosed(Conflict):
    """A board that is only read."""

    title = "This board is closed"
    advice = "It takes no new topics. Please choose another board."


class EditedMeanwhile(Conflict):
    """The post is no longer what was on the person's screen."""

    title = "This post was changed meanwhile"
    advice = (
        "Perhaps you changed it in another window. "
        "Open it once more to see how it stands now, then put in your words again."
    )


class TooOldToEdit(Conflict):
    """Answers lean on what was said, so an old post stays as it is."""

    title = "This post can no longer be changed"
    advice = (
        "Posts can be changed for seven days, because answers lean on them. "
        "You can still take this one back, or write an answer to it."
    )
