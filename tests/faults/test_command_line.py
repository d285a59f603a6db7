"""The real command line, interrupted: what it says, what it leaves, and that it can go on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ExitCode
from tests.faults.command_line import STAYS_IN_REPORT, Gate, Workplace, ending
from tests.faults.conftest import processes_of
from tests.faults.tmpfs import mounted

Process = subprocess.Popen[str]
SIGNALS = [signal.SIGINT, signal.SIGTERM]
FINISHED = {ExitCode.NOTHING_TO_ACT_ON, ExitCode.REGRESSION, ExitCode.PARTLY_MEASURED}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return Workplace.in_folder(tmp_path_factory.mktemp("workplace"))


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path / "gate")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Path]:
    """A run folder; when the test ends, no process of it may be left."""
    yield tmp_path / "run"
    assert processes_of(tmp_path / "run") == []


@pytest.fixture
def reach(workplace: Workplace, run: Path, gate: Gate) -> Callable[[str], Process]:
    """Start a comparison and wait until it is in the middle of a stage."""

    def start(stage: str) -> Process:
        knobs = ("--knob", f"GATE={gate.folder}", "--knob", f"GATE_IN={stage}")
        stays = STAYS_IN_REPORT.format(started=str(gate.folder / "started"))
        process = workplace.compare(run, *knobs, before=stays if stage == "report" else "")
        gate.wait(process)
        return process

    return start


def report_of(run: Path) -> dict[str, Any]:
    return dict(json.loads((run / "report.json").read_text()))


def journal_of(run: Path) -> bytes:
    journal = run / "samples.jsonl"
    return journal.read_bytes() if journal.exists() else b""


def assert_it_was_interrupted(process: Process, run: Path) -> None:
    code, said = ending(process)
    assert code == ExitCode.INTERRUPTED, said
    assert f"interrupted; finish it with: tfperf resume {run}" in said
    assert "Traceback" not in said
    assert processes_of(run) == []


def assert_it_can_go_on(workplace: Workplace, run: Path) -> None:
    before = journal_of(run)
    code, said = ending(workplace.resume(run))
    assert code in FINISHED, said
    assert journal_of(run).startswith(before), "what was measured stays"
    assert "NOT_MEASURED" not in {cell["verdict"] for cell in report_of(run)["cells"]}
    assert not (run / "samples.damaged").exists()


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupt_while_installing(run: Path, gate: Gate, tmp_path: Path, number: int) -> None:
    workplace = Workplace.in_folder(tmp_path / "workplace")
    process = workplace.compare(run, candidate="2.16.1", TINY_GATE=str(gate.folder))
    gate.wait(process)
    process.send_signal(number)
    assert_it_was_interrupted(process, run)
    gate.remove()
    assert_it_can_go_on(workplace, run)


@pytest.mark.parametrize("stage", ["import", "round", "report"])
def test_an_interrupt_by_another_program_in_any_other_stage(
    reach: Callable[[str], Process], run: Path, stage: str
) -> None:
    process = reach(stage)
    process.terminate()
    assert_it_was_interrupted(process, run)


@pytest.mark.parametrize("stage", ["import", "round", "report"])
def test_an_interrupt_in_any_other_stage(
    workplace: Workplace, reach: Callable[[str], Process], run: Path, gate: Gate, stage: str
) -> None:
    process = reach(stage)
    process.send_signal(signal.SIGINT)
    assert_it_was_interrupted(process, run)
    gate.remove()
    assert_it_can_go_on(workplace, run)


def test_who_is_in_a_hurry_and_interrupts_twice_leaves_no_process_either(
    reach: Callable[[str], Process], run: Path
) -> None:
    process = reach("round")
    for worker in processes_of(run, patience_seconds=0):
        os.kill(worker, signal.SIGSTOP)  # who is asked to leave, and does not answer
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    assert_it_was_interrupted(process, run)


def test_a_second_run_in_the_same_folder_is_refused_and_the_first_goes_on(
    workplace: Workplace, reach: Callable[[str], Process], run: Path, gate: Gate
) -> None:
    first = reach("round")
    files = {path: path.read_bytes() for path in run.rglob("*.json*")}
    for second in (workplace.compare(run), workplace.resume(run)):
        code, said = ending(second)
        assert code == ExitCode.USAGE
        assert "another tfperf is at work in this run folder" in said
        assert str(run) in said
        assert "Traceback" not in said
    assert files == {path: path.read_bytes() for path in run.rglob("*.json*")}
    gate.open()
    code, said = ending(first)
    assert code in FINISHED, said
    assert report_of(run)["run"]["resumed"] == 0
    assert report_of(run)["failures"] == []


def test_kill_9_leaves_no_process_and_the_run_can_go_on(
    workplace: Workplace, reach: Callable[[str], Process], run: Path, gate: Gate
) -> None:
    process = reach("round")
    process.kill()
    ending(process)
    assert processes_of(run) == []
    gate.remove()
    assert_it_can_go_on(workplace, run)


def test_a_full_disk_under_the_run_ends_with_3_and_it_can_go_on(
    workplace: Workplace, tmp_path: Path
) -> None:
    with mounted(tmp_path / "disk", size=40 << 10) as disk:
        run = disk.path / "run"
        code, said = ending(workplace.compare(run))
        assert code == ExitCode.PARTLY_MEASURED
        assert "No space left on device" in said
        assert f"make room, then: tfperf resume {run}" in said
        assert "Traceback" not in said
        assert processes_of(run) == []
        disk.resize(size=4 << 20)
        assert_it_can_go_on(workplace, run)


@pytest.mark.parametrize("kilobytes", [0, 100])
def test_a_full_disk_under_the_environments_ends_with_3_and_it_can_go_on(
    workplace: Workplace, run: Path, tmp_path: Path, kilobytes: int
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with mounted(elsewhere / ".tfperf", size=(kilobytes or 4) << 10) as disk:
        if not kilobytes:
            (disk.path / "filling").write_bytes(b"x" * 4096)
        there = workplace.at(elsewhere)
        code, said = ending(there.compare(run))
        assert code == ExitCode.PARTLY_MEASURED
        assert "No space left on device" in said
        assert f"make room, then: tfperf resume {run}" in said
        assert "Traceback" not in said
        assert journal_of(run) == b"", "no release is blamed for it"
        disk.resize(size=64 << 20)
        assert_it_can_go_on(there, run)


@pytest.mark.parametrize(
    ("arguments", "full", "code"),
    [
        (("--help",), "stdout", ExitCode.PARTLY_MEASURED),
        (("compare", "x.y", "2.16.2"), "stderr", ExitCode.USAGE),
    ],
)
@pytest.mark.parametrize("unbuffered", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["", "unbuffered"])
def test_what_cannot_be_printed_never_becomes_another_exit_code(
    tmp_path: Path, arguments: tuple[str, ...], full: str, code: int, unbuffered: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "bot", *arguments]
    # Without a buffer nothing is left to be written on the way out.
    environ = {n: v for n, v in os.environ.items() if n != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("wb") as disk:
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environ | unbuffered,
            check=False,
            stdout=disk if full == "stdout" else subprocess.PIPE,
            stderr=disk if full == "stderr" else subprocess.PIPE,
        )
    assert done.returncode == code
    assert b"Traceback" not in (done.stderr or b"")
