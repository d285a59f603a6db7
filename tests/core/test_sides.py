"""The second axis: every release at base and at head of a pull request, judged as two questions."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.core.bias import Bias, doubt_alarms, wants_block
from bot.core.conclusion import Findings, conclude
from bot.core.config import Config
from bot.core.metric import IMPORT_CASE
from bot.core.outcome import Failed, Imported, Outcome, Skipped
from bot.core.plan import Environment, Plan, ProjectLock, Ref, Subject
from bot.core.record import ImportBlock
from bot.core.report import CellReport, Report
from bot.core.resolution import resolve_environments
from bot.core.run_facts import Machine, RunFacts
from bot.core.schedule import next_block
from bot.core.sides import Sides, with_sides
from bot.core.table import Table
from bot.core.version_reports import version_reports
from bot.errors import BadConfiguration
from tests.core import runs

HERE = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")


def subject(ref: Ref, digest: str | None = None) -> Subject:
    digest = digest or ref * 4
    return Subject(name="my-model", ref=ref, commit=ref[0] * 40, wheel="/w.whl", digest=digest)


def lock(ref: Ref) -> ProjectLock:
    return ProjectLock(path=f"/{ref}.txt", digest=ref * 4, source="uv.lock", commit=ref[0] * 40)


SUBJECTS = Sides(base=subject("base"), head=subject("head"))
LOCKS = Sides(locks=(lock("base"), lock("head")))


def resolve(*versions: Any, sides: Sides | None = SUBJECTS, **keys: Any) -> list[Environment]:
    baseline, *others = versions
    config = Config.model_validate({"baseline": baseline, "versions": others, **keys})
    return [*resolve_environments(config, HERE, subjects=sides)]


def resolve_project(sides: Sides | None = SUBJECTS, **keys: Any) -> tuple[Environment, ...]:
    """Make the baseline and its control, and nothing to compare them with but the project."""
    alone = resolve("2.15.1", "2.21.0", sides=None, **keys)[:2]
    return with_sides(alone, sides) if sides else tuple(alone)


# who is there


def test_every_release_is_there_at_both_sides_and_the_baseline_twice() -> None:
    arms = resolve("2.15.1", "2.16.2", "2.21.0")
    names = {arm.id: arm.label for arm in arms}
    assert [
        (arm.label, arm.role, arm.ref, names.get(arm.against or "")) for arm in arms
    ] == [
        ("2.15.1", "baseline", "base", None),
        ("2.15.1'", "control", "base", None),
        ("2.15.1 + PR", "candidate", "head", None),
        ("2.16.2", "candidate", "base", None),
        ("2.16.2 + PR", "candidate", "head", "2.16.2"),
        ("2.21.0", "candidate", "base", None),
        ("2.21.0 + PR", "candidate", "head", "2.21.0"),
    ]  # fmt: skip
    assert [arm.subject == SUBJECTS.subject(arm.ref or "base") for arm in arms] == [True] * 7
    assert [arm.has_change for arm in arms] == [arm.ref == "head" for arm in arms]


def test_a_project_alone_is_a_pair_under_one_release() -> None:
    labels = [arm.label for arm in resolve_project()]
    assert labels == ["2.15.1", "2.15.1'", "2.15.1 + PR"]


def test_sides_that_bring_nothing_change_nothing() -> None:
    assert resolve_project(Sides()) == resolve_project(None)


def test_other_frameworks_and_their_columns_stay_as_they_are() -> None:
    alone, beside = (resolve("2.15.1", "torch", sides=sides) for sides in (None, SUBJECTS))
    assert beside[-1] == alone[-1]
    assert [arm.role for arm in beside] == ["baseline", "control", "candidate", "reference"]


def test_pins_of_the_base_are_the_baselines_and_those_of_the_head_the_candidates() -> None:
    arms = resolve("2.15.1", "2.21.0", "torch", sides=LOCKS, dependencies="project")
    assert [(arm.label, arm.ref, arm.project_lock and arm.project_lock.path) for arm in arms] == [
        ("2.15.1", "base", "/base.txt"),
        ("2.15.1'", "base", "/base.txt"),
        ("2.21.0", "head", "/head.txt"),
        (arms[-1].label, None, None),
    ]
    alone = resolve("2.15.1", "2.21.0", "torch", sides=None)
    assert [arm.not_newer_than for arm in arms] == [None, None, None, alone[-1].not_newer_than]
    assert not any(arm.has_change or arm.against or arm.subject for arm in arms)


def test_a_project_with_pins_has_those_of_its_own_side() -> None:
    sides = Sides(base=subject("base"), head=subject("head"), locks=LOCKS.locks)
    arms = resolve("2.15.1", "2.21.0", sides=sides, dependencies="project")
    assert [arm.project_lock and arm.project_lock.path for arm in arms] == [
        f"/{arm.ref}.txt" for arm in arms
    ]


@pytest.mark.parametrize(
    "sides",
    [
        Sides(base=subject("base", "other"), head=subject("head")),
        Sides(base=subject("base"), head=subject("head"), locks=LOCKS.locks),
        None,
    ],
)
def test_what_is_installed_otherwise_has_another_id(sides: Sides | None) -> None:
    (before, *_), (after, *_) = resolve_project(), resolve_project(sides)
    assert before.id.partition("-")[0] != after.id.partition("-")[0]


def test_sides_that_bring_the_very_same_are_environments_of_their_own() -> None:
    arms = resolve(
        "2.15.1", "2.16.2", sides=Sides(base=subject("base", "x"), head=subject("head", "x"))
    )
    assert len({arm.id for arm in arms}) == len(arms) == 5


def test_a_plan_with_one_id_twice_is_refused() -> None:
    twice = (*environments(), runs.environment("2.22.0", "candidate", R))
    with pytest.raises(
        ValidationError, match=r"several environments have the id next-a: 2\.21\.0, 2\.22\.0"
    ):
        runs.plan(environments=twice)


@given(
    versions=st.lists(st.sampled_from(["2.15.1", "2.16.2", "2.21.0"]), min_size=2, max_size=5),
    sides=st.sampled_from([SUBJECTS, LOCKS]),
)
@settings(max_examples=30, deadline=None)
def test_ids_and_labels_of_sides_are_unique_and_alike(versions: list[str], sides: Sides) -> None:
    arms = resolve(*versions, sides=sides)
    ids = [arm.id for arm in arms]
    assert len({*ids}) == len(ids)
    assert {len(identity) for identity in ids} == {12}
    changed = [arm.label for arm in arms if arm.has_change]
    assert len({*changed}) == len(changed)
    assert all(arm.against in ids for arm in arms if arm.against)


def test_what_is_never_changed_has_no_sides() -> None:
    alone = resolve("2.15.1", "2.21.0", sides=None)
    alone[2] = alone[2].model_copy(update={"existing": "/venv/bin/python"})
    with pytest.raises(BadConfiguration, match="nothing can be installed into it"):
        with_sides(alone, SUBJECTS)


# what is judged

B, C, P, R, Q = "base-a", "base-b", "base-pr", "next-a", "next-pr"
"""Baseline and control at base, their release at head, the next release at base and at head."""


def environments() -> tuple[Environment, ...]:
    old, new = {"ref": "base", "subject": subject("base")}, {"ref": "head"}
    new["subject"] = subject("head")  # type: ignore[assignment]
    return (
        runs.environment("2.15.1", "baseline", B, **old),
        runs.environment("2.15.1", "control", C, label="2.15.1'", **old),
        runs.environment("2.15.1", "candidate", P, label="2.15.1 + PR", **new),
        runs.environment("2.21.0", "candidate", R, **old),
        runs.environment("2.21.0", "candidate", Q, label="2.21.0 + PR", against=R, **new),
    )


def plan(**changes: Any) -> Plan:
    return runs.plan(environments=environments(), **changes)


def block(random: Random, number: int, *arms: str, **steps: float) -> Any:
    """Measure the arms; `steps` says whose step is how much longer (with _ for -)."""
    outcomes: dict[str, Outcome] = {
        arm: runs.scattered(random, 0.005, step=0.01 * steps.get(arm.replace("-", "_"), 1.0))
        for arm in arms
    }
    return runs.case_block(number, outcomes)


def filled(blocks: int, *arms: str, seed: int = 5, **steps: Any) -> Table:
    table, random = Table(plan(), unavailable={}), Random(seed)
    for number in range(blocks):
        table.add(block(random, number, *(arms or (B, C, P, R, Q)), **steps))
    return table


def concluded(table: Table) -> Report:
    facts = {"id": "1", "started": "", "seconds": 1.0, "budget_seconds": 60.0, "blocks": 1}
    run = RunFacts.model_validate({**facts, "command": "tfperf", "seed": 1})
    return conclude(table, Findings(numerics=(), environments=(), machine=Machine(), run=run))


def step(report: Report, candidate: str) -> CellReport:
    (cell,) = (c for c in report.cells if (c.metric, c.candidate) == ("step", candidate))
    return cell


@pytest.mark.parametrize(
    ("steps", "verdicts"),
    [
        ({}, ("EQUIVALENT", "EQUIVALENT", "EQUIVALENT")),
        ({"base_pr": 1.1, "next_pr": 1.1}, ("REGRESSION", "EQUIVALENT", "REGRESSION")),
        ({"next_pr": 1.1}, ("EQUIVALENT", "EQUIVALENT", "REGRESSION")),
        ({"base_pr": 1.1}, ("REGRESSION", "EQUIVALENT", "EQUIVALENT")),
        ({"next_a": 1.1, "next_pr": 1.1}, ("EQUIVALENT", "REGRESSION", "EQUIVALENT")),
        ({"next_a": 1.1}, ("EQUIVALENT", "REGRESSION", "IMPROVEMENT")),
    ],
)  # fmt: skip
def test_the_two_questions_are_judged_apart(
    steps: dict[str, Any], verdicts: tuple[str, ...]
) -> None:
    report = concluded(filled(30, **steps))
    cells = [step(report, label) for label in ("2.15.1 + PR", "2.21.0", "2.21.0 + PR")]
    assert tuple(cell.verdict for cell in cells) == verdicts
    assert [cell.against for cell in cells] == [None, None, "2.21.0"]
    assert report.subject is not None
    assert report.subject.pairs == {"2.15.1 + PR": "2.15.1", "2.21.0 + PR": "2.21.0"}
    assert (report.subject.base, report.subject.head) == ("b" * 40, "h" * 40)


@pytest.mark.parametrize("shift", [1.0, 1.08])
def test_one_opponent_is_enough_to_decide(shift: float) -> None:
    """Many runs with one baseline alone: what is alike is seldom flagged, what is not is found."""
    flagged = 0
    for seed in range(40):
        table = filled(30, R, Q, seed=seed, next_pr=shift)
        flagged += table.cells[runs.CASE, "step", Q].decision == "slower"
    assert flagged <= 1 if shift == 1.0 else flagged >= 39


def test_its_values_stand_next_to_those_of_the_same_release() -> None:
    report = concluded(filled(20, next_a=2.0, next_pr=2.4))
    cell = step(report, "2.21.0 + PR")
    assert cell.baseline_value == pytest.approx(0.02, rel=0.02)
    assert cell.candidate_value == pytest.approx(0.024, rel=0.02)
    assert cell.ratio == pytest.approx(1.2, rel=0.02)


@given(order=st.permutations(environments()))
@settings(max_examples=20, deadline=None)
def test_the_order_of_arms_does_not_matter(order: list[Environment]) -> None:
    tables = [Table(plan(), unavailable={})]
    tables.append(Table(runs.plan(environments=tuple(order)), unavailable={}))
    for number in range(6):
        record = block(Random(number), number, B, C, P, R, Q, next_pr=1.1)
        shuffled = {arm.id: record.outcomes[arm.id] for arm in order}
        tables[0].add(record)
        tables[1].add(runs.case_block(number, shuffled))
    seen = [
        {key: (cell.ln_slower, cell.ln_faster, cell.span()) for key, cell in table.cells.items()}
        for table in tables
    ]
    assert seen[0].keys() == seen[1].keys()
    for key, figures in seen[0].items():
        assert figures[0] == pytest.approx(seen[1][key][0])
        assert figures[2] == pytest.approx(seen[1][key][2])


def test_a_pair_needs_no_baseline_beside_it() -> None:
    report = concluded(filled(25, R, Q, next_pr=1.1))
    assert step(report, "2.21.0 + PR").verdict == "REGRESSION"
    assert step(report, "2.21.0").verdict == "NOT_MEASURED"


def test_versions_are_summed_up_in_pairs() -> None:
    report = concluded(filled(30, next_a=1.2, next_pr=1.2 * 1.1))
    words = [(each.candidate, each.word) for each in report.versions]
    assert words == [("2.15.1 + PR", "undecided"), ("2.21.0", "slower"), ("2.21.0 + PR", "slower")]
    ratios = [each.typical_ratio for each in report.versions]
    assert ratios == pytest.approx([1.0, 1.2, 1.1], rel=0.02)


def test_installs_of_the_baseline_say_nothing_of_a_release_compared_with_itself() -> None:
    """A doubt about the baseline takes no alarm back that it was never part of."""
    biased = filled(25, next_a=1.06, next_pr=1.06 * 1.06)
    assert biased.cells[runs.CASE, "step", Q].decision == "slower"
    assert biased.cells[runs.CASE, "step", R].decision == "slower"
    found = (Bias(metric="step", shift=0.05),)
    wanted = {arm: wants_block(biased, (runs.CASE, "step", arm), found) for arm in (R, Q)}
    words = {each.candidate: each.word for each in version_reports(biased, found)}
    doubt_alarms(biased, found)
    assert biased.cells[runs.CASE, "step", R].is_doubted
    assert not biased.cells[runs.CASE, "step", Q].is_doubted
    assert not wanted[Q]
    assert (words["2.21.0"], words["2.21.0 + PR"]) == ("undecided", "slower")


def test_counters_are_compared_with_the_other_side() -> None:
    table = Table(plan(), unavailable={})
    counted = {B: 1000, C: 1000, P: 1000, R: 2000, Q: 2001}
    for number in range(3):
        imports = {arm: runs.imported(modules=modules) for arm, modules in counted.items()}
        table.add(ImportBlock(block=number, outcomes=imports))
    rows = {each.candidate: each for each in concluded(table).counters}
    assert {name: row.comparison for name, row in rows.items()} == {
        "2.15.1 + PR": "SAME",
        "2.21.0": "MORE",
        "2.21.0 + PR": "MORE",
    }
    assert rows["2.21.0 + PR"].baseline_value == 2000


# what cannot be measured

FINE = runs.measured()
BROKEN = Failed(kind="exception", reason="no layer is called 'dense_1'")
SKIP = Skipped(reason="needs a newer Keras")
ENDINGS: dict[str, tuple[dict[str, Outcome], set[tuple[str, str]], tuple[str, str]]] = {
    # what the others say than that they are fine; rows of failures; why the pair has no verdict
    "at head only": (
        {Q: BROKEN},
        {("2.21.0 + PR", "exception")},
        ("with this pull request it failed, and not without it", "partly-measured"),
    ),
    "at both sides": (
        {R: BROKEN, Q: BROKEN},
        {("2.21.0", "exception")},
        ("without this pull request it failed, too", "partly-measured"),
    ),
    "at base only": (
        {R: BROKEN},
        {("2.21.0", "exception")},
        ("without this pull request it failed:", "partly-measured"),
    ),
    "skipped at both": (
        {R: SKIP, Q: SKIP},
        {("2.21.0", "skipped")},
        ("without this pull request it could not take part, too", "clean"),
    ),
    "skipped at head only": (
        {Q: SKIP},
        {("2.21.0 + PR", "exception")},
        ("with this pull request it could not take part, and not", "partly-measured"),
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_a_failure_is_told_once_and_of_whom_it_is(name: str) -> None:
    others, rows, (reason, overall) = ENDINGS[name]
    table, random = Table(plan(), unavailable={}), Random(3)
    for number in range(30):
        imports: dict[str, Imported | Failed] = {
            arm: runs.imported(random.lognormvariate(0, 0.005)) for arm in (B, C, P, R, Q)
        }
        table.add(ImportBlock(block=number, outcomes=imports))
    for number in range(2):
        table.add(runs.case_block(number, dict.fromkeys((B, C, P, R, Q), FINE) | others))
    report = concluded(table)
    assert {(each.environment, each.kind) for each in report.failures} == rows
    cell = step(report, "2.21.0 + PR")
    assert cell.verdict == "NOT_MEASURED"
    assert cell.reason.startswith(reason)
    assert step(report, "2.15.1 + PR").verdict == "INCONCLUSIVE"
    assert report.overall == overall


@pytest.mark.parametrize(
    ("unavailable", "rows"),
    [
        ({R: "no wheel", Q: "no wheel"}, {("2.21.0", "no wheel")}),
        (
            {Q: "its dependencies cannot be met"},
            {
                (
                    "2.21.0 + PR",
                    "with this pull request, and not without it: its dependencies cannot be met",
                )
            },
        ),
    ],
)
def test_what_cannot_be_installed_is_told_once(
    unavailable: dict[str, str], rows: set[tuple[str, str]]
) -> None:
    report = concluded(Table(plan(), unavailable=unavailable))
    assert {(each.environment, each.reason) for each in report.failures} == rows


# who gets the next block


def tasks(table: Table) -> set[str]:
    following = next_block(table, 40, Random(1))
    return {arm.id for task in following.tasks for arm in task.arms} if following else set()


def test_a_block_has_all_that_its_arms_are_compared_with() -> None:
    assert tasks(Table(plan(), unavailable={})) == {B, C, P, R, Q}


def test_where_a_pair_alone_is_open_the_baseline_costs_no_time() -> None:
    table = Table(plan(), unavailable={})
    for (case, _, arm), cell in table.cells.items():
        if arm != Q or case == IMPORT_CASE:
            cell.decision = "equivalent"
    assert tasks(table) == {R, Q}


def test_a_pair_goes_on_where_the_baseline_cannot_run_the_case() -> None:
    table = Table(plan(), unavailable={})
    for number in range(2):
        table.add(runs.case_block(number, {B: BROKEN}))
    assert tasks(table) == {R, Q}


@pytest.mark.parametrize("failing", [R, Q])
def test_what_has_lost_its_other_side_is_measured_no_more(failing: str) -> None:
    table = Table(plan(), unavailable={})
    for number in range(2):
        table.add(runs.case_block(number, {B: FINE, C: FINE, P: FINE, failing: BROKEN}))
    assert tasks(table) == ({B, C, P} if failing == R else {B, C, P, R})


def test_results_alone_are_computed_at_both_sides() -> None:
    table = Table(plan(cases=(runs.case(metrics=()),)), unavailable={})
    assert tasks(table) == {B, C, P, R, Q}
