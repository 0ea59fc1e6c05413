"""The forum that a journey goes through."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from forum.screening.rulebook import RuleBook
from tests.journeys.house import House, open_house


@pytest.fixture
async def house(
    tmp_path: Path, sqlite_template: Path, rules: RuleBook, request: pytest.FixtureRequest
) -> AsyncIterator[House]:
    """A served harbour; ana is on duty, unless the test is marked otherwise by its parameter."""
    on_duty = getattr(request, "param", True)
    async with open_house(tmp_path, sqlite_template, rules, on_duty=on_duty) as made:
        yield made
