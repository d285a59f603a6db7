"""The benchmark of the tool's own cost: what it reads, draws and concludes; no timing is judged."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cost, finished_runs, stand_in
from benchmarks.deciding import Deciding, decide, decide_apart
from benchmarks.growth import Point, calls_share, stand_in_points, wall_split
from bot.run_folder import RunFolder

PHASES = {"import": 2.0, "build": 1.0, "first_call": 1.0, "timed": 5.0, "waiting": 1.0}


def point(*, cpu_seconds: float = 0.1, framework: str = "tensorflow 2.15.1") -> Point:
    return Point(
        framework=framework,
        versions=1,
        cases=2,
        blocks=2,
        seconds=10.0,
        cpu_seconds=cpu_seconds,
        phases=PHASES,
    )


def deciding(**changes: Any) -> Deciding:
    values: dict[str, Any] = {
        "cells": 10_000,
        "verdicts": {},
        "blocks": 12,
        "samples": 1,
        "journal_bytes": 1,
        "replay_seconds": 1.0,
        "conclude_seconds": 1.0,
        "wall_seconds": 2.0,
        "cpu_seconds": 2.0,
        "peak_rss_bytes": 100,
    }
    return Deciding(**{**values, **changes})


def verdicts(found: cost.Findings) -> list[bool]:
    return [target.is_met for target in cost.targets(found)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (cost.Findings(points=[point(cpu_seconds=0.2)]), [True]),
        (cost.Findings(points=[point(cpu_seconds=0.21)]), [False]),
        (cost.Findings(points=[point(), point(cpu_seconds=0.5)]), [False]),
        (cost.Findings(points=[point(cpu_seconds=0.5, framework="standinflow"), point()]), [True]),
        (cost.Findings(points=[point(cpu_seconds=0.5, framework="standinflow")]), [False]),
        (cost.Findings(large=deciding(wall_seconds=9.9)), [True]),
        (cost.Findings(large=deciding(wall_seconds=10.0)), [False]),
        (cost.Findings(large=deciding(cells=52)), []),
        (cost.Findings(memory={1: deciding(), 16: deciding(peak_rss_bytes=104)}), [True]),
        (cost.Findings(memory={1: deciding(), 16: deciding(peak_rss_bytes=106)}), [False]),
        (cost.Findings(), []),
    ],
)
def test_a_target_is_met_or_missed_by_what_was_measured(
    found: cost.Findings, expected: list[bool]
) -> None:
    assert verdicts(found) == expected


def test_shares_are_of_the_whole_wall_time() -> None:
    assert calls_share(PHASES) == pytest.approx(0.6)
    assert calls_share({}) == 0.0
    assert point().cpu_share == pytest.approx(0.01)
    assert point().seconds_per_block == 5.0


def written(folder: Path, *, rounds: int = 12, blocks: int | None = None) -> RunFolder:
    plan = finished_runs.plan(versions=2, cases=2)
    run = finished_runs.folder_of(folder)
    finished_runs.write(run, plan, rounds=rounds, seed=1, blocks=blocks)
    return run


def test_a_finished_run_is_read_and_every_cell_decided(tmp_path: Path) -> None:
    found = decide(written(tmp_path))
    assert found.cells == finished_runs.cells(finished_runs.plan(versions=2, cases=2)) == 28
    assert sum(found.verdicts.values()) == found.cells
    assert not found.verdicts.keys() & {"INCONCLUSIVE", "NOT_MEASURED"}


def test_the_one_case_in_ten_that_is_slower_is_found(tmp_path: Path) -> None:
    plan = finished_runs.plan(versions=1, cases=9)  # the ninth case meets its only candidate
    run = finished_runs.folder_of(tmp_path)
    finished_runs.write(run, plan, rounds=12, seed=1)
    assert decide(run).verdicts["REGRESSION"] == 2  # its step and its throughput


def test_the_large_run_has_ten_thousand_cells() -> None:
    size = cost.Size()
    plan = finished_runs.plan(versions=size.versions_of_large, cases=size.cases_of_large)
    assert finished_runs.cells(plan) == plan.rule.cells == cost.CELLS


def test_runs_of_just_some_blocks_differ_in_their_rounds_alone() -> None:
    plan = finished_runs.plan(versions=2, cases=2)
    few, many = (
        list(finished_runs.records(plan, rounds=rounds, seed=1, blocks=4)) for rounds in (10, 40)
    )
    assert len(few) == len(many) == 4 * (1 + 2)
    assert {record.block for record in few} == {0, 1, 2, 3}


def test_the_wall_split_adds_up_to_the_seconds_of_the_journal(tmp_path: Path) -> None:
    run = written(tmp_path, blocks=2)
    plan = run.read_plan()
    seconds = sum(
        record.seconds for record in finished_runs.records(plan, rounds=12, seed=1, blocks=2)
    )
    phases = wall_split(run.samples)
    assert sum(phases.values()) == pytest.approx(seconds)
    assert phases["import"] == 2 * 8.0
    assert phases["timed"] == 2 * 2 * 2.0


def test_memory_is_that_of_a_fresh_process(tmp_path: Path) -> None:
    run = written(tmp_path, blocks=2)
    ballast = b"x" * (200 * 2**20)  # in this process, whose child it is
    found = decide_apart(run)
    assert 0 < found.peak_rss_bytes < len(ballast)
    assert found.cells == 28


def test_a_point_is_a_real_run_of_the_planned_blocks(tmp_path: Path) -> None:
    (found,) = stand_in_points(tmp_path, [(1, 1)])
    assert (found.framework, found.versions, found.cases) == (stand_in.FRAMEWORK, 1, 1)
    assert found.blocks == 3
    assert found.phases["timed"] >= 3 * 3 * 10 * stand_in.STEP_SECONDS
    assert 0 < found.cpu_seconds < found.seconds


def test_everything_found_can_be_printed_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    found = cost.Findings(
        splits={"a run": PHASES, "an empty run": {}},
        points=[point()],
        large=deciding(),
        memory={1: deciding(), 16: deciding()},
    )
    cost.show(found)
    printed = capsys.readouterr().out
    assert "20.0%" in printed
    assert "16 x rounds" in printed
    assert json.loads(json.dumps(asdict(found)))["points"][0]["cases"] == 2
