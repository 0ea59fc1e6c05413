"""What the demo tells a newcomer on the screen: where it is, who to be, what to try."""

from collections.abc import Iterator

from forum.demo.founding import PASSWORD, SITE_ADMIN_NAME
from forum.settings import Settings

BAR = 30

# Name, what they are, and what there is to see as them.
ROLES = (
    ("kit", "member", "writes on boards and in rooms"),
    ("Marco P", "member", "asked for someone and is being answered"),
    ("Idris", "peer supporter", "certified, on duty, answers in public"),
    ("Ana", "moderator, on duty", "her desk has cases waiting"),
    ("Joss", "moderator, off duty", "looks after two communities"),
    ("Maud", "lead", "is told when nobody answers; signs certificates"),
    ("Petra L", "community admin", "boards, rooms, roles and invitations"),
    (SITE_ADMIN_NAME, "site admin", "runs the site and can read no case"),
)
THINGS_TO_TRY = (
    "Two browsers: Ana's desk in one; as kit, write a hard sentence in the evening room.",
    "Be nobody: Get help now works signed out, on every page. Leave this page is beside it.",
    "In another terminal: handrail drill harbour-lights (with the line below in front of it).",
)


def progress_line(done: int, total: int, what: str) -> str:
    """One line that is printed over and over while the demo is filled."""
    filled = BAR * done // max(total, 1)
    return f"\r  [{'#' * filled}{'.' * (BAR - filled)}] {done:4} of {total}  {what:14}"


def welcome(url: str, environment: str) -> Iterator[str]:
    """The lines that are printed when the demo is ready.

    environment: the settings, as a shell takes them, with which another command finds this demo.
    """
    yield f"The demo is at {url} (stop with Ctrl-C). Everybody in it is invented."
    yield ""
    yield f"Sign in as any of these. The password of everybody is: {PASSWORD}"
    yield ""
    for name, office, sight in ROLES:
        yield f"  {name:8} {office:20} {sight}"
    yield ""
    yield "Three things to try:"
    for number, thing in enumerate(THINGS_TO_TRY, start=1):
        yield f"  {number}. {thing}"
    yield f"     {environment}"
    yield ""


def environment(settings: Settings) -> str:
    """The settings with which another command finds this demo, as a shell takes them."""
    return f"HANDRAIL_DATA_DIR={settings.data_dir} HANDRAIL_PUBLIC_URL={settings.public_url}"
