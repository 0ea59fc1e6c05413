"""Ids and secrets that leave the server: unguessable, short, safe in a URL."""

import hashlib
import hmac
import re
import secrets

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
# No letters that are mistaken for another when read aloud or copied by hand.
PLAIN_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_token() -> str:
    """A secret of 256 bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token, as 64 hex digits: a stolen table opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_form_id() -> str:
    """A name for one filling-in of a form; sent twice, it makes one thing."""
    return secrets.token_urlsafe(12)


def new_recovery_code() -> str:
    """A code of about 99 bits in five groups that can be written on paper."""
    groups = ("".join(secrets.choice(PLAIN_LETTERS) for _ in range(4)) for _ in range(5))
    return "-".join(groups)


def signed(key: bytes, *parts: str) -> str:
    """The keyed fingerprint of `parts`, as 64 hex digits."""
    return hmac.new(key, "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


def is_slug(text: str) -> bool:
    """Whether `text` may name a thing in a URL: a-z, 0-9 and inner hyphens, at most 48."""
    return SLUG.fullmatch(text) is not None


def slug_of(text: str) -> str:
    """A slug made from a title; empty when nothing of it can be used."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold())[:48].strip("-")
