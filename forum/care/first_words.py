"""First messages a volunteer can start from: a frame to change, never a text to send as it is.

`[…]` marks what only a person can write; `still_to_write` finds what was left. The order of most
letters is that of PRODUCT 4.7: thank, say back, ask, say who we are, offer choices, say what next.
"""

import re
from dataclasses import asdict, dataclass
from types import MappingProxyType

GAP = re.compile(r"\[[^\]\n]+\]")


@dataclass(frozen=True)
class Variables:
    """What the case page knows and a letter may name; each as it is read aloud.

    name: the member's name. line1: the first line to talk to ("Samaritans (116 123)"). emergency:
    the emergency number as printed. hours: when somebody is here. next_check: when the volunteer
    looks in again ("tomorrow at about six").
    """

    name: str
    line1: str
    emergency: str
    hours: str
    next_check: str


@dataclass(frozen=True)
class Template:
    """A letter to start from. level: the need it is written for, 0 when it is for any.

    A changed body gets a higher version, so that an old case still shows what was sent.
    """

    id: str
    title: str
    level: int
    body: str
    version: int = 1

    def fill(self, values: Variables) -> str:
        """The body with its variables set; the gaps stay for the volunteer to write."""
        return self.body.format_map(asdict(values))


def still_to_write(text: str) -> list[str]:
    """The gaps a volunteer has not filled yet, e.g. "[their words]"; empty when ready to send."""
    return GAP.findall(text)


_LETTERS = (
    Template(
        "amber",
        "First reply, having a hard time",
        2,
        """Hi {name},

Thank you for writing this. You said [their words]. That sounds like a lot to carry.

I'm a trained volunteer here, with lived experience. I'm not a doctor. Only you and the care team \
can read this.

Sometimes when things are this heavy, people think about ending their life. Is that so for you? \
You can say it here, either way.

If you would like to talk to someone out loud, there is {line1}. You can also just write to me. I \
look in here {hours}, and I'll look for you {next_check}. You don't have to answer.""",
    ),
    Template(
        "red",
        "First reply, thoughts of ending their life",
        3,
        """Hi {name},

Thank you for telling us. I read that [their words]. I'm glad you put it into words, and I'm here \
now.

I want to ask straight out: are you thinking about ending your life today? Is there something \
near you that you might use? You can answer in one word.

I'm a trained volunteer, not a doctor. Only you and the care team can read this.

You have some choices. You can write with me here. You can talk to {line1}. You can ask someone \
you trust to come and sit with you. If you are in danger, {emergency} is the fastest help. Which \
of these would feel possible?

I'm here {hours}. If we lose each other, I'll look for you {next_check}.""",
    ),
    Template(
        "crisis",
        "First reply, in danger now",
        4,
        """{name}, I'm here. I have read what you wrote: [their words].

Are you about to end your life, or have you done something already?

If you are in danger, please ring {emergency}, or ask someone near you to ring. If that is too \
much, {line1} can talk with you right now.

Could you move to another room, or be near another person, while we write? Even a few minutes \
helps some people.

I'm a trained volunteer, and I'm not alone: someone on our team is reading with me. Only you and \
the care team can see this. I can stay here with you [until when]. Write anything, even \
one letter.""",
    ),
    Template(
        "attempt",
        "Something has already happened",
        4,
        """{name}, thank you for telling us. I'm here.

This needs people who can be with you. Please ring {emergency} now. Tell them what has happened. \
If you can't talk, call anyway, or ask someone near you to ring.

If someone is in the house, go to them now, or open the front door.

Write to me when you have rung, or when someone is with you. If you can't ring, tell me what is \
in the way, and we will look at it together. I'm here.""",
    ),
    Template(
        "worried_about_other",
        "Worried about someone else",
        3,
        """Hi {name},

Thank you for telling us about [the person]. It is hard to watch and wait. You did right to say \
something.

If they are in danger now and you know where they are, ring {emergency}. You can ask them \
straight out if they think about ending their life. Asking does not put the idea there.

You don't have to fix this, and you can't watch over someone all day and night. Who else could \
know about it? {line1} is for people who worry too.

And you: how are you doing with this? I'll look in again {next_check}. Only you and the care team \
can read this.""",
    ),
    Template(
        "bereaved",
        "Someone has died",
        2,
        """Dear {name},

I'm so sorry about [the name they use]. Thank you for telling us about [him / her / them].

There is no right way to feel now, and no set time for it. You can write here as much or as \
little as you like. You can tell us about who they were, if you want to.

After a death like this, some people think of dying too. Is that so for you? I ask because I \
would like to know, and you can say it here.

{line1} is there to talk, and so are we {hours}. I'll look for you {next_check}. You don't have to \
answer.""",
    ),
    Template(
        "detail_masked",
        "A detail in your post is hidden",
        0,
        """Hi {name},

Your post is still up, and people can answer it. I have hidden a few words: the part about \
[what it was about, without the detail]. Details like that can stay with a reader who is having \
a bad night. You did nothing wrong by writing them.

Are you safe right now? Is that part something you are thinking of doing?

If you think I hid the wrong thing, you can ask for another person to look. The link is beside \
your post. I'll look in again {next_check}.""",
    ),
    Template(
        "no_reply",
        "No answer yet",
        0,
        """Hi {name},

I wrote to you [when], and I have not heard back. That is all right. You may be asleep, or with \
someone, or not want to write. I'm thinking of what you told us: [their words].

If it is too much to write, one word is enough. If things are worse, {line1} can talk, and \
{emergency} is the fastest help in danger.

I'll look again {next_check}.""",
    ),
    Template(
        "follow_up_24h",
        "Looking in after a day",
        0,
        """Hi {name},

I said I would look for you today, so here I am. Yesterday you told me [their words].

How was the night? Are the thoughts of ending your life still there, or quieter, or louder?

You don't have to answer. {line1} is there too. I'm here {hours}, and I'll look once more \
{next_check}.""",
    ),
    Template(
        "follow_up_72h",
        "Looking in after three days",
        0,
        """Hi {name},

It has been three days. I wanted to know how you are, with [what they were facing].

What has been hardest? Has anything helped a little? Is there someone near you who knows?

If you would like more than we can give, I can help you find out who to ask. {line1} is there at \
any point. I'll look in once more {next_check}. You don't have to answer.""",
    ),
    Template(
        "follow_up_7d",
        "Looking in after a week",
        0,
        """Hi {name},

It is a week since you wrote to us. How are things now, with [what they were facing]?

This is the last time I write first, so that you have your space. It does not close the door. \
You can write here at any time, or press "I need someone now". {line1} is there too.

Thank you for letting us be there.""",
    ),
    Template(
        "welcome_back",
        "Welcome back",
        0,
        """Hi {name},

It's good to see your name again. Nobody here is counting the days you were away, and you don't \
owe us a story.

If you want to tell us how it has been, we would like to hear. If you would rather just read, \
that is fine too. I'm here {hours}.""",
    ),
    Template(
        "contact_details",
        "About sharing contact details",
        0,
        """Hi {name},

I have hidden the [phone number / address / account name] in your message. You did not do \
anything bad. We keep those out of here, because we can't look after people where we can't see \
them, and some who ask for numbers don't mean well.

I can't swap numbers either. I know that can feel cold. It is what keeps this line the same for \
everyone. You can write to me here, and I look in {hours}.""",
    ),
    Template(
        "lapse",
        "After a lapse",
        1,
        """Hi {name},

Thank you for telling us. You wrote that [their words]. It takes something to say that here.

All the days you had before are still yours. This is a thing that happened, and you came and \
said so.

Are you safe right now? Is there anything in your body that worries you? If there is, {emergency} \
or a doctor comes first. After a break, the same amount can hit harder.

What would help tonight: company here, a plan for the next hour, or just being heard? I'll look \
for you {next_check}.""",
    ),
)

TEMPLATES = MappingProxyType({letter.id: letter for letter in _LETTERS})
