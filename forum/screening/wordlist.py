"""Word lists that stay readable in code."""


def word_set(words: str) -> frozenset[str]:
    """The words of a text, parted by blanks, as a set."""
    return frozenset(words.split())
