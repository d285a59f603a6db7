"""Clock steps: nothing that decides or has a deadline looks at the wall clock."""

import ast
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.core.plan import Plan
from tests.faults.conftest import Run

ROOT = Path(__file__).parents[2]
DECIDING = [
    *ROOT.glob("bot/core/*.py"),
    *ROOT.glob("bot/engine/*.py"),
    ROOT / "bot/stages/measuring.py",
    ROOT / "bot/environments/command.py",
    ROOT / "bot/environments/exclusive.py",
    *ROOT.glob("workloads/**/*.py"),
]
TELLING = {ROOT / "bot/engine/conditions.py": ["time.time"]}
"""It says by how much the clock stepped, to people alone."""

WALL_CLOCKS = {
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
HOUR = 3600.0


def looks_at_the_wall_clock(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if node.attr in WALL_CLOCKS.get(owner, ()):
                yield f"{owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            names = {alias.name for alias in node.names} & WALL_CLOCKS["time"]
            yield from (f"time.{name}" for name in sorted(names))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time\ntime.time()", ["time.time"]),
        ("from time import monotonic, time_ns", ["time.time_ns"]),
        ("import datetime\ndatetime.datetime.now()", ["datetime.now"]),
        ("from datetime import date\ndate.today()", ["date.today"]),
        ("import time\ntime.monotonic(); time.perf_counter(); time.process_time()", []),
    ],
)
def test_the_guard_sees_a_look_at_the_wall_clock(source: str, found: list[str]) -> None:
    assert list(looks_at_the_wall_clock(source)) == found


@pytest.mark.parametrize("file", DECIDING, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_decides_or_has_a_deadline_never_looks_at_the_wall_clock(file: Path) -> None:
    assert list(looks_at_the_wall_clock(file.read_text())) == TELLING.get(file, [])


@pytest.mark.parametrize("step", [6 * HOUR, -6 * HOUR])
def test_a_clock_that_steps_by_hours_changes_nothing(
    step: float,
    plan: Callable[..., Plan],
    begin: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = itertools.count(0.0, step)
    now, now_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: now() + next(steps))
    monkeypatch.setattr(time, "time_ns", lambda: now_ns() + int(next(steps)) * 10**9)
    fine = "import tinyflow\ndef build():\n    return lambda: sum(range(2000))\n"
    concluded = begin(plan({"fine": fine}, budget_seconds=HOUR, timeout_seconds=60.0)).go_on()
    assert concluded.failures == ()
    assert concluded.run.stopped_by == "most_blocks"
    assert 0 < concluded.run.seconds < HOUR
    assert {cell.blocks for cell in concluded.cells} <= {3, 4}
    assert next(steps) != 0.0, "somebody asked for the time"
