"""The known work: a share of it can be added exactly, or not at all."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.injected import EXTRAS, KNOB, STEPS, WORKLOADS


@pytest.fixture(scope="module")
def steps() -> ModuleType:
    """The module that all tools run; it imports TensorFlow only to build a step."""
    path = Path(WORKLOADS / "_steps.py")
    spec = importlib.util.spec_from_file_location("_steps", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_steps_are_those_that_are_asked_for(steps: ModuleType) -> None:
    assert tuple(steps.STEPS) == STEPS


def test_five_percent_more_of_the_work_is_exactly_that(
    steps: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    bases = (steps.MLP_STEPS, steps.CONV_PASSES, steps.EAGER_TERMS)
    assert tuple(map(steps.amount, bases)) == bases
    for extra in EXTRAS:
        monkeypatch.setenv(KNOB, str(extra))
        for base in bases:
            assert steps.amount(base) / base == pytest.approx(1 + extra, abs=1e-12)


def test_a_fraction_of_the_work_is_refused(
    steps: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KNOB, "0.01")
    with pytest.raises(ValueError, match="not a whole number"):
        steps.amount(40)
