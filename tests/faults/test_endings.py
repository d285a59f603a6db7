"""Killed, crashed, hung: a row with a reason each, on time, and the other cases go on."""

import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.plan import Plan, Rule
from bot.core.report import FailureReport, Report
from bot.engine import ending
from bot.errors import CannotStart, ExitCode
from tests.faults.conftest import Run

TIMEOUT_SECONDS = 3.0

IN_CANDIDATE = """
    "Misbehaves on the candidate, at a certain call; 0 is build."
    import ctypes, itertools, os, time
    import tinyflow

    def act():
        {act}

    calls = itertools.count(1)

    def build():
        is_candidate = tinyflow.__version__ == "2.0"
        def step():
            sum(range(2000))
            if next(calls) == {at} and is_candidate:
                act()
        if {at} == 0 and is_candidate:
            act()
        return step
"""
FINE = "import tinyflow\ndef build():\n    return lambda: sum(range(2000))\n"

PLACES = {  # the first call that is made there
    "build": (0, "build"),
    "first": (1, "the first call"),
    "count": (2, "counting"),
    "warm": (4, "warm-up"),
    "round": (60, "a timed round"),
}
ACTS = {
    "killed": ("os.kill(os.getpid(), 9)", "signal", "killed by SIGKILL in {place}"),
    "crashed": ("ctypes.string_at(0)", "signal", "killed by SIGSEGV in {place}"),
    "left": ("os._exit(3)", "exit", "left with exit code 3 in {place}"),
    "armless": (
        "os.kill(os.getppid(), 9); time.sleep(60)",
        "signal",
        "killed by SIGKILL in {place}, with its whole worker",
    ),
}
HANGS = {
    "first": "the first call did not end within 3 s; if that is a deadlock after fork, --isolation "
    "process avoids it",
    "round": "a timed round did not end within 3 s",
}


def misbehaving(act: str, place: str) -> str:
    return textwrap.dedent(IN_CANDIDATE).format(act=act, at=PLACES[place][0])


def failures(concluded: Report) -> dict[str, FailureReport]:
    assert {failure.environment for failure in concluded.failures} == {"2.0"}
    return {failure.case.removesuffix("[default]"): failure for failure in concluded.failures}


def assert_the_fine_one_was_measured(concluded: Report) -> None:
    cells = [cell for cell in concluded.cells if cell.case == "fine[default]"]
    assert "NOT_MEASURED" not in {cell.verdict for cell in cells}
    assert all(cell.blocks >= 2 for cell in cells)


DEATHS = {
    "fork": [
        *(("killed", place) for place in PLACES),
        *((act, place) for act in ("crashed", "left", "armless") for place in ("build", "round")),
    ],
    "process": [(act, place) for act in ("killed", "left") for place in ("build", "round")],
}


@pytest.mark.parametrize("isolation", DEATHS)
def test_every_death_is_a_row_that_says_how_and_where(
    plan: Callable[..., Plan], begin: Callable[..., Run], isolation: str
) -> None:
    deaths = DEATHS[isolation]
    workloads = {f"{act}_{place}": misbehaving(ACTS[act][0], place) for act, place in deaths}
    workloads["fine"] = FINE
    rule = Rule(cells=99, most_blocks=3)
    concluded = begin(plan(workloads, isolation=isolation, rule=rule)).go_on()
    found = failures(concluded)
    assert {name: (failure.kind, failure.reason) for name, failure in found.items()} == {
        f"{act}_{place}": (kind, reason.format(place=PLACES[place][1]))
        for act, place in deaths
        for _, kind, reason in [ACTS[act]]
    }
    assert_the_fine_one_was_measured(concluded)
    assert concluded.exit_code in {ExitCode.PARTLY_MEASURED, ExitCode.REGRESSION}


def test_every_hang_ends_at_its_deadline(
    plan: Callable[..., Plan], begin: Callable[..., Run]
) -> None:
    workloads = {place: misbehaving("time.sleep(3600)", place) for place in HANGS}
    asked = plan({**workloads, "fine": FINE}, timeout_seconds=TIMEOUT_SECONDS)
    concluded = begin(asked).go_on()
    reasons = {name: failure.reason for name, failure in failures(concluded).items()}
    assert reasons == HANGS
    assert_the_fine_one_was_measured(concluded)


AT_IMPORT = {
    "hangs": (
        "import time; time.sleep(3600)",
        ("timeout", "importing the framework did not end within 3 s"),
    ),
    "is killed": (
        "os.kill(os.getpid(), 9)",
        ("signal", "killed by SIGKILL in importing the framework"),
    ),
    "crashes": (
        "import ctypes; ctypes.string_at(0)",
        ("signal", "killed by SIGSEGV in importing the framework"),
    ),
    "raises": ("1 / 0", ("import", "ZeroDivisionError: division by zero (in importing the ")),
}


@pytest.mark.parametrize(("act", "ending"), AT_IMPORT.values(), ids=AT_IMPORT.keys())
def test_an_import_that_fails_is_one_row(
    plan: Callable[..., Plan], begin: Callable[..., Run], act: str, ending: tuple[str, str]
) -> None:
    asked = plan({"fine": FINE}, timeout_seconds=TIMEOUT_SECONDS)
    *baselines, candidate = asked.environments
    candidate = candidate.model_copy(update={"knobs": {"AT_IMPORT": act}})
    asked = asked.model_copy(update={"environments": (*baselines, candidate)})
    concluded = begin(asked).go_on()
    [failure] = concluded.failures
    assert (failure.case, failure.environment) == ("*", "2.0")
    kind, reason = ending
    assert failure.kind == kind
    assert failure.reason.startswith(reason)
    assert concluded.exit_code == ExitCode.PARTLY_MEASURED


HOLDING_A_LOCK = """
import threading
lock, held, wanted = threading.Lock(), threading.Event(), threading.Event()
def hold():
    with lock:
        held.set()
        wanted.wait()
threading.Thread(target=hold, daemon=True).start()
held.wait()
"""
WANTING_IT = """
    import tinyflow

    def build():
        tinyflow.wanted.set()
        with tinyflow.lock:
            return lambda: sum(range(2000))
"""


@pytest.mark.parametrize(("isolation", "kinds"), [("fork", {"timeout"}), ("process", set())])
def test_a_deadlock_after_fork_is_hinted_at_and_the_hint_helps(
    plan: Callable[..., Plan], begin: Callable[..., Run], isolation: str, kinds: set[str]
) -> None:
    asked = plan(
        {"wanting": textwrap.dedent(WANTING_IT)},
        isolation=isolation,
        timeout_seconds=TIMEOUT_SECONDS,
        knobs={"AT_IMPORT": HOLDING_A_LOCK},
    )
    concluded = begin(asked).go_on()
    assert {failure.kind for failure in concluded.failures} == kinds
    assert all("--isolation process avoids it" in each.reason for each in concluded.failures)
    measured = {cell.verdict for cell in concluded.cells if cell.case == "wanting[default]"}
    assert (measured == {"NOT_MEASURED"}) == (isolation == "fork")


def test_an_environment_that_is_removed_ends_the_run_with_a_way_on(
    plan: Callable[..., Plan], begin: Callable[..., Run]
) -> None:
    run = begin(plan({"fine": FINE}))
    removed = replace(run.prepared["cand-a"], python=Path("/nowhere/bin/python"))
    run.prepared["cand-a"] = removed
    with pytest.raises(CannotStart) as told:
        run.go_on()
    assert "the worker of 2.0 cannot be started: No such file or directory" in str(told.value)
    assert f"tfperf resume {run.folder.path}" in str(told.value)
    assert told.value.exit_code == ExitCode.PARTLY_MEASURED


def test_the_documentation_quotes_what_is_said() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "faults.md").read_text()
    said = [
        ending.death({"signal": "SIGSEGV"}, "first_call", said="", had_oom_kill=False).reason,
        ending.death({"exit_code": 3}, "round", said="", had_oom_kill=False).reason,
        ending.death({"signal": "SIGKILL"}, "build", said="", had_oom_kill=True).reason,
        ending.death(
            {"signal": "SIGABRT"}, "build", said="std::bad_alloc", had_oom_kill=False
        ).reason,
        *ending.lateness("round", seconds=5.0, is_forked=True).split("; "),
        ending.lateness("build", seconds=5.0, is_forked=True).partition("; ")[2],
    ]
    assert [text for text in said if f"`{text}`" not in documented] == []
