"""Who may do what, as one page says it."""

import pytest

from forum.errors import Forbidden, SignInFirst
from forum.permissions import (
    GRANTS,
    GUEST,
    NEEDS_CERTIFICATE,
    RESTRICTED_FROM,
    Action,
    Actor,
    Role,
    may,
    require,
)


def actor(*roles: Role, site_admin: bool = False) -> Actor:
    return Actor(account_id=1, name="a", is_site_admin=site_admin, roles={7: frozenset(roles)})


def test_every_action_is_granted_to_somebody() -> None:
    assert set(GRANTS) == set(Action)
    assert all(GRANTS.values())


def test_a_site_admin_sees_no_case_content() -> None:
    admin = actor(Role.CERTIFIED, site_admin=True)
    for action in NEEDS_CERTIFICATE | {Action.REVIEW_LIST, Action.LINE_OWN} - {Action.LINE_OWN}:
        assert not may(admin, action, 7), action


def test_case_actions_need_a_certificate_today() -> None:
    for role in (Role.MODERATOR, Role.LEAD):
        assert not may(actor(role), Action.CASE_CLAIM, 7)
        assert may(actor(role, Role.CERTIFIED), Action.CASE_CLAIM, 7)


def test_a_certificate_alone_opens_nothing() -> None:
    assert not may(actor(Role.MEMBER, Role.CERTIFIED), Action.CASE_LIST, 7)


def test_roles_hold_in_their_own_community_only() -> None:
    assert not may(actor(Role.LEAD, Role.CERTIFIED), Action.CASE_LIST, 8)
    assert not may(actor(Role.COMMUNITY_ADMIN), Action.ROLE_GRANT, None)


def test_a_restricted_member_can_always_ask_for_help() -> None:
    held_back = actor(Role.MEMBER, Role.RESTRICTED)
    assert not may(held_back, Action.POST_CREATE, 7)
    for action in (Action.SOMEONE_ASK, Action.WORRY_CREATE, Action.LINE_OWN, Action.BOARD_READ):
        assert may(held_back, action, 7), action
        assert action not in RESTRICTED_FROM


@pytest.mark.parametrize(("who", "error"), [(GUEST, SignInFirst), (actor(), Forbidden)])
def test_a_refusal_says_whether_to_sign_in(who: Actor, error: type[Exception]) -> None:
    with pytest.raises(error):
        require(who, Action.POST_CREATE, 7)
