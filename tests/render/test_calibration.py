"""What `tfperf calibrate` shows: a quiet machine, a noisy one, a false alarm, nothing at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from bot.core.calibration import Advice, Alarms, Calibration, CaseNoise, FalseAlarm
from bot.core.config import load
from bot.core.control_history import upper_bound
from bot.core.report import BiasReport, FailureReport
from bot.core.run_facts import RunFacts
from bot.render.calibration import WIDTH, calibration_lines

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "noise.md"


def alarms_of(cells: int, *flagged: FalseAlarm) -> Alarms:
    bound = upper_bound(len(flagged), cells)
    return Alarms(cells=cells, flagged=flagged, upper_bound=bound)


def noise_of(case: str, **changes: Any) -> CaseNoise:
    values: dict[str, Any] = {
        "blocks": 8,
        "rounds": 25,
        "of_processes": 0.0052,
        "of_rounds": 0.0213,
    }
    values |= {"rounds_wanted": 20, "threshold": 0.05, "detectable": 0.0431, "case": case}
    return CaseNoise.model_validate(values | changes)


QUIET = (
    noise_of("geometric_series[eager]"),
    noise_of("geometric_series[function]", of_processes=0.011, of_rounds=0.004, rounds=10),
    noise_of("mnist_mlp[predict_one]", blocks=5, detectable=0.0307),
)


def calibration_of(**changes: Any) -> Calibration:
    run = {
        "id": "20261120-1030",
        "started": "2026-11-20T10:30:00Z",
        "seconds": 372.0,
        "budget_seconds": 600.0,
        "blocks": 10,
        "command": "tfperf calibrate --seed 42",
        "seed": 42,
    }
    values = {
        "tool_version": "0.1.0",
        "package": "tensorflow",
        "release": "2.15.1",
        "python": "3.11",
        "installs": 4,
        "candidates": alarms_of(36),
        "control": alarms_of(18),
        "biases": (),
        "alpha": 0.01,
        "noise": QUIET,
        "most_blocks": 30,
        "advice": Advice(rounds=20, most_blocks=15, threshold=0.03),
        "failures": (),
        "exit_code": 0,
    }
    run |= changes.pop("run", {})
    return Calibration.model_validate(values | {"run": RunFacts.model_validate(run)} | changes)


FLAGGED = FalseAlarm(case="mnist_mlp[fit]", metric="step", version="2.15.1#2")
AWAY = "TensorFlow 2.15.1 has wheels for Python 3.9, 3.10, 3.11, not for 3.6 as asked"

SITUATIONS: dict[str, Calibration] = {
    "quiet": calibration_of(),
    "noisy": calibration_of(
        noise=(
            noise_of("attention", of_processes=0.062, of_rounds=0.18, rounds=80, detectable=None),
            noise_of("input_pipeline[" + "long_" * 20 + "]", detectable=0.184),
            noise_of("leaky", of_rounds=None, rounds_wanted=None, rounds=40),
            noise_of("rare", blocks=2, detectable=None),
        ),
        advice=Advice(rounds=80, most_blocks=None, threshold=None),
        run={"stopped_by": "budget", "seconds": 603.0},
    ),
    "alarm": calibration_of(
        candidates=alarms_of(36, FLAGGED),
        biases=(BiasReport(metric="peak_rss", shift=0.031, margin=0.062),),
        exit_code=1,
    ),
    "interrupted": calibration_of(
        noise=(noise_of("attention", blocks=2, detectable=None),),
        advice=Advice(rounds=None, most_blocks=None, threshold=None),
        run={"stopped_by": "interrupted", "blocks": 2},
        exit_code=130,
    ),
    "unmeasured": calibration_of(
        installs=0,
        candidates=alarms_of(0),
        control=alarms_of(0),
        noise=(),
        failures=[
            FailureReport(case="*", environment=label, kind="unavailable", reason=AWAY)
            for label in ("2.15.1", "2.15.1", "2.15.1#2")
        ],
        run={"stopped_by": "nothing", "seconds": 0.0, "blocks": 0},
        exit_code=3,
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_text_is_the_golden_one(name: str, assert_golden: Callable[[str, str], None]) -> None:
    lines = calibration_lines(SITUATIONS[name])
    assert_golden(f"calibration_{name}.txt", "".join(f"{line}\n" for line in lines))


def test_the_documentation_shows_a_real_text() -> None:
    assert (GOLDEN / "calibration_quiet.txt").read_text() in DOCUMENTATION.read_text()


@pytest.mark.parametrize("name", SITUATIONS)
def test_no_line_is_wider_than_the_terminal(name: str) -> None:
    assert max(map(cell_len, calibration_lines(SITUATIONS[name]))) <= WIDTH


def test_names_cannot_paint_the_terminal() -> None:
    hostile = "\x1b[31mred\nline"
    calibration = calibration_of(
        noise=(noise_of(hostile),),
        candidates=alarms_of(1, FalseAlarm(case=hostile, metric="step", version=hostile)),
        failures=[FailureReport(case=hostile, environment=hostile, kind=hostile, reason=hostile)],
    )
    text = "\n".join(calibration_lines(calibration))
    assert "\x1b" not in text
    assert text.count("red line") == 7


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_setting_that_is_named_is_one_that_the_configuration_takes(name: str) -> None:
    prefix = "tfperf.yml: "
    settings = [
        line.partition(prefix)[2]
        for line in calibration_lines(SITUATIONS[name])
        if prefix in line and "nothing" not in line
    ]
    assert len(settings) == (2 if name in {"quiet", "alarm"} else 0)
    config = load("\n".join(settings), source="tfperf.yml", environ={}, overrides={})
    if settings:
        assert (config.most_blocks, config.threshold) == (15, {"step": 0.03})
