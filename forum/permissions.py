"""Who may do what, on one page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from forum.errors import Forbidden, SignInFirst


class Role(StrEnum):
    """What a person is to a community; SITE_ADMIN, SIGNED_IN and GUEST hold everywhere.

    A person may hold several. CERTIFIED and RESTRICTED are facts about the person, not offices:
    CERTIFIED ends with the certificate, RESTRICTED with the moderators' decision.
    """

    GUEST = "guest"
    SIGNED_IN = "signed_in"
    MEMBER = "member"
    PEER = "peer"
    MODERATOR = "moderator"
    LEAD = "lead"
    COMMUNITY_ADMIN = "community_admin"
    SITE_ADMIN = "site_admin"
    CERTIFIED = "certified"
    RESTRICTED = "restricted"


class Action(StrEnum):
    """Everything that needs a permission: `domain:thing:verb`."""

    ACCOUNT_OWN = "accounts:own:manage"
    NOTICE_READ = "notices:own:read"

    COMMUNITY_CREATE = "communities:community:create"
    COMMUNITY_READ = "communities:community:read"
    COMMUNITY_JOIN = "communities:community:join"
    COMMUNITY_LEAVE = "communities:community:leave"
    COMMUNITY_EDIT = "communities:community:edit"
    INVITATION_CREATE = "communities:invitation:create"
    ROLE_GRANT = "communities:role:grant"

    COURSE_TAKE = "peers:course:take"
    CERTIFICATE_SIGN = "peers:certificate:sign"
    DUTY_KEEP = "peers:duty:keep"
    DUTY_READ = "peers:duty:read"

    WORRY_CREATE = "care:worry:create"
    SOMEONE_ASK = "care:someone:ask"
    LINE_OWN = "care:line:own"
    CASE_LIST = "care:case:list"
    CASE_READ = "care:case:read"
    CASE_CLAIM = "care:case:claim"
    CASE_ANSWER = "care:case:answer"
    CASE_CLOSE = "care:case:close"
    CASE_LOWER = "care:case:lower"
    ALERT_ACKNOWLEDGE = "care:alert:acknowledge"
    CASE_COUNT = "care:case:count"

    FLAG_CREATE = "moderation:flag:create"
    REVIEW_LIST = "moderation:review:list"
    REVIEW_DECIDE = "moderation:review:decide"
    MEMBER_RESTRICT = "moderation:member:restrict"
    AUDIT_READ = "moderation:audit:read"

    BOARD_CREATE = "boards:board:create"
    BOARD_READ = "boards:board:read"
    TOPIC_CREATE = "boards:topic:create"
    POST_CREATE = "boards:post:create"
    POST_EDIT = "boards:post:edit"

    ROOM_CREATE = "chat:room:create"
    ROOM_READ = "chat:room:read"
    MESSAGE_CREATE = "chat:message:create"
    MESSAGE_EDIT = "chat:message:edit"

    SITE_RUN = "admin:site:run"


EVERYONE = frozenset(Role)
_G, _S, _M, _P, _MO, _L, _CA, _SA = (
    Role.GUEST,
    Role.SIGNED_IN,
    Role.MEMBER,
    Role.PEER,
    Role.MODERATOR,
    Role.LEAD,
    Role.COMMUNITY_ADMIN,
    Role.SITE_ADMIN,
)
_COMMUNITY = frozenset({_M, _P, _MO, _L, _CA})
_CARE = frozenset({_MO, _L})
_DESK = frozenset({_MO, _L, _CA})

# Reading is granted to guests here; which community a guest can see at all is the query's matter.
GRANTS: Mapping[Action, frozenset[Role]] = {
    Action.ACCOUNT_OWN: frozenset({_S}),
    Action.NOTICE_READ: frozenset({_S}),
    Action.COMMUNITY_CREATE: frozenset({_SA}),
    Action.COMMUNITY_READ: frozenset({_G}),
    Action.COMMUNITY_JOIN: frozenset({_S}),
    Action.COMMUNITY_LEAVE: _COMMUNITY,
    Action.COMMUNITY_EDIT: frozenset({_CA}),
    Action.INVITATION_CREATE: frozenset({_L, _CA}),
    Action.ROLE_GRANT: frozenset({_CA}),
    Action.COURSE_TAKE: _COMMUNITY,
    Action.CERTIFICATE_SIGN: frozenset({_L, _CA}),
    Action.DUTY_KEEP: frozenset({_P, _MO, _L}),
    Action.DUTY_READ: frozenset({_P, _MO, _L, _CA}),
    Action.WORRY_CREATE: _COMMUNITY,
    Action.SOMEONE_ASK: _COMMUNITY,
    Action.LINE_OWN: frozenset({_S}),  # a person who left can still read what was said to them
    Action.CASE_LIST: _CARE,
    Action.CASE_READ: _CARE,
    Action.CASE_CLAIM: _CARE,
    Action.CASE_ANSWER: _CARE,
    Action.CASE_CLOSE: _CARE,
    Action.CASE_LOWER: frozenset({_L}),
    Action.ALERT_ACKNOWLEDGE: _CARE,
    Action.CASE_COUNT: _DESK,
    Action.FLAG_CREATE: _COMMUNITY,
    Action.REVIEW_LIST: _DESK,
    Action.REVIEW_DECIDE: _DESK,
    Action.MEMBER_RESTRICT: _DESK,
    Action.AUDIT_READ: frozenset({_L, _CA}),
    Action.BOARD_CREATE: frozenset({_CA}),
    Action.BOARD_READ: frozenset({_G}),
    Action.TOPIC_CREATE: _COMMUNITY,
    Action.POST_CREATE: _COMMUNITY,
    Action.POST_EDIT: _COMMUNITY,
    Action.ROOM_CREATE: frozenset({_CA}),
    Action.ROOM_READ: frozenset({_G}),
    Action.MESSAGE_CREATE: _COMMUNITY,
    Action.MESSAGE_EDIT: _COMMUNITY,
    Action.SITE_RUN: frozenset({_SA}),
}

# Case content is for people whose certificate is valid today; an expired one closes it.
NEEDS_CERTIFICATE = frozenset(
    {
        Action.CASE_LIST,
        Action.CASE_READ,
        Action.CASE_CLAIM,
        Action.CASE_ANSWER,
        Action.CASE_CLOSE,
        Action.CASE_LOWER,
        Action.ALERT_ACKNOWLEDGE,
        Action.DUTY_KEEP,
    }
)
# What a restricted member cannot do for a while. Asking for help is never among it.
RESTRICTED_FROM = frozenset(
    {
        Action.TOPIC_CREATE,
        Action.POST_CREATE,
        Action.POST_EDIT,
        Action.MESSAGE_CREATE,
        Action.MESSAGE_EDIT,
        Action.INVITATION_CREATE,
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, with the roles that hold at this moment.

    roles: community id → roles there. account_id is None for a guest. session_key: the same for
    as long as the session lasts; has_stale_session: its cookie is due to be exchanged.
    """

    account_id: int | None = None
    name: str = ""
    session_id: int | None = None
    session_key: str = ""
    has_stale_session: bool = False
    is_site_admin: bool = False
    country: str | None = None
    timezone: str | None = None
    is_discreet: bool = False
    on_duty: frozenset[int] = frozenset()
    unread_notices: int = 0
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)

    @property
    def is_guest(self) -> bool:
        """Whether nobody is signed in."""
        return self.account_id is None

    @property
    def is_on_duty(self) -> bool:
        """Whether this person is on duty anywhere."""
        return bool(self.on_duty)

    @property
    def id(self) -> int:
        """The account's id. Raises SignInFirst for a guest."""
        if self.account_id is None:
            raise SignInFirst
        return self.account_id

    def roles_in(self, community_id: int | None) -> frozenset[Role]:
        """Every role that holds in this community, those that hold everywhere among them."""
        roles = {Role.GUEST}
        if self.account_id is not None:
            roles.add(Role.SIGNED_IN)
        if self.is_site_admin:
            roles.add(Role.SITE_ADMIN)
        if community_id is not None:
            roles |= self.roles.get(community_id, frozenset())
        return frozenset(roles)

    def may(self, action: Action | str, community_id: int | None = None) -> bool:
        """Whether this person may do that there now."""
        return may(self, Action(action), community_id)


GUEST = Actor()


def may(actor: Actor, action: Action, community_id: int | None = None) -> bool:
    """Whether `actor` may do `action`, in that community when it belongs to one."""
    roles = actor.roles_in(community_id)
    if not roles & GRANTS[action]:
        return False
    if action in NEEDS_CERTIFICATE and Role.CERTIFIED not in roles:
        return False
    return not (action in RESTRICTED_FROM and Role.RESTRICTED in roles)


def require(actor: Actor, action: Action, community_id: int | None = None) -> None:
    """Go on only if `actor` may. Raises SignInFirst for a guest, Forbidden for others."""
    if may(actor, action, community_id):
        return
    raise SignInFirst if actor.is_guest else Forbidden
