"""The house rules as flags and decisions name them: one short list for everybody."""

from types import MappingProxyType
from typing import NamedTuple

from forum.screening.verdict import Harm


class Rule(NamedTuple):
    """label: what a member picks when they flag. rule: what an author reads when it was broken."""

    label: str
    rule: str


RULES = MappingProxyType(
    {
        "unkind": Rule("Unkind, or goes after somebody", "Be kind. We do not attack each other."),
        "sexual": Rule("Sexual", "Nothing sexual is written to or about others here."),
        "contact": Rule(
            "Gives or asks for private contact details",
            "Keep addresses, numbers and names of other services to yourself.",
        ),
        "sourcing": Rule(
            "Sells, buys or looks for drugs", "Nobody finds drugs or sells them here."
        ),
        "spam": Rule("Advertising or spam", "No advertising."),
        "impersonation": Rule("Pretends to be staff", "Only the team speaks for the team."),
        "harm": Rule(
            "Could teach or urge somebody to hurt themselves",
            "Leave out how, where and how much. We do not urge anybody to hurt themselves.",
        ),
        "other": Rule("Something else", "Keep this a place where people can rest."),
    }
)
HARM_RULE = "harm"


def rule_for(harm: Harm, conduct: tuple[str, ...]) -> str:
    """The key of the rule that screening suggests for what it heard."""
    if harm >= Harm.UNSAFE_DETAIL:
        return HARM_RULE
    known = {"harassment": "unkind"}
    for name in conduct:
        key = known.get(name, name)
        if key in RULES:
            return key
    return "other"
