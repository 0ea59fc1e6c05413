"""Addresses to go on to after a form: pages of this site only."""

from urllib.parse import urlsplit

HOME = "/"
MAX_PATH = 500


def local_path(wanted: str) -> str:
    """The address if it is surely a page of this site, else the first page.

    A link to our sign-in page must never lead on to somebody else's: browsers read `//host`,
    `/\\host` and addresses with tabs or line ends in them as other sites.
    Proved by tests/accounts/test_paths.py.
    """
    if not wanted.startswith("/") or len(wanted) > MAX_PATH or not wanted.isprintable():
        return HOME
    if wanted.startswith("//") or "\\" in wanted or " " in wanted:
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else wanted
