"""What a run could have found, seen from the noise of its control."""

import math
from random import Random

import numpy as np
import pytest

from bot.core import detectable
from bot.core.detectable import MOST_MISSED, RESOLUTION, RUNS, detectable_shift, is_detectable
from bot.core.evidence import Trial
from bot.core.verdict import Cell, Limits

LIMITS = Limits(threshold=0.05, alpha=0.01, cells=39)


def control(noise: float, *, blocks: int = 12, seed: int = 3) -> list[float]:
    """Log ratios of two installs whose processes vary by `noise` each."""
    random = Random(seed)
    return [random.gauss(0, noise) - random.gauss(0, noise) for _ in range(blocks)]


def found_one_by_one(differences: list[float], shift: float, most_blocks: int) -> int:
    """Count the runs that find a shift, by the cells of a real run."""
    noise = detectable._resample(differences, blocks=most_blocks, seed=1)
    found = 0
    for run in range(RUNS):
        cell = Cell(LIMITS)
        for candidate, *baselines in noise[:, :, run]:
            cell.add(Trial(candidate=candidate + shift, baselines=tuple(baselines)))
            if cell.decision:
                break
        found += cell.decision == "slower"
    return found


@pytest.mark.parametrize("noise", [0.005, 0.04])
def test_it_is_the_smallest_shift_that_95_percent_of_real_runs_find(noise: float) -> None:
    differences = control(noise)
    shift = detectable_shift(differences, LIMITS, most_blocks=20)
    assert shift
    assert found_one_by_one(differences, shift, 20) >= RUNS - MOST_MISSED
    assert found_one_by_one(differences, shift - 2 * RESOLUTION, 20) < RUNS - MOST_MISSED


def test_a_shift_is_detectable_from_the_smallest_on() -> None:
    differences = control(0.02)
    shift = detectable_shift(differences, LIMITS, most_blocks=20)
    assert shift
    sizes = (shift - 2 * RESOLUTION, shift, 2 * shift)
    found = [is_detectable(differences, size, LIMITS, most_blocks=20) for size in sizes]
    assert found == [False, True, True]


def test_more_noise_hides_more() -> None:
    shifts = [
        detectable_shift(control(noise), LIMITS, most_blocks=30) or math.inf
        for noise in (0.03, 0.06, 0.12)
    ]
    assert shifts == sorted(shifts)
    assert shifts[0] < shifts[-1]


def test_more_blocks_find_smaller_shifts() -> None:
    shifts = [detectable_shift(control(0.05), LIMITS, most_blocks=most) for most in (12, 20, 40)]
    assert all(shifts)
    assert shifts == sorted(shifts, key=lambda shift: -(shift or 0))


def test_without_noise_what_is_below_the_threshold_is_called_equivalent() -> None:
    shift = detectable_shift([0.0] * 6, LIMITS, most_blocks=30)
    assert shift == pytest.approx(LIMITS.shift, abs=2 * RESOLUTION)


@pytest.mark.parametrize(
    ("differences", "most_blocks"),
    [
        pytest.param(control(0.01, blocks=4), 30, id="fewer than five blocks of noise"),
        pytest.param(control(0.01), 5, id="a cap too low for any alarm"),
        pytest.param(control(0.8), 12, id="noise that hides a factor of two"),
    ],
)
def test_none_when_nothing_would_be_found(differences: list[float], most_blocks: int) -> None:
    assert detectable_shift(differences, LIMITS, most_blocks=most_blocks) is None


def test_the_same_control_gives_the_same_answer() -> None:
    first, again = (detectable_shift(control(0.02), LIMITS, most_blocks=20) for _ in range(2))
    assert first == again is not None


def test_residuals_vary_as_single_processes_do() -> None:
    differences = control(0.02, blocks=200)
    noise = detectable._resample(differences, blocks=30, seed=1)
    assert noise.shape == (30, 3, RUNS)
    assert float(noise.std()) == pytest.approx(0.02, rel=0.1)
    assert abs(float(np.mean(noise))) < 0.001
