"""A cell from its first block to its verdict."""

from random import Random

import pytest

from bot.core.evidence import Trial
from bot.core.verdict import Cell, Direction, Limits

LIMITS = Limits(threshold=0.05, alpha=0.01, cells=20)


def fed(shift: float, *, noise: float, blocks: int, seed: int = 1) -> Cell:
    random = Random(seed)
    cell = Cell(LIMITS)
    for _ in range(blocks):
        baselines = tuple(random.gauss(0, noise) for _ in range(2))
        cell.add(Trial(candidate=shift + random.gauss(0, noise), baselines=baselines))
    return cell


@pytest.mark.parametrize(
    ("shift", "noise", "decision"),
    [
        (0.0, 0.01, "equivalent"),
        (0.10, 0.01, "slower"),
        (-0.10, 0.01, "faster"),
        (0.9, 0.05, "slower"),
        (0.0, 0.5, None),
    ],
)
def test_thirty_blocks_decide_what_the_noise_allows(
    shift: float, noise: float, decision: Direction | None
) -> None:
    assert fed(shift, noise=noise, blocks=30).decision == decision


@pytest.mark.parametrize("blocks", [1, 2])
def test_two_blocks_decide_nothing(blocks: int) -> None:
    assert fed(0.0, noise=0.0, blocks=blocks).decision is None


def test_a_decision_stands_whatever_comes_later() -> None:
    cell = fed(0.2, noise=0.01, blocks=15)
    for _ in range(30):
        cell.add(Trial(candidate=-0.5, baselines=(0.0, 0.0)))
    assert cell.decision == "slower"


def test_the_estimate_is_a_ratio_inside_its_interval() -> None:
    estimate = fed(0.10, noise=0.01, blocks=20).estimate()
    assert estimate.value == pytest.approx(1.105, abs=0.01)
    assert estimate.low < estimate.value < estimate.high


def test_a_noisy_cell_says_how_many_more_blocks() -> None:
    assert (fed(0.02, noise=0.06, blocks=12).blocks_to_go() or 0) >= 1


def test_an_unbounded_interval_promises_nothing() -> None:
    assert fed(0.0, noise=0.01, blocks=2).blocks_to_go() is None


def test_a_small_real_change_is_within_the_threshold() -> None:
    cell = fed(0.02, noise=0.001, blocks=30)
    assert cell.decision == "equivalent"
    assert cell.is_within_threshold


def test_a_candidate_that_is_slow_in_some_processes_is_unstable_not_equivalent() -> None:
    random = Random(2)
    cell = Cell(LIMITS)
    for number in range(20):
        slow = 0.2 if number % 4 == 3 else 0.0
        scores = [random.gauss(0, 0.003) for _ in range(3)]
        cell.add(Trial(candidate=scores[0] + slow, baselines=(scores[1], scores[2])))
    assert cell.decision == "equivalent"
    assert cell.slow_share == pytest.approx(5 / 20)
    assert cell.is_unstable
    assert not cell.is_settled


def test_a_baseline_that_is_as_unsteady_is_no_reproach_to_the_candidate() -> None:
    random = Random(2)
    cell = Cell(LIMITS)
    for _ in range(20):
        scores = [random.choice((0.0, 0.0, 0.2)) + random.gauss(0, 0.003) for _ in range(3)]
        cell.add(Trial(candidate=scores[0], baselines=(scores[1], scores[2])))
    assert cell.slow_share is None


def test_decided_cells_leave_their_share_of_alpha_to_the_others() -> None:
    cell = fed(0.10, noise=0.01, blocks=8)
    assert cell.decision is None
    assert not cell.accept(rejected=0)
    assert cell.accept(rejected=LIMITS.cells - 1)
    assert cell.decision == "slower"


@pytest.mark.parametrize(
    ("shift", "noise", "blocks", "given_up"),
    [
        (0.0, 0.5, 19, False),  # too early to say
        (0.0, 0.5, 22, True),
        (0.0, 0.04, 22, False),
        (0.9, 0.3, 22, False),  # wide, but a change shows already
    ],
)
def test_a_cell_is_too_noisy_when_the_blocks_left_could_hardly_decide(
    shift: float, noise: float, blocks: int, given_up: bool
) -> None:
    assert fed(shift, noise=noise, blocks=blocks).is_too_noisy(most_blocks=30) == given_up


def test_a_decided_cell_is_never_too_noisy() -> None:
    assert not fed(0.9, noise=0.01, blocks=20).is_too_noisy(most_blocks=30)


@pytest.mark.parametrize(("margin", "stands"), [(0.0, True), (0.05, True), (0.10, False)])
def test_an_alarm_stands_against_a_margin_that_it_exceeds(margin: float, stands: bool) -> None:
    assert fed(0.10, noise=0.005, blocks=25).survives(margin) == stands


def test_on_the_scale_of_differences_nothing_is_a_logarithm() -> None:
    cell = Cell(Limits(threshold=0.125, alpha=0.01, cells=20, scale="difference"))
    random = Random(1)
    for _ in range(20):
        scores = [random.gauss(0, 0.01) for _ in range(3)]
        cell.add(Trial(candidate=scores[0] + 0.5, baselines=(scores[1], scores[2])))
    assert cell.decision == "slower"
    assert cell.estimate().value == pytest.approx(0.5, abs=0.02)
    assert cell.estimate().low > 0.4
