"""The calibration: figures that repeat, the tools' rules, and our own, which is the real one."""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median, stdev

import numpy as np
import pytest
from scipy import stats

from benchmarks import calibration, model_check, our_rule, peer_rules
from benchmarks.calibration import Asked, jobs, simulate
from benchmarks.noise import CALL_SECONDS, PROFILES, Array, Machine
from benchmarks.our_rule import PLAN, rounds_in_time, rounds_wanted
from benchmarks.peer_rules import PEER_RULES, PeerRule, Signs
from benchmarks.tally import CELLS, Tally, upper_bound
from bot.core.rounds import LEAST_ROUNDS, MOST_ROUNDS, wants_more
from bot.engine.turns import ROUNDS_SECONDS

RULES = {rule.name: rule for rule in PEER_RULES}


def seeded(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def machine(name: str = "contended", rows: int = 400, seed: int = 1) -> Machine:
    return Machine(PROFILES[name], rows, seeded(seed))


# The figures


def test_the_same_seed_gives_the_same_figures_whatever_the_number_of_workers() -> None:
    asked = [Asked(rule=rule, machine="quiet", effect=0.05) for rule in ("tfperf", *RULES)]
    todo = list(jobs(asked, tables=2, seed=3))
    assert simulate(todo, workers=1) == simulate(todo, workers=2)
    assert simulate(todo) != simulate(list(jobs(asked, tables=2, seed=4)))


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        (Asked(rule="tfperf", machine="noisy", effect=0.0), [10, 10, 5]),
        (Asked(rule="tfperf", machine="contended", effect=0.05), [10, 10, 5]),
        (Asked(rule="tfperf", machine="noisy", effect=0.05), [6]),
        (Asked(rule="tfperf", machine="quiet", effect=0.02), [6]),
    ],
    ids=str,
)
def test_what_must_be_shown_gets_all_tables_and_the_rest_a_quarter(
    asked: Asked, parts: list[int]
) -> None:
    assert [job.tables for job in jobs([asked], tables=25, seed=1)] == parts


def test_two_parts_add_up_to_the_whole() -> None:
    one = Tally(tables=1, tables_with_alarm=1, slower=3, slower_squared=9)
    both = one + Tally(tables=1, slower=1, slower_squared=1)
    assert (both.tables, both.alarm_rate, both.power) == (2, 0.5, 4 / (2 * CELLS))
    assert both.power_error == pytest.approx(1.96 * np.std([3, 1]) / np.sqrt(2) / CELLS)


@pytest.mark.parametrize(("count", "of", "bound"), [(0, 300, 0.0099), (0, 400, 0.0075), (4, 4, 1)])
def test_the_bound_of_a_rate_is_exact(count: int, of: int, bound: float) -> None:
    assert upper_bound(count, of) == pytest.approx(bound, abs=5e-5)


def test_the_command_prints_everything_and_writes_it_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calibration.main(["--tables", "1", "--json", str(tmp_path / "found.json")])
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert len(found["figures"]) == len(calibration.ALL_ASKED)
    assert len(found["targets"]) == 8
    printed = capsys.readouterr().out
    assert all(name in printed for name in (*RULES, *PROFILES, "must show"))


# The noise


def test_the_quiet_and_the_contended_machine_are_like_the_real_ones() -> None:
    for each in model_check.spreads(seed=1, blocks=1000):
        assert 0.75 * each.real_rms[0] < each.rms < 1.25 * each.real_rms[1], each
        assert 0.75 * each.real_robust[0] < each.robust < 1.3 * each.real_robust[1], each


def test_what_all_arms_share_in_a_round_cancels_between_them() -> None:
    calm = machine()
    turns = calm.turns(calm.every, rest=1.0, moments=20, seconds=0.1, arms=2)
    apart = np.std(np.median(turns[..., 0] - turns[..., 1], axis=1))
    assert apart < 0.2 * np.std(np.median(turns[..., 0], axis=1))


def test_a_state_lasts_and_is_forgotten() -> None:
    def kept(rest: float) -> float:
        one = machine("quiet", rows=4000)
        first = one.turns(one.every, rest=0.0, moments=20, seconds=1e-6, arms=1)
        later = one.turns(one.every, rest=rest, moments=20, seconds=1e-6, arms=1)
        medians = np.median(first[..., 0], axis=1), np.median(later[..., 0], axis=1)
        return float(np.corrcoef(*medians)[0, 1])

    assert kept(0.01) > 0.95
    assert kept(1e5) < 0.1


def test_rows_that_rest_keep_their_state() -> None:
    whole = machine(rows=3)
    before = whole._drift.copy()
    whole.turns(np.array([1]), rest=60.0, moments=2, seconds=1.0, arms=1)
    assert (whole._drift == before).tolist() == [True, False, True]


# Our rule


def rounds_one_by_one(times: Array, present: list[bool]) -> int:
    """Go round as the engine does, asking the real rule before each round."""
    arms = [arm for arm, is_here in zip(times, present, strict=True) if is_here]
    done = 0
    while wants_more([arm[:done].tolist() for arm in arms]):
        done += 1
    return done


@pytest.mark.parametrize("name", PROFILES)
def test_all_blocks_at_once_take_as_many_rounds_as_the_real_rule_gives_each(name: str) -> None:
    one = machine(name, rows=40)
    times = our_rule.co_resident_times(one, one.every, 0.05)
    times *= seeded(2).choice([0.2, 0.5, 1.0], (len(times), 1, 1))
    present = seeded(3).random((len(times), our_rule.ARMS)) < 0.6
    present[:, : our_rule.BASELINES] = True
    expected = [rounds_one_by_one(*row) for row in zip(times, present.tolist(), strict=True)]
    assert rounds_wanted(times, present).tolist() == expected
    assert min(expected) < MOST_ROUNDS


@pytest.mark.parametrize(
    ("seconds_per_call", "present", "rounds"),
    [
        (ROUNDS_SECONDS / 50.5 / 5, 5, 51),
        (ROUNDS_SECONDS / 50.5 / 5, 3, MOST_ROUNDS),
        (ROUNDS_SECONDS / 20.5 / 5, 4, 26),
        (ROUNDS_SECONDS, 5, LEAST_ROUNDS),
    ],
)
def test_no_round_begins_after_its_time(seconds_per_call: float, present: int, rounds: int) -> None:
    times = np.full((1, 5, MOST_ROUNDS), np.log(seconds_per_call / CALL_SECONDS))
    is_here = np.arange(5)[None, :] < present
    assert rounds_in_time(times, is_here).tolist() == [rounds]


def test_a_candidate_that_is_decided_takes_no_more_blocks() -> None:
    tally = our_rule.simulate(PROFILES["quiet"], 0.5, 1, seeded())
    assert tally.slower == CELLS
    assert tally.tables_with_alarm == 1
    floor = 9  # blocks: ln(2 * 39 / 0.01) / ln 3, rounded up
    assert floor * CELLS <= tally.blocks < 1.2 * floor * CELLS
    assert tally.processes == tally.blocks + our_rule.BASELINES * tally.case_blocks


def test_like_versions_are_shown_equal_long_before_the_last_block() -> None:
    tally = our_rule.simulate(PROFILES["quiet"], 0.0, 2, seeded())
    assert tally.tables_with_alarm == 0
    assert tally.equivalent > 0.9 * tally.cells
    assert tally.blocks < 0.3 * PLAN.rule.most_blocks * tally.cells
    assert tally.equivalent + tally.undecided == tally.cells


# The rules of the peers


def processes(rule: PeerRule, seed: int, effect: float) -> tuple[Array, Array]:
    """Invent 30 comparisons, skewed like real times."""
    shape = (30, rule.processes, rule.values)
    random = seeded(seed)
    return random.gamma(50, 1 / 50, shape), (1 + effect) * random.gamma(50, 1 / 50, shape)


def direction(before: float, after: float, *, is_different: bool) -> int:
    return int(is_different) * (1 if after > before else -1)


def single_run(a: Array, b: Array) -> int:
    ratio = fmean(b) / fmean(a)
    return int(ratio > 1.1) - int(ratio < 1 / 1.1)


def asv(a: Array, b: Array) -> int:
    p = stats.mannwhitneyu(a, b, method="exact").pvalue
    ratio = median(b) / median(a)
    return (int(ratio > 1.1) - int(ratio < 1 / 1.1)) * int(p < 0.002)


def pyperf(a: Array, b: Array) -> int:
    pooled = ((len(a) - 1) * stdev(a) ** 2 + (len(b) - 1) * stdev(b) ** 2) / (len(a) + len(b) - 2)
    t = (fmean(a) - fmean(b)) / np.sqrt(pooled * 2 / len(a))
    return direction(fmean(a), fmean(b), is_different=abs(t) >= 1.984)


def minimum(a: Array, b: Array) -> int:
    return int(min(b) / min(a) > 1.05) - int(min(a) / min(b) > 1.05)


def google(a: Array, b: Array) -> int:
    p = stats.mannwhitneyu(a, b, alternative="two-sided").pvalue
    return direction(median(a), median(b), is_different=p < 0.05)


def pytest_benchmark(a: Array, b: Array) -> int:
    return int(fmean(b) / fmean(a) > 1.05)


def hyperfine(a: Array, b: Array) -> int:
    p = stats.ttest_ind(a, b, equal_var=False).pvalue
    return direction(fmean(a), fmean(b), is_different=p < 0.05)


def retried(a: Array, b: Array) -> int:
    for pairs in range(5, 21):
        p = stats.ttest_rel(b[:pairs], a[:pairs]).pvalue
        if p < 0.05:
            return direction(fmean(a[:pairs]), fmean(b[:pairs]), is_different=True)
    return 0


ONE_BY_ONE: dict[Callable[[Array, Array], Signs], Callable[[Array, Array], int]] = {
    peer_rules.single_run: single_run,
    peer_rules.asv: asv,
    peer_rules.pyperf: pyperf,
    peer_rules.minimum: minimum,
    peer_rules.google_benchmark: google,
    peer_rules.pytest_benchmark: pytest_benchmark,
    peer_rules.hyperfine: hyperfine,
    peer_rules.paired_t_retried: retried,
}


@pytest.mark.parametrize("rule", PEER_RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("effect", [-0.1, 0.0, 0.06, 0.2])
def test_a_rule_says_of_many_comparisons_what_the_tool_says_of_each(
    rule: PeerRule, effect: float
) -> None:
    before, after = processes(rule, 5, effect)
    expected = [
        ONE_BY_ONE[rule.decide](a.ravel(), b.ravel()) for a, b in zip(before, after, strict=True)
    ]
    assert rule.decide(before, after).tolist() == expected


@pytest.mark.parametrize("rule", PEER_RULES, ids=lambda rule: rule.name)
def test_every_rule_sees_a_doubling_and_only_pytest_benchmark_no_halving(rule: PeerRule) -> None:
    before, after = processes(rule, 6, 1.0)
    assert set(rule.decide(before, after).tolist()) == {1}
    halved = 0 if rule.decide is peer_rules.pytest_benchmark else -1
    assert set(rule.decide(after, before).tolist()) == {halved}


@pytest.mark.parametrize(("samples", "said"), [(6, 0), (7, 1)])
def test_asv_is_blind_with_six_samples_a_side(samples: int, said: int) -> None:
    """Six can pass its first step, one-sided (1 in 924), and never its second, two-sided."""
    before = np.linspace(1.0, 1.1, samples).reshape(1, 1, samples)
    assert peer_rules.asv(before, 10 * before).tolist() == [said]


def test_asv_with_five_samples_a_side_is_another_rule() -> None:
    before = np.linspace(1.0, 1.1, 5).reshape(1, 1, 5)
    with pytest.raises(NotImplementedError, match="5 samples"):
        peer_rules.asv(before, 10 * before)


@pytest.mark.parametrize(("low", "said"), [([99.5], 1), ([99.5, 108.5], 0)])
def test_asv_wants_ten_samples_a_side_all_but_apart(low: list[float], said: int) -> None:
    """U = 10 has p = 0.0015, U = 11 has p = 0.0021."""
    before = np.arange(100.0, 110.0)
    after = np.array(low + [150.0] * (10 - len(low))) + np.arange(10) / 100
    assert peer_rules.asv(before[None, None], after[None, None]).tolist() == [said]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_measures_what_the_tool_measures(name: str) -> None:
    rule, rows = RULES[name], 26
    seconds = peer_rules.measure(rule, machine("quiet", rows), effect=1.0)
    assert seconds.shape == (rows, 4, rule.processes, rule.values)
    assert np.median(seconds[:, 1:]) == pytest.approx(2 * np.median(seconds[:, 0]), rel=0.1)


def test_serial_rules_measure_version_after_version_and_interleaved_ones_in_turns() -> None:
    def shared(*, is_interleaved: bool) -> float:
        rule = PeerRule(
            name="medians",
            processes=20,
            values=20,
            calls=1,
            is_interleaved=is_interleaved,
            decide=peer_rules.minimum,
        )
        seconds = peer_rules.measure(rule, machine(rows=400), effect=0.0)
        fastest = np.log(seconds.reshape(400, 4, -1).min(axis=2))
        return float(np.std(fastest[:, 0] - fastest[:, 3]))

    assert shared(is_interleaved=True) < 0.8 * shared(is_interleaved=False)


def test_tables_are_counted_once_and_cells_each() -> None:
    rule = RULES["single run, ratio > 1.10"]
    tally = peer_rules.simulate(rule, PROFILES["quiet"], 1.0, 3, seeded())
    assert (tally.tables, tally.tables_with_alarm, tally.slower) == (3, 3, 3 * CELLS)
    assert tally.slower_squared == 3 * CELLS**2
    assert tally.processes / tally.cells == pytest.approx(4 / 3)
