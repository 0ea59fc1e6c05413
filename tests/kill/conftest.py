"""Kill tests run by the machine's clock, as the servers they kill do."""

import pytest

from forum.clock import Clock, SystemClock


@pytest.fixture
def clock() -> Clock:
    """The machine's own clock."""
    return SystemClock()
