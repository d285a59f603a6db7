"""What a run of like versions teaches, from synthetic records through the real table and engine."""

import math
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from bot.core.calibration import CAPS, FEWEST_BLOCKS, THRESHOLDS, Calibration, are_alike, learn
from bot.core.conclusion import Findings, conclude
from bot.core.control_history import upper_bound
from bot.core.plan import Case, Environment, Plan, Rule
from bot.core.record import Record
from bot.core.report import Report
from bot.core.run_facts import EnvironmentReport, Machine, RunFacts
from bot.core.table import Table
from bot.errors import ExitCode
from tests.core.alike import ARMS, block

CASES = ("series[eager]", "mlp[fit]")
ROLES = ("baseline", "control", "candidate", "candidate")
QUIET, WILD = 0.004, 1.0


def environment(identity: str, role: str, **changes: Any) -> Environment:
    values = {"id": identity, "label": identity, "role": role, "package": "tensorflow"}
    return Environment.model_validate(values | {"release": "2.15.1", "python": "3.11"} | changes)


ALIKE = tuple(map(environment, ARMS, ROLES))


def plan_of(noise: Mapping[str, float], **rule: Any) -> Plan:
    cases = tuple(Case(name=name, workload=name, case="", file=f"/{name}.py") for name in noise)
    return Plan.model_validate(
        {
            "created": "2026-01-01T00:00:00+00:00",
            "command": "tfperf calibrate 2.15.1",
            "seed": 1,
            "environments": ALIKE,
            "cases": cases,
            "rule": Rule(**{"cells": 2 * len(cases), "most_blocks": 30} | rule),
            "metrics": ("step",),
            "dependencies": "release-date",
            "device": "cpu",
            "isolation": "fork",
            "threads": 1,
            "budget_seconds": 600.0,
            "timeout_seconds": 60.0,
        }
    )


def records_of(
    noise: Mapping[str, float], *, blocks: int, slower: Mapping[str, float] | None = None
) -> list[Record]:
    """Blocks of all cases; `slower` arms are so in the first case alone."""
    random = Random(6)
    return [
        block(
            random,
            process=process,
            round_=0.002,
            number=number,
            case=case,
            slower=slower if case == next(iter(noise)) else None,
        )
        for number in range(blocks)
        for case, process in noise.items()
    ]


def report_of(plan: Plan, records: list[Record], **run: Any) -> Report:
    table = Table(plan, unavailable={})
    for record in records:
        table.add(record)
    facts = {"id": "a", "started": plan.created, "seconds": 1.0, "budget_seconds": 2.0}
    facts |= {"blocks": len(records), "command": plan.command, "seed": 1}
    findings = Findings(
        numerics=(),
        environments=tuple(
            EnvironmentReport(
                label=each.label,
                role=each.role,
                package=each.package,
                release=each.release,
                python=each.python,
            )
            for each in plan.environments
        ),
        machine=Machine(),
        run=RunFacts.model_validate(facts | run),
    )
    return conclude(table, findings)


def learnt(
    noise: Mapping[str, float],
    *,
    blocks: int = 12,
    slower: Mapping[str, float] | None = None,
    rule: Mapping[str, Any] | None = None,
    **run: Any,
) -> Calibration:
    records = records_of(noise, blocks=blocks, slower=slower)
    return learn(report_of(plan_of(noise, **rule or {}), records, **run), records)


def test_a_quiet_machine_has_no_false_alarm_and_says_how_sure_that_is() -> None:
    calibration = learnt(dict.fromkeys(CASES, QUIET))
    assert (calibration.candidates.cells, calibration.control.cells) == (4, 2)
    assert calibration.candidates.flagged == calibration.control.flagged == ()
    assert calibration.candidates.upper_bound == upper_bound(0, 4)
    assert calibration.exit_code == ExitCode.NOTHING_TO_ACT_ON


@pytest.mark.parametrize(
    ("arm", "candidates", "control"),
    [
        ("cand-b", [("series[eager]", "step", "cand-b")], []),
        ("base-b", [], [("series[eager]", "step", "base-b")]),
    ],
)
def test_an_alarm_is_named_and_exits_with_1(
    arm: str, candidates: list[tuple[str, ...]], control: list[tuple[str, ...]]
) -> None:
    calibration = learnt(dict.fromkeys(CASES, QUIET), blocks=20, slower={arm: 1.3})
    found = [
        [(alarm.case, alarm.metric, alarm.version) for alarm in alarms.flagged]
        for alarms in (calibration.candidates, calibration.control)
    ]
    assert found[1] == control
    assert found[0][: len(candidates)] == candidates
    assert calibration.candidates.upper_bound >= upper_bound(len(candidates), 4)
    assert calibration.exit_code == ExitCode.REGRESSION


def test_an_interrupted_run_is_not_judged_by_its_exit_code() -> None:
    calibration = learnt(
        dict.fromkeys(CASES, QUIET), slower={"cand-b": 1.3}, stopped_by="interrupted"
    )
    assert calibration.exit_code == ExitCode.INTERRUPTED


def test_nothing_measured_is_no_quiet_machine() -> None:
    calibration = learnt(dict.fromkeys(CASES, QUIET), blocks=0, stopped_by="nothing")
    assert calibration.candidates.cells == calibration.control.cells == 0
    assert calibration.noise == ()
    assert calibration.advice.rounds is calibration.advice.threshold is None
    assert calibration.exit_code == ExitCode.PARTLY_MEASURED


def test_each_case_has_its_own_noise() -> None:
    quiet, noisy = learnt({CASES[0]: 0.002, CASES[1]: 0.08}).noise
    assert quiet.of_processes == pytest.approx(0.002 * math.sqrt(2), rel=0.4)
    assert noisy.of_processes == pytest.approx(0.08 * math.sqrt(2), rel=0.4)
    assert quiet.detectable
    assert noisy.detectable
    assert quiet.detectable < 0.05 < noisy.detectable < 0.3


def test_a_quiet_machine_may_ask_for_more_with_fewer_blocks_than_a_noisy_one() -> None:
    quiet, noisy = (learnt(dict.fromkeys(CASES, noise)).advice for noise in (0.001, 0.03))
    assert quiet.threshold == THRESHOLDS[0]
    assert quiet.most_blocks == CAPS[0]
    assert noisy.threshold
    assert noisy.most_blocks
    assert noisy.threshold > quiet.threshold
    assert noisy.most_blocks > quiet.most_blocks


def test_a_machine_on_which_nothing_can_be_found_gets_no_setting() -> None:
    calibration = learnt(dict.fromkeys(CASES, WILD))
    assert {case.detectable for case in calibration.noise} == {None}
    assert calibration.advice.most_blocks is None
    assert calibration.advice.threshold is None


@pytest.mark.parametrize(("wild", "has_threshold"), [(1, True), (2, False)])
def test_one_wild_case_of_ten_does_not_choose_for_all(wild: int, *, has_threshold: bool) -> None:
    noise = {f"case{n}": WILD if n < wild else QUIET for n in range(10)}
    advice = learnt(noise, blocks=6).advice
    assert (advice.threshold is not None) == has_threshold


def test_the_cap_is_for_the_threshold_of_the_run() -> None:
    noise = dict.fromkeys(CASES, 0.05)
    strict, lax = (
        learnt(noise, rule={"thresholds": {"step": threshold}}).advice.most_blocks
        for threshold in (0.05, 0.30)
    )
    assert lax == CAPS[0]
    assert strict is None or strict > lax


def test_too_few_blocks_give_figures_and_no_advice() -> None:
    calibration = learnt(dict.fromkeys(CASES, QUIET), blocks=FEWEST_BLOCKS - 1)
    assert [case.blocks for case in calibration.noise] == [FEWEST_BLOCKS - 1] * 2
    assert not any(case.is_known for case in calibration.noise)
    assert {case.detectable for case in calibration.noise} == {None}
    assert calibration.advice.model_dump() == dict.fromkeys(calibration.advice.model_dump())


def test_a_run_without_steps_has_alarms_and_no_noise() -> None:
    noise = dict.fromkeys(CASES, QUIET)
    records = records_of(noise, blocks=6)
    plan = plan_of(noise).model_copy(update={"metrics": ("peak_rss",)})
    calibration = learn(report_of(plan, records), records)
    assert calibration.candidates.cells == 4
    assert calibration.noise == ()


@pytest.mark.parametrize(
    ("changes", "is_alike"),
    [
        ({}, True),
        ({"label": "2.15.1#2", "unavailable": "no Python 3.11 here"}, True),
        ({"release": "2.16.2"}, False),
        ({"python": "3.10"}, False),
        ({"knobs": {"TF_ENABLE_ONEDNN_OPTS": "0"}}, False),
        ({"extra_requirements": ("keras==3.5.0",)}, False),
    ],
)
def test_alike_is_what_has_the_same_content(changes: dict[str, Any], *, is_alike: bool) -> None:
    plan = plan_of(dict.fromkeys(CASES, QUIET))
    other = environment("cand-b", "candidate", **changes)
    changed = plan.model_copy(update={"environments": (*plan.environments[:3], other)})
    assert are_alike(changed) == is_alike


def test_the_file_is_read_back_as_it_was_written() -> None:
    calibration = learnt(dict.fromkeys(CASES, QUIET), blocks=6)
    written = calibration.model_dump_json(by_alias=True)
    assert Calibration.model_validate_json(written) == calibration
