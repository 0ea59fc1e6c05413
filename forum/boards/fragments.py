"""Posts drawn once and kept in memory, since most pages show posts that were drawn before."""

from functools import lru_cache

from markupsafe import Markup

from forum.boards.thread import ShownPost
from forum.web.pages import environment

# Posts of 100 full pages as two kinds of reader see them; about 20 MB at 5 kB each.
FRAGMENTS_KEPT = 4_000


@lru_cache(maxsize=FRAGMENTS_KEPT)
def fragment(post: ShownPost) -> Markup:
    """One post as HTML.

    The key is everything that is drawn, so an edit, a mask, a new badge or another kind of
    reader is another fragment: none of them needs to be told to the cache.
    """
    template = environment().get_template("boards/_post.html")
    drawn: Markup = template.module.post(post)  # type: ignore[attr-defined]  # a macro's name
    return drawn
