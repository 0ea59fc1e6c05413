"""What can be in the way of a message, in words for its author."""

from forum.errors import Conflict, Forbidden


class RoomClosed(Forbidden):
    """Nobody writes here now."""

    title = "This room is closed for now"
    advice = "You can still read it. Your words were not sent; other rooms and the boards are open."


class TooLateToChange(Forbidden):
    """The time in which a message may be changed is over."""

    title = "This message can no longer be changed"
    advice = "Messages can be changed for 15 minutes. You can still take it back."


class NotToChange(Forbidden):
    """Part of it was hidden, or all: an edit must not bring it back."""

    title = "This message cannot be changed"
    advice = "Part of it is hidden, so it cannot be changed. You can take it back and write anew."


class ChangedMeanwhile(Conflict):
    """It is not what was on the author's screen any more."""

    title = "This message has changed meanwhile"
    advice = "Please look at it again. What you wrote is shown below, so nothing is lost."
