"""The doctor on what is optional: named, and no cause for alarm."""

import pytest

from forum.admin import doctor
from forum.screening.hostility import weights
from forum.screening.hostility.weights import State
from forum.services import Services


async def test_the_doctor_tells_each_state(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what the operator began and left half done wants care."""
    cares = {State.NO_WEIGHTS, State.CHANGED}
    for state in State:
        monkeypatch.setattr(weights, "state", lambda _data_dir, state=state: state)
        findings = [one async for one in doctor.examine(services, schema_is_current=True)]
        (found,) = [one for one in findings if "detoxify" in one.what]
        assert found.what.endswith(state)
        assert found.advice == weights.ADVICE[state]
        assert (found.state is doctor.State.CARE) == (state in cares)
