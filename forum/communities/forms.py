"""What may come in about a community, an invitation or a role."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from forum.communities.house_rules import check_rules
from forum.errors import Invalid
from forum.permissions import Role
from forum.web.forms import Sent

MAX_NAME = 60
MAX_ABOUT = 500
MAX_FORM_ID = 40
MAX_USES = 100  # a whole clinic's group; more is an open door
MAX_DAYS = 30
ACCESS = {
    "open": "Open: anybody may read, members may write",
    "members": "Members only: anybody may join, and must join to read",
    "invitation": "By invitation: others do not learn that it exists",
}
INVITED_ROLES = (Role.MEMBER, Role.PEER, Role.MODERATOR)
COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class CommunityDraft:
    """A community as its admin described it; rules: one a line."""

    name: str
    about: str
    access: str
    country: str | None
    timezone: str
    rules: str


@dataclass(frozen=True, slots=True)
class InvitationDraft:
    """A link to be made: what it lets people be, for how many, for how long."""

    role: Role
    uses: int
    days: int
    form_id: str


def read_community(sent: Sent) -> CommunityDraft:
    """The community of the form. Raises Invalid with every mistake at once."""
    wrong: dict[str, str] = {}
    name = " ".join(sent.get("name").split())
    if not 2 <= len(name) <= MAX_NAME:
        wrong["name"] = f"Please give it a name of 2 to {MAX_NAME} letters."
    about = sent.get("about").strip()
    if len(about) > MAX_ABOUT:
        wrong["about"] = f"Please keep this below {MAX_ABOUT} letters. It has {len(about)}."
    access = sent.get("access")
    if access not in ACCESS:
        wrong["access"] = "Please choose who may come in."
    country = sent.get("country").strip().upper()
    if country and not COUNTRY.fullmatch(country):
        wrong["country"] = "Please write the two letters of the country, such as GB."
    timezone = sent.get("timezone").strip() or "UTC"
    if not _is_timezone(timezone):
        wrong["timezone"] = "We don't know this time zone. Europe/Berlin is one."
    rules: list[str] = []
    try:
        rules = check_rules(sent.get("rules"))
    except Invalid as error:
        wrong |= error.fields
    if wrong:
        raise Invalid(wrong)
    return CommunityDraft(name, about, access, country or None, timezone, "\n".join(rules))


def read_invitation(sent: Sent) -> InvitationDraft:
    """The invitation of the form. Raises Invalid."""
    wrong: dict[str, str] = {}
    role = read_role(sent)
    if role not in INVITED_ROLES:
        wrong["role"] = "Please choose what the link is for."
    uses, days = sent.number("uses") or 0, sent.number("days") or 0
    if not 1 <= uses <= MAX_USES:
        wrong["uses"] = f"Please say for how many people, from 1 to {MAX_USES}."
    if not 1 <= days <= MAX_DAYS:
        wrong["days"] = f"Please say for how many days, from 1 to {MAX_DAYS}."
    if wrong or role is None:
        raise Invalid(wrong)
    return InvitationDraft(role, uses, days, read_form_id(sent))


def read_role(sent: Sent) -> Role | None:
    """The role that was chosen; None when there is no such role."""
    name = sent.get("role")
    return Role(name) if name in list(Role) else None


def read_form_id(sent: Sent) -> str:
    """The name of this filling-in of the form. Raises Invalid for a form that was tampered with."""
    form_id = sent.get("form_id")
    if not 8 <= len(form_id) <= MAX_FORM_ID:
        raise Invalid({"": "Please reload the page and send the form again."})
    return form_id


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
