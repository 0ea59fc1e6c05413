"""What may come in about an account, and the words for what may not."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from forum.accounts.names import BadName, check_name, tidy
from forum.accounts.weak_passwords import MAX_LENGTH, why_weak
from forum.countries import NAMES
from forum.errors import Invalid
from forum.web.forms import Sent

MAX_TYPED_NAME = 200  # cut before any work is done on it; the real limit is in names.py
MAX_EMAIL = 254  # RFC 5321
MAX_ABOUT = 500
MAX_FORM_ID = 40
OLDEST = 125  # nobody has lived longer than 122 years
AREAS = (
    "Africa/",
    "America/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)

Options = list[tuple[str, str]]


class TooYoung(Exception):
    """The person is younger than this site may take. Nothing of the form may be kept."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Somebody to be. form_id: one filling-in of the form makes one account."""

    name: str
    password: str
    email: str | None = None
    country: str | None = None
    timezone: str | None = None
    form_id: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person may change about themselves."""

    about: str
    email: str | None
    country: str | None
    timezone: str | None
    is_discreet: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """A person coming back with the code they kept."""

    name: str
    code: str
    password: str


def read_sign_up(sent: Sent, minimum_age: int) -> NewAccount:
    """The account somebody asks for. Raises TooYoung, or Invalid with every mistake at once."""
    age = sent.number("age")
    is_age = age is not None and 1 <= age <= OLDEST
    if age is not None and is_age and age < minimum_age:
        raise TooYoung
    errors: dict[str, str] = {}  # in the order of the form
    name, password = tidy(sent.get("name")[:MAX_TYPED_NAME]), sent.get("password")
    _note(errors, "name", _why_not_name(name))
    _note(errors, "password", why_weak(password, name))
    _note(errors, "age", None if is_age else "Please give your age in years, as a number.")
    email = _email(sent, errors)
    country, timezone = _choices(sent, errors)
    if not sent.has("terms"):
        errors["terms"] = "Please read the terms, and tick this if you agree."
    if not sent.has("sensitive"):
        errors["sensitive"] = "We may not keep what you write here unless you agree to this."
    if errors:
        raise Invalid(errors)
    form_id = sent.get("form_id")[:MAX_FORM_ID] or None
    return NewAccount(name, password, email, country, timezone, form_id)


def read_profile(sent: Sent) -> Profile:
    """What the person says of themselves. Raises Invalid."""
    errors: dict[str, str] = {}
    about = sent.get("about").strip()
    if len(about) > MAX_ABOUT:
        errors["about"] = f"Please keep this to {MAX_ABOUT} letters. It has {len(about)} now."
    email = _email(sent, errors)
    country, timezone = _choices(sent, errors)
    if errors:
        raise Invalid(errors)
    return Profile(about, email, country, timezone, sent.has("discreet"))


def read_recovery(sent: Sent) -> Recovery:
    """A name, the code and a new password. Raises Invalid."""
    name = tidy(sent.get("name")[:MAX_TYPED_NAME])
    return Recovery(name, sent.get("code")[:MAX_TYPED_NAME], read_new_password(sent, name))


def read_new_password(sent: Sent, name: str) -> str:
    """The new password of a person of that name. Raises Invalid."""
    weak = why_weak(sent.get("new_password"), name)
    if weak:
        raise Invalid({"new_password": weak})
    return sent.get("new_password")


def typed_password(sent: Sent) -> str:
    """A password to be checked, cut to where no stored one can be longer."""
    return sent.get("password")[: MAX_LENGTH + 1]


def kept(sent: Sent, *fields: str) -> dict[str, str]:
    """What the person wrote in these fields, to fill the form again. Never a password."""
    return {name: sent.get(name) for name in fields if sent.has(name)}


def countries() -> Options:
    """The countries to choose from, by name; those whose help lines we know."""
    known = sorted(NAMES.items(), key=lambda pair: pair[1])
    return [("", "I would rather not say, or another country"), *known]


@cache  # the list is read from hundreds of files
def timezones() -> Options:
    """The time zones to choose from."""
    zones = sorted(zone for zone in available_timezones() if zone.startswith(AREAS))
    return [("", "I would rather not say"), *((zone, zone.replace("_", " ")) for zone in zones)]


def _note(errors: dict[str, str], field: str, problem: str | None) -> None:
    if problem:
        errors[field] = problem


def _why_not_name(name: str) -> str | None:
    try:
        check_name(name)
    except BadName as error:
        return str(error)
    return None


def _email(sent: Sent, errors: dict[str, str]) -> str | None:
    email = sent.get("email").strip()
    before, at, host = email.rpartition("@")
    fine = before and at and "." in host.strip(".") and len(email) <= MAX_EMAIL
    if email and (not fine or any(sign.isspace() for sign in email)):
        errors["email"] = "This does not look like an e-mail address. You can leave it empty."
    return email or None


def _choices(sent: Sent, errors: dict[str, str]) -> tuple[str | None, str | None]:
    country, timezone = sent.get("country"), sent.get("timezone")
    if country and country not in NAMES:
        errors["country"] = "Please choose a country from the list."
    if timezone not in dict(timezones()):
        errors["timezone"] = "Please choose a time zone from the list."
    return country or None, timezone or None
