"""The addresses of accounts."""

from starlette.routing import BaseRoute

from forum.accounts import entrance, leaving, own, own_data
from forum.permissions import Action
from forum.services import NavItem
from forum.web.guard import route

BOTH = ("GET", "POST")
OWN = Action.ACCOUNT_OWN

ROUTES: list[BaseRoute] = [
    route("/sign-up", entrance.sign_up, needs=None, methods=BOTH),
    route("/sign-in", entrance.sign_in, needs=None, methods=BOTH),
    route("/sign-out", entrance.sign_out, needs=None, methods=("POST",)),
    route("/recover", entrance.recover, needs=None, methods=BOTH),
    route("/terms", entrance.terms, needs=None),
    route("/unlock", leaving.unlock, needs=None, methods=BOTH),
    # A page that is going away sends it, perhaps without a form on it. The worst that a forged
    # one could do is to ask the person for the password again.
    route("/leave", leaving.leave, needs=None, methods=("POST",), tokenless=True),
    route("/settings", own.settings, needs=OWN, methods=BOTH),
    route("/settings/password", own.password, needs=OWN, methods=BOTH),
    route("/settings/recovery-code", own.recovery_code, needs=OWN, methods=BOTH),
    route("/settings/recovery-code/saved", entrance.code_saved, needs=OWN, methods=("POST",)),
    route("/settings/sessions", own.session_list, needs=OWN),
    route("/settings/sessions/end", own.end_other_sessions, needs=OWN, methods=("POST",)),
    route("/settings/sessions/{session_id:int}/end", own.end_session, needs=OWN, methods=("POST",)),
    route("/settings/export", own_data.export, needs=OWN),
    route("/settings/export.json", own_data.export_json, needs=OWN),
    route("/settings/erase", own_data.erase, needs=OWN, methods=BOTH),
    route("/erased", own_data.erased, needs=None),
]
NAV: NavItem | None = None
