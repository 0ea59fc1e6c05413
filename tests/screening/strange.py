"""Texts that nobody writes and a program may meet all the same."""

STRANGE = {
    "empty": "",
    "one emoji": "😀",
    "lone surrogates": "\ud800\udfff" * 500,
    "NULs": "\x00" * 5_000,
    "combining marks": "a" + "\u0301" * 5_000,
    "base64": "aGVsbG8gd29ybGQ" * 6_000,
    "right-to-left overrides": "\u202e" * 20_000 + "eid ot tnaw i",
    "one long word": "i" * 100_000,
    "one sentence": "i want to " * 10_000,
    "letters apart": "k i l l " * 12_000,
    "stars": "k*l* " * 10_000,
    "quotation marks": '"a ' * 30_000,
    "commas": "i," * 40_000,
    "lines": "i\n" * 40_000,
    "digits": "1-" * 40_000,
    "at signs": "a@" * 40_000,
    "gaps that never close": "goodbye all thanks for everything pills and " * 2_000,
}
