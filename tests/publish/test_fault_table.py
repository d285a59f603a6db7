"""Every line of the fault table: no second comment, no lost report, no open check, in time."""

import time
from typing import Any

import pytest

from tests.publish.fault_table import ALWAYS, DEADLINE, LASTING, PASSING, PLACES, suffer


@pytest.mark.timeout(60)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_leaves_one_comment_and_one_check(fault: dict[str, Any], place: str) -> None:
    outcome = suffer(fault, place, times=1)
    assert (outcome.exit_code, outcome.comments) == (0, 1), outcome
    assert set(outcome.checks) == {"success"}
    assert len(outcome.checks) == 1


@pytest.mark.timeout(60)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", LASTING)
def test_what_does_not_pass_is_said_in_time(name: str, place: str) -> None:
    started = time.monotonic()
    outcome = suffer(LASTING[name], place, times=ALWAYS)
    assert time.monotonic() - started < DEADLINE + 5
    is_permission_for_checks = place == "check" and name == "403, no permission"
    assert outcome.exit_code == (0 if is_permission_for_checks else 4), outcome
    assert bool(outcome.said) != is_permission_for_checks
    assert outcome.comments == (1 if place in {"edit", "check"} else 0), outcome
    assert outcome.kept == (0 if place in {"artifact", "look"} else 1), "the report is there"
    if place == "check":
        assert outcome.checks == ()
    else:
        assert {*outcome.checks} <= {"success", "neutral"}, "no check stays open"
        assert outcome.checks
