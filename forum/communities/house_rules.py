"""House rules: at most seven, each in a sentence or two, and a set to begin with."""

from forum.errors import Invalid

MAX_RULES = 7  # more than people remember; long rule books are applied unevenly
MAX_RULE = 300

FIRST_RULES = """\
Be kind. People come here on hard days, and you cannot see what kind of day it is.
Speak for yourself. Say what helped you, not what somebody else should do.
Leave out how: no ways, places or amounts, for hurting oneself or for using. A reader may be close to it.
Stay unknown. No real names, addresses, numbers or other accounts, neither yours nor anybody else's.
What you read here stays here.
No selling and no buying, and nobody is pressed to believe, stop or start anything.
Worried about somebody? Tell the team. You don't have to carry it alone.
"""  # noqa: E501  # one rule a line, as the form shows them


def check_rules(text: str) -> list[str]:
    """The rules, one a line. Raises Invalid when there are none, too many or too long ones."""
    rules = [line.strip() for line in text.splitlines() if line.strip()]
    problem = ""
    if not rules:
        problem = "Please write at least one rule."
    elif len(rules) > MAX_RULES:
        problem = f"Please keep to {MAX_RULES} rules, one on each line. These are {len(rules)}."
    elif max(map(len, rules)) > MAX_RULE:
        problem = f"Please keep each rule below {MAX_RULE} letters."
    if problem:
        raise Invalid({"rules": problem})
    return rules
