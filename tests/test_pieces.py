"""A run in pieces: planned once, carried out in parts, merged, and its alarms measured again."""

import json
import shutil
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import pipeline
from bot.cli_pieces import COMMANDS, as_one_run
from bot.core.config import load
from bot.core.confirmation import identity
from bot.core.plan import BrokenWorkload, Plan, Rule
from bot.core.report import Report
from bot.environments.preparation import Prepared
from bot.errors import BadConfiguration, BadRunFolder, CannotWrite, ExitCode
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages import measuring
from bot.stages.confirming import plan_again, tell
from bot.stages.dividing import planned_part, rooted, with_copies
from bot.stages.house import House
from bot.stages.merging import merge
from bot.stages.preparing import describe
from tests.faults.stand_in import StandIn
from tests.faults.test_resume import StandInStopwatch

cli = click.Group(commands={command.name: command for command in COMMANDS if command.name})

ONE_CASE = "def build(): ...\n"
TWO = {"slower": ONE_CASE, "even": ONE_CASE}
SHARDS = 3


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(home=tmp_path / "home", environ={}, progress=Silent())


@pytest.fixture(autouse=True)
def _stand_ins(
    prepared: Callable[[Plan], dict[str, Prepared]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks take no time, and environments are there."""

    def prepare(plan: Plan, folder: RunFolder, house: House) -> dict[str, Prepared]:
        ready = prepared(plan)
        for each in plan.environments:
            folder.write(folder.environment(each), describe(ready[each.id]))
        return ready

    monkeypatch.setattr(pipeline, "prepare_environments", prepare)
    monkeypatch.setattr(measuring, "BlockRunner", StandIn)
    monkeypatch.setattr(measuring, "Stopwatch", StandInStopwatch)
    monkeypatch.setattr("tests.faults.stand_in.CHANCE_OF_FAILURE", 0.0)


@pytest.fixture
def planned(plan: Callable[..., Plan], tmp_path: Path) -> Plan:
    """Plan a run for three machines, with one case that is slower."""
    asked = plan(
        TWO, shards=SHARDS, rule=Rule(cells=20, most_blocks=36), metrics=("step", "import")
    )
    return rooted(asked)


@pytest.fixture
def carry_out(planned: Plan, tmp_path: Path, house: House) -> Callable[..., RunFolder]:
    """Carry out one part of the plan, as another machine would."""
    source = tmp_path / "plan.json"

    def part(number: int, *, plan: Plan = planned, name: str = "part") -> RunFolder:
        RunFolder(tmp_path).write(source, plan)
        folder = RunFolder(tmp_path / f"{name}-{number}")
        StandIn.seconds_used = 0.0
        pipeline.run_part(source, number=number, shards=plan.shards, folder=folder, house=house)
        return folder

    return part


def merged(
    parts: list[RunFolder], house: House, tmp_path: Path, name: str = "merged"
) -> tuple[Report, RunFolder]:
    folder = RunFolder(tmp_path / name)
    shutil.rmtree(folder.path, ignore_errors=True)
    return merge(parts, folder, house), folder


def verdicts(report: Report) -> dict[tuple[str, str], str]:
    return {(cell.case, cell.metric): cell.verdict for cell in report.cells}


EXPECTED = {
    ("import", "import"): "EQUIVALENT",
    ("slower[default]", "step"): "REGRESSION",
    ("even[default]", "step"): "EQUIVALENT",
}


def test_parts_together_say_what_one_machine_says(
    carry_out: Callable[..., RunFolder], planned: Plan, house: House, tmp_path: Path
) -> None:
    together, folder = merged([carry_out(n) for n in (1, 2, 3)], house, tmp_path)
    single = planned.model_copy(update={"shards": 1})
    alone, _ = merged([carry_out(1, plan=single, name="alone")], house, tmp_path, "alone")
    assert verdicts(together) == verdicts(alone) == EXPECTED
    assert together.exit_code == alone.exit_code == ExitCode.REGRESSION
    assert [shard.number for shard in together.shards] == [1, 2, 3]
    assert together.run.blocks == sum(shard.blocks for shard in together.shards)
    assert max(shard.blocks for shard in together.shards) < alone.run.blocks
    assert (together.run.seed, together.notes) == (planned.seed, ())
    assert "interleaved on each of 3 machines" in folder.comment.read_text()
    assert folder.read_report() == together
    assert folder.read_plan().merged == (1, 2, 3)


def without_run(report: Report) -> dict[str, Any]:
    return report.model_dump(exclude={"run": {"id"}, "control": {"history"}})


def test_the_order_of_the_folders_is_no_matter(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    parts = [carry_out(n) for n in (1, 2, 3)]
    reports = [
        without_run(merged(list(order), house, tmp_path)[0]) for order in permutations(parts)
    ]
    assert all(report == reports[0] for report in reports)


@pytest.mark.parametrize(
    ("numbers", "note"),
    [
        ([1], "machines 2, 3 of 3 delivered nothing"),
        ([3, 1], "machine 2 of 3 delivered nothing"),
        ([2, 3], "machine 1 of 3 delivered nothing"),
    ],
)
def test_what_machines_did_not_deliver_is_said(
    carry_out: Callable[..., RunFolder],
    house: House,
    tmp_path: Path,
    numbers: list[int],
    note: str,
) -> None:
    report, _ = merged([carry_out(n) for n in numbers], house, tmp_path)
    assert report.notes == (note,)
    assert len(report.shards) == len(numbers)


def test_a_folder_without_a_run_is_named(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    empty = RunFolder(tmp_path / "never-began")
    empty.path.mkdir()
    report, _ = merged([carry_out(1), empty, carry_out(3)], house, tmp_path)
    assert report.notes == ("machine 2 of 3 delivered nothing (never-began holds no run)",)


def test_a_part_that_was_killed_is_merged_as_far_as_it_came(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    parts = [carry_out(n) for n in (1, 2, 3)]
    lines = parts[1].samples.read_bytes().splitlines(keepends=True)
    parts[1].samples.write_bytes(lines[0] + b'{"record":"case","blo')
    began = parts[1].read_shard().model_copy(update={"stopped_by": "interrupted", "blocks": 0})
    parts[1].write(parts[1].shard, began)
    report, _ = merged(parts, house, tmp_path)
    assert report.notes == (
        "machine 2 was interrupted after 1 block",
        "the last 21 bytes of the journal of machine 2 were no whole record and are left out",
    )
    assert report.shards[1].blocks == 1
    assert report.run.stopped_by != "interrupted"
    assert parts[1].samples.read_bytes().endswith(b"blo")  # what was delivered stays as it is


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(data=st.data())
def test_any_prefix_of_a_part_merges(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path, data: st.DataObject
) -> None:
    parts = [RunFolder(tmp_path / f"part-{n}") for n in (1, 2, 3)]
    if not parts[0].plan.exists():
        for number in (1, 2, 3):
            carry_out(number)
        shutil.copy(parts[0].samples, tmp_path / "whole.jsonl")
    journal = (tmp_path / "whole.jsonl").read_bytes()
    parts[0].samples.write_bytes(journal[: data.draw(st.integers(0, len(journal)))])
    report, folder = merged(parts, house, tmp_path)
    assert set(verdicts(report)) == set(EXPECTED)
    wrong = {("slower[default]", "step"): {"EQUIVALENT"}, ("even[default]", "step"): {"REGRESSION"}}
    for place, verdict in verdicts(report).items():
        assert verdict not in wrong.get(place, set())
    numbers = [json.loads(line)["block"] for line in folder.samples.read_text().splitlines()]
    assert numbers == sorted(numbers)


def test_a_part_twice_is_an_error(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    parts = [carry_out(1), carry_out(1, name="again"), carry_out(2)]
    with pytest.raises(BadRunFolder, match="part 1 is there twice"):
        merged(parts, house, tmp_path)
    with pytest.raises(BadRunFolder, match="part 1 is there twice"):
        merged([parts[0], parts[0]], house, tmp_path)


def test_parts_of_different_plans_are_an_error(
    carry_out: Callable[..., RunFolder], planned: Plan, house: House, tmp_path: Path
) -> None:
    other = planned.model_copy(update={"seed": 99})
    with pytest.raises(BadRunFolder, match="parts of different plans"):
        merged([carry_out(1), carry_out(2, plan=other)], house, tmp_path)


def test_what_is_no_part_is_not_merged(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    _, folder = merged([carry_out(1)], house, tmp_path)
    with pytest.raises(BadRunFolder, match="not a part of a run"):
        merge([folder], RunFolder(tmp_path / "again"), house)
    with pytest.raises(BadRunFolder, match="no machine delivered a run"):
        merge([RunFolder(tmp_path / "nothing")], RunFolder(tmp_path / "again"), house)


def test_neither_a_part_nor_a_merged_run_is_resumed(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    part = carry_out(2)
    _, folder = merged([part], house, tmp_path)
    with pytest.raises(BadRunFolder, match="one part of a run") as caught:
        pipeline.resume(part, house)
    assert "--shard 2/3" in str(caught.value)
    with pytest.raises(BadRunFolder, match="merged from parts") as caught:
        pipeline.resume(folder, house)
    assert f"then: tfperf merge PART... --run-dir {folder.path}" in str(caught.value)


def test_parts_that_went_on_are_merged_again_into_the_same_folder(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "merged")
    first = merge([carry_out(1)], folder, house)
    stale = folder.path / "outputs" / "cand-a"
    stale.mkdir(parents=True, exist_ok=True)
    (stale / "of-the-first-merge.npz").touch()
    second = merge([RunFolder(tmp_path / "part-1"), carry_out(2)], folder, house)
    assert [shard.number for shard in first.shards] == [1]
    assert [shard.number for shard in second.shards] == [1, 2]
    assert folder.read_report() == second
    assert not (stale / "of-the-first-merge.npz").exists()


def test_a_merge_replaces_neither_another_run_nor_one_whose_alarms_were_measured_again(
    carry_out: Callable[..., RunFolder], planned: Plan, house: House, tmp_path: Path
) -> None:
    part, *others = [carry_out(n) for n in (1, 2, 3)]
    _, run = merged([part, *others], house, tmp_path)
    before = run.report.read_bytes()
    other = carry_out(1, plan=planned.model_copy(update={"seed": 99}), name="other")
    with pytest.raises(BadRunFolder, match="already holds a run"):
        merge([other], run, house)
    with pytest.raises(BadRunFolder, match="already holds a run") as caught:
        merge([other], part, house)
    assert "--shard 1/3" in str(caught.value)
    assert run.report.read_bytes() == before
    tell(run, again(run, house, tmp_path))
    with pytest.raises(BadRunFolder, match="measured again already"):
        merge([part], run, house)
    assert run.read_report().cells


@pytest.mark.parametrize("is_open", [True, False])
def test_a_machine_that_was_stopped_stops_the_whole_where_cells_are_open(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path, is_open: bool
) -> None:
    parts = [carry_out(n) for n in (1, 2, 3)]
    for part in parts if is_open else parts[:1]:
        if is_open:
            lines = part.samples.read_bytes().splitlines(keepends=True)
            part.samples.write_bytes(b"".join(lines[:4]))
        began = part.read_shard().model_copy(update={"stopped_by": "interrupted"})
        part.write(part.shard, began)
    report, folder = merged(parts, house, tmp_path)
    assert report.run.stopped_by == ("interrupted" if is_open else "decided")
    assert (report.exit_code == ExitCode.INTERRUPTED) is is_open
    if is_open:
        arguments = ["merge", *(str(part.path) for part in parts), "--run-dir", str(folder.path)]
        done = CliRunner().invoke(cli, arguments)
        assert done.exit_code == ExitCode.INTERRUPTED
        assert "finish it with: tfperf merge PART..." in done.stderr


def test_the_same_command_goes_on_with_a_part(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    part = carry_out(1)
    whole = part.samples.read_bytes()
    lines = whole.splitlines(keepends=True)
    part.samples.write_bytes(b"".join(lines[: len(lines) // 2]))
    carry_out(1)
    again = part.samples.read_bytes()
    assert [json.loads(line)["block"] for line in again.splitlines()][-1] == json.loads(lines[-1])[
        "block"
    ]


def test_a_part_never_goes_into_the_folder_of_another(
    carry_out: Callable[..., RunFolder], planned: Plan, house: House, tmp_path: Path
) -> None:
    part = carry_out(1)
    with pytest.raises(BadRunFolder, match="another run, or another part"):
        pipeline.run_part(tmp_path / "plan.json", number=2, shards=SHARDS, folder=part, house=house)


@pytest.mark.parametrize(("number", "shards"), [(1, 2), (4, 4), (1, 1)])
def test_a_part_that_the_plan_does_not_have_is_an_error(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path, number: int, shards: int
) -> None:
    carry_out(1)
    with pytest.raises(BadConfiguration, match=f"no part {number}/{shards}"):
        pipeline.run_part(
            tmp_path / "plan.json",
            number=number,
            shards=shards,
            folder=RunFolder(tmp_path / "other"),
            house=house,
        )


def test_a_plan_is_carried_out_where_its_files_lie_elsewhere(
    planned: Plan,
    carry_out: Callable[..., RunFolder],
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there, here = tmp_path / "mine", tmp_path / "checkout"
    shutil.move(there, here)
    asked = planned.model_copy(update={"roots": {**planned.roots, "start": str(there)}})
    monkeypatch.chdir(here)
    folder = carry_out(1, plan=asked)
    assert {Path(case.file).parent for case in folder.read_plan().cases} == {here}


def test_a_workload_that_is_another_one_here_is_refused(
    planned: Plan, carry_out: Callable[..., RunFolder], tmp_path: Path
) -> None:
    (tmp_path / "mine" / "even.py").write_text("def build(): pass\n")
    with pytest.raises(BadRunFolder, match="even is not the one that was planned"):
        carry_out(1)


def test_wheels_travel_with_the_plan_and_with_every_folder(
    planned: Plan, carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    wheel = tmp_path / "dist" / "tinyflow-2.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"a wheel")
    *baselines, candidate = planned.environments
    of_wheel = candidate.model_copy(update={"wheel": str(wheel)})
    asked = planned.model_copy(update={"environments": (*baselines, of_wheel)})
    asked = with_copies(asked, tmp_path / "plan.files")
    shutil.rmtree(wheel.parent)
    part = carry_out(1, plan=asked)
    shutil.rmtree(tmp_path / "plan.files")
    _, folder = merged([part], house, tmp_path)
    shutil.rmtree(part.path)
    (copy,) = (Path(e.wheel) for e in folder.read_plan().environments if e.wheel)
    assert folder.path in copy.parents
    assert copy.read_bytes() == b"a wheel"


def test_a_plan_whose_wheels_did_not_travel_is_refused(
    planned: Plan, carry_out: Callable[..., RunFolder], tmp_path: Path
) -> None:
    *baselines, candidate = planned.environments
    of_wheel = candidate.model_copy(update={"wheel": str(tmp_path / "gone.whl")})
    with pytest.raises(BadRunFolder, match="cannot be read"):
        carry_out(1, plan=planned.model_copy(update={"environments": (*baselines, of_wheel)}))


def again(run: RunFolder, house: House, tmp_path: Path, name: str = "confirmation") -> RunFolder:
    folder = RunFolder(tmp_path / name)
    StandIn.seconds_used = 0.0
    command = ["tfperf", "confirm", str(run.path)]
    assert pipeline.confirm(run, folder, house, command=command) is not None
    return folder


def test_a_slowdown_that_is_there_again_is_confirmed_and_both_results_are_shown(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    first, run = merged([carry_out(n) for n in (1, 2, 3)], house, tmp_path)
    confirmation = again(run, house, tmp_path)
    second = confirmation.read_plan()
    assert [(s.case, s.metric) for s in second.suspects or ()] == [("slower[default]", "step")]
    assert (second.rule.cells, second.confirms) == (1, identity(first))
    assert second.seed != first.run.seed
    assert [case.name for case in second.cases] == ["slower[default]"]
    assert verdicts(confirmation.read_report()) == {("slower[default]", "step"): "REGRESSION"}
    told = tell(run, confirmation)
    (alarm,) = (cell for cell in told.cells if cell.verdict == "REGRESSION")
    assert alarm.confirmation
    assert alarm.confirmation.word == "confirmed"
    assert alarm.confirmation.ratio == pytest.approx(1.3, rel=0.05)
    assert told.exit_code == ExitCode.REGRESSION
    assert "confirmed on a fresh machine: ×1." in run.comment.read_text()


def test_a_slowdown_that_is_gone_is_refuted_and_no_longer_counts(
    carry_out: Callable[..., RunFolder],
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, run = merged([carry_out(n) for n in (1, 2, 3)], house, tmp_path)
    assert first.overall == "regression"
    monkeypatch.setattr("tests.faults.stand_in.SPEEDS", {"slower": 1.0, "even": 1.0})
    told = tell(run, again(run, house, tmp_path))
    (alarm,) = (cell for cell in told.cells if cell.verdict == "REGRESSION")
    assert alarm.confirmation
    assert alarm.confirmation.word == "refuted"
    assert (told.overall, told.exit_code) == ("clean", ExitCode.NOTHING_TO_ACT_ON)
    assert "refuted on a fresh machine" in run.comment.read_text()
    assert run.read_report() == told


def test_an_alarm_that_nobody_measured_again_counts_and_says_so(
    planned: Plan, carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    rule = planned.rule.model_copy(update={"confirm": True})
    asked = planned.model_copy(update={"rule": rule})
    first, run = merged([carry_out(n, plan=asked) for n in (1, 2, 3)], house, tmp_path)
    assert first.overall == "regression"
    note = "not confirmed: 1 alarm was not measured again on a fresh machine"
    assert first.notes == (note,)
    told = tell(run, RunFolder(tmp_path / "never-measured"), may_be_lost=True)
    (alarm,) = (cell for cell in told.cells if cell.verdict == "REGRESSION")
    assert alarm.confirmation
    assert alarm.confirmation.word == "unclear"
    assert told.exit_code == ExitCode.REGRESSION
    assert tell(run, again(run, house, tmp_path)).notes == ()


def test_a_folder_that_holds_no_second_measurement_is_no_word_about_alarms(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    _, run = merged([carry_out(n) for n in (1, 2, 3)], house, tmp_path)
    before = run.report.read_bytes()
    for folder in (RunFolder(tmp_path / "secnod"), RunFolder(tmp_path / "mine")):
        with pytest.raises(BadRunFolder, match="no second measurement here") as caught:
            tell(run, folder)
        assert "--lost" in str(caught.value)
    with pytest.raises(BadRunFolder, match="did not measure the findings"):
        tell(run, run, may_be_lost=True)
    assert run.report.read_bytes() == before


def test_alarms_are_not_measured_again_until_they_are_refuted(
    carry_out: Callable[..., RunFolder],
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, run = merged([carry_out(n) for n in (1, 2, 3)], house, tmp_path)
    confirmation, lucky = again(run, house, tmp_path), RunFolder(tmp_path / "lucky")
    with monkeypatch.context() as patched:
        patched.setattr("tests.faults.stand_in.SPEEDS", {"slower": 1.0, "even": 1.0})
        again(run, house, tmp_path, "lucky")
    told = tell(run, confirmation)
    assert tell(run, confirmation) == told  # the same once more changes nothing
    lost = RunFolder(tmp_path / "nowhere")
    for other, may_be_lost in ((lucky, False), (lost, True)):
        with pytest.raises(BadRunFolder, match="measured again already"):
            tell(run, other, may_be_lost=may_be_lost)
    with pytest.raises(BadRunFolder, match="measured again already"):
        pipeline.confirm(run, RunFolder(tmp_path / "third"), house, command=[])
    assert run.read_report() == told


@pytest.mark.parametrize("word", ["unclear", "confirmed"])
def test_a_second_measurement_that_was_cut_short_may_be_replaced_unless_it_decided(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path, word: str
) -> None:
    _, run = merged([carry_out(n) for n in (1, 2, 3)], house, tmp_path)
    confirmation, other = again(run, house, tmp_path), again(run, house, tmp_path, "other")
    second = confirmation.read_report()
    cells = second.cells if word == "confirmed" else ()
    facts = second.run.model_copy(update={"stopped_by": "interrupted"})
    cut = second.model_copy(update={"cells": cells, "run": facts})
    confirmation.write(confirmation.report, cut)
    (alarm,) = (cell for cell in tell(run, confirmation).cells if cell.confirmation)
    assert alarm.confirmation
    assert alarm.confirmation.word == word
    if word == "confirmed":
        with pytest.raises(BadRunFolder, match="measured again already"):
            tell(run, other)
    else:
        assert tell(run, other).cells


def test_a_run_without_alarms_has_nothing_to_confirm(
    carry_out: Callable[..., RunFolder],
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.faults.stand_in.SPEEDS", {"slower": 1.0, "even": 1.0})
    _, run = merged([carry_out(n) for n in (1, 2, 3)], house, tmp_path)
    folder = RunFolder(tmp_path / "confirmation")
    assert plan_again(run, house, command=[]) is None
    assert pipeline.confirm(run, folder, house, command=[]) is None
    assert not folder.path.exists()


def test_the_second_measurement_of_another_run_is_refused(
    carry_out: Callable[..., RunFolder], house: House, tmp_path: Path
) -> None:
    _, run = merged([carry_out(n) for n in (1, 2, 3)], house, tmp_path)
    _, other = merged([carry_out(n) for n in (1, 2)], house, tmp_path, "other")
    with pytest.raises(BadRunFolder, match="did not measure the findings"):
        tell(run, again(other, house, tmp_path))


def test_the_commands_say_what_they_wrote(
    planned: Plan,
    carry_out: Callable[..., RunFolder],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    RunFolder(tmp_path).write(tmp_path / "plan.json", planned)
    monkeypatch.chdir(tmp_path)
    invoke = CliRunner().invoke
    parts = []
    for number in (1, 2, 3):
        StandIn.seconds_used = 0.0
        done = invoke(
            cli, ["run", "plan.json", "--shard", f"{number}/3", "--run-dir", f"p{number}"]
        )
        assert (done.exit_code, done.stdout) == (ExitCode.NOTHING_TO_ACT_ON, f"p{number}\n")
        parts.append(f"p{number}")
    done = invoke(cli, ["merge", *parts, "--run-dir", "whole"])
    assert (done.exit_code, done.stdout) == (ExitCode.REGRESSION, "whole\n")
    StandIn.seconds_used = 0.0
    done = invoke(cli, ["confirm", "whole", "--run-dir", "second"])
    assert (done.exit_code, done.stdout) == (ExitCode.NOTHING_TO_ACT_ON, "second\n")
    done = invoke(cli, ["merge", "whole", "--confirmation", "second", "--json"])
    assert done.exit_code == ExitCode.REGRESSION
    again = [cell["confirmation"] for cell in json.loads(done.stdout)["cells"]]
    assert [each["word"] for each in again if each] == ["confirmed"]


def test_a_plan_is_written_with_what_it_installs_and_printed_as_a_matrix(
    planned: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "tinyflow-2.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    *baselines, candidate = planned.environments
    of_wheel = candidate.model_copy(update={"wheel": str(wheel)})
    made = planned.model_copy(update={"environments": (*baselines, of_wheel), "shards": 1})
    monkeypatch.setattr(pipeline, "make_plan", lambda *_, **__: made)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["plan", "--shards", "3", "--output", "out/plan.json"])
    assert done.exit_code == ExitCode.NOTHING_TO_ACT_ON
    assert json.loads(done.stdout) == {
        "include": [{"shard": number, "shards": 3, "name": f"{number}/3"} for number in (1, 2, 3)]
    }
    (copy,) = (tmp_path / "out" / "plan.files").glob("*/*.whl")
    assert copy.read_bytes() == b"a wheel"
    shutil.move(tmp_path / "out", tmp_path / "elsewhere")
    part = ["run", "elsewhere/plan.json", "--shard", "2/3", "--run-dir", "part"]
    StandIn.seconds_used = 0.0
    assert CliRunner().invoke(cli, part).exit_code == ExitCode.NOTHING_TO_ACT_ON
    (installed,) = (e.wheel for e in RunFolder(Path("part")).read_plan().environments if e.wheel)
    assert Path(installed).read_bytes() == b"a wheel"


def test_what_a_run_installs_stays_with_it(
    planned: Plan, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resumed after .tfperf was cleaned, resumed where it was moved to, or confirmed elsewhere."""
    wheel = tmp_path / ".tfperf" / "tinyflow-2.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"a wheel")
    *baselines, candidate = planned.environments
    of_wheel = candidate.model_copy(update={"wheel": str(wheel)})
    made = planned.model_copy(update={"environments": (*baselines, of_wheel), "shards": 1})
    monkeypatch.setattr(pipeline, "make_plan", lambda *_, **__: made)
    StandIn.seconds_used = 0.0
    there, here = RunFolder(tmp_path / "run"), RunFolder(tmp_path / "elsewhere")
    pipeline.start(
        load("", source="", environ={}, overrides={}), there, house, base=tmp_path, command=[]
    )
    shutil.rmtree(wheel.parent)
    shutil.move(there.path, here.path)
    StandIn.seconds_used = 0.0
    pipeline.resume(here, house)
    for folder in (here, again(here, house, tmp_path)):
        (copy,) = (Path(e.wheel) for e in folder.read_plan().environments if e.wheel)
        assert folder.path in copy.parents
        assert copy.read_bytes() == b"a wheel"


def test_a_plan_without_cases_says_so(
    planned: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = BrokenWorkload(workload="mlp", file="mlp.py", reason="SyntaxError in line 3")
    made = planned.model_copy(update={"cases": (), "broken_workloads": (broken,)})
    monkeypatch.setattr(pipeline, "make_plan", lambda *_, **__: made)
    done = CliRunner().invoke(cli, ["plan", "--output", str(tmp_path / "p.json")])
    assert done.exit_code == ExitCode.NOTHING_TO_ACT_ON
    assert "there is no case in this plan" in done.stderr
    assert "mlp: SyntaxError in line 3" in done.stderr


def test_the_command_of_a_run_on_one_machine_has_no_options_of_a_plan() -> None:
    typed = ["tfperf", "plan", "--output", "p", "1.0", "--shards=3", "2.0", "--output=p"]
    assert as_one_run([*typed, "--shards", "3"]) == ["tfperf", "compare", "1.0", "2.0"]


def test_one_machine_shares_no_run() -> None:
    from bot.cli import cli as tool

    done = CliRunner().invoke(tool, ["compare", "1.0", "2.0", "--shards", "3"])
    assert done.exit_code == ExitCode.USAGE
    assert "No such option" in done.stderr


def test_a_plan_that_cannot_be_written_says_what_is_in_its_way(
    planned: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "make_plan", lambda *_, **__: planned)
    (tmp_path / "file").touch()
    for output, why in ((tmp_path, "Is a directory"), (tmp_path / "file" / "p", "")):
        done = CliRunner().invoke(cli, ["plan", "--output", str(output)])
        assert isinstance(done.exception, CannotWrite)
        said = str(done.exception)
        assert said.startswith(f"cannot write the plan: {why}")
        assert "--output" in said
        assert "disk" not in said
        assert "--run-dir" not in said


@pytest.mark.parametrize(
    ("name", "said"), [("nothere.json", "there is no nothere.json here"), ("", "Is a directory")]
)
def test_a_plan_that_cannot_be_read_asks_for_a_plan(
    house: House, tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(BadRunFolder, match=said) as caught:
        planned_part(tmp_path / name, 1, 1, house)
    assert "name the file that `tfperf plan --output` wrote" in str(caught.value)
    assert "tfperf compare" not in str(caught.value)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_commands_are_those_of_the_tool(command: click.Command) -> None:
    from bot.cli import cli as tool

    assert tool.commands[command.name or ""] is command


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "1/100", "a/b", "1/3/5"])
def test_a_part_is_written_as_one_number_of_another(shard: str) -> None:
    done = CliRunner().invoke(cli, ["run", "plan.json", "--shard", shard, "--run-dir", "x"])
    assert done.exit_code == ExitCode.USAGE
    assert "no part of a plan" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["a"],
        ["a", "--run-dir", "b", "--confirmation", "c"],
        ["a", "b", "--confirmation", "c"],
        ["a", "--run-dir", "b", "--lost"],
    ],
)
def test_merging_wants_a_folder_or_a_confirmation(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, ["merge", *arguments]).exit_code == ExitCode.USAGE
