"""Browsers for the tests of accounts."""

from collections.abc import AsyncIterator, Callable

import pytest
from starlette.applications import Starlette

from tests.accounts.visitors import Visitor


@pytest.fixture
async def visit(app: Starlette) -> AsyncIterator[Callable[..., Visitor]]:
    """Makes browsers, each with its own cookies; `address=` is where it is."""
    made: list[Visitor] = []

    def new(**kwargs: str) -> Visitor:
        made.append(Visitor(app, **kwargs))
        return made[-1]

    yield new
    for visitor in made:
        await visitor.client.aclose()
