"""What is no password: too short, somebody's own name, or among the first a guesser tries."""

import unicodedata
from itertools import pairwise

# NIST SP 800-63B (2017, section 5.1.1.2) asks for length, a list of common ones and no rules
# about kinds of characters; it gives 8 as the least, and 10 costs a guesser a thousand times more.
MIN_LENGTH = 10
MAX_LENGTH = 256  # a long passphrase; more would only make the server hash somebody's book

# Ten signs and more, folded as `_plain` does, from what leaks of passwords have in common:
# runs on a keyboard, "password" and its kin with a tail, and words about this very place.
COMMON = frozenset(
    """
    1234567890 0123456789 9876543210 0987654321 12345678910 123456789a
    a123456789 1q2w3e4r5t 1qaz2wsx3edc qazwsxedcrfv zaq12wsxcde3 qwertyuiop
    qwertyuiopasdfghjkl qwerty12345 qwerty123456 qwerty1234 asdfghjkl1
    asdfghjklö azertyuiop qwertzuiop 1234qwerasdf abcdefghij abcdefghijk
    abcdefghijklmnopqrstuvwxyz abc1234567 abcd123456 password12 password123
    password1234 password12345 password123456 passwordpassword passw0rd123
    p@ssword123 p@ssw0rd123 mypassword mypassword1 mypassword123
    thispassword newpassword newpassword1 changeme123 letmein123 letmein1234
    welcome123 welcome1234 iloveyou12 iloveyou123 iloveyou1234
    iloveyousomuch sunshine123 princess123 football123 baseball123
    superman123 whatever123 trustno1trustno1 internet123 computer123
    administrator correcthorsebatterystaple correctbatteryhorsestaple supportgroup
    handrail123 handrailhandrail recovery123 peersupport
    """.split()  # noqa: SIM905  # fifty lines of quotes would be harder to read
)


def why_weak(password: str, name: str) -> str | None:
    """What to tell the person about this password; None when it may be taken."""
    if len(password) < MIN_LENGTH:
        return f"Please use {MIN_LENGTH} letters or more. A few words in a row work well."
    if len(password) > MAX_LENGTH:
        return f"Please use {MAX_LENGTH} letters or fewer."
    plain, own = _plain(password), _plain(name) or "nobody"
    if own in plain and plain.replace(own, "").strip("0123456789!?.") == "":
        return "Your name is the first thing others would try. Please choose something else."
    if plain in COMMON or len(set(plain)) < 4 or _is_run(plain):
        return "Many people use this one, so it is tried first. Please choose something else."
    return None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign not in " .-_")


def _is_run(plain: str) -> bool:
    """Whether each sign follows the one before in the alphabet or among digits, up or down."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return steps in ({1}, {-1})
