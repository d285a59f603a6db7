"""A full disk: at any write, nothing measured is lost, and the run can be finished."""

import os
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bot.core.plan import Plan, Rule
from bot.core.report import Report
from bot.engine.journal import Journal
from bot.errors import CannotWrite
from tests.faults.conftest import Run
from tests.faults.tmpfs import PAGE, Tmpfs, mounted

SAVING = """
    "Has results that take several pages, and something to say."
    import numpy as np
    import tinyflow

    def build():
        print("x" * 2000, flush=True)
        return lambda: sum(range(2000))

    def outputs(result):
        return {"sum": np.full(3000, result)}
"""

FILLING = """
    "Fills a disk of its own."
    import tinyflow

    def build():
        def step():
            with open("/dev/full", "w") as file:
                file.write("x")
        return step
"""

LADDERS = {
    "size": [pages * PAGE for pages in sorted({round(1.3**step) for step in range(25)})],
    "nr_inodes": range(2, 60, 2),
}


@pytest.fixture
def saving(plan: Callable[..., Plan]) -> Plan:
    return plan({"saving": textwrap.dedent(SAVING)}, rule=Rule(cells=10, most_blocks=3))


def climb(run: Run, disk: Tmpfs, limit: str, ladder: Iterable[int]) -> tuple[Report, list[str]]:
    """Go on with a run whenever its disk got larger, until it ends; return what was said."""
    said: list[str] = []
    before = b""
    for step in ladder:
        disk.resize(**{limit: step})
        try:
            return run.go_on(), said
        except CannotWrite as error:
            said.append(str(error))
        now = run.folder.samples.read_bytes() if run.folder.samples.exists() else b""
        assert now.startswith(before), "what was measured stays as it was"
        assert now.endswith(b"\n") or not now, "and ends with a whole record"
        before = now
    pytest.fail(f"it never ended: {said[-1]}")


@pytest.mark.parametrize("limit", LADDERS)
def test_a_full_disk_ends_the_run_at_any_write_and_a_larger_one_lets_it_finish(
    saving: Plan, begin: Callable[..., Run], tmp_path: Path, limit: str
) -> None:
    with mounted(tmp_path / "disk", **{limit: LADDERS[limit][0]}) as disk:
        run = begin(saving, disk.path / "run")
        concluded, said = climb(run, disk, limit, LADDERS[limit])
        assert len(said) > 5
        assert all("No space left on device" in text for text in said)
        assert all(f"tfperf resume {run.folder.path}" in text for text in said[1:])
        assert concluded.failures == (), "no workload is blamed for it"
        assert "NOT_MEASURED" not in {cell.verdict for cell in concluded.cells}
        assert [numeric.verdict for numeric in concluded.numerics] == ["IDENTICAL"]
        with Journal(run.folder.samples) as journal:
            assert journal.damage is None
            assert {record.block for record in journal.records()} == set(range(4))


def test_every_file_of_the_report_needs_room_and_gets_it_the_next_time(
    saving: Plan, begin: Callable[..., Run], tmp_path: Path
) -> None:
    with mounted(tmp_path / "disk", size=1 << 20) as disk:
        run = begin(saving, disk.path / "run")
        run.go_on()
        measured = run.folder.samples.read_bytes()
        written = [run.folder.plan, run.folder.report, run.folder.comment, run.folder.summary]
        for path in written:
            path.unlink()
        used = os.statvfs(disk.path)
        pages = used.f_blocks - used.f_bfree
        _, said = climb(run, disk, "size", [n * PAGE for n in range(pages, pages + 40)])
        for path in written:
            assert any(f"cannot write {path.name}" in text for text in said)
            assert path.stat().st_size
        assert run.folder.samples.read_bytes() == measured, "nothing is measured again"


def test_a_disk_that_a_workload_fills_for_itself_is_its_own_fault(
    plan: Callable[..., Plan], begin: Callable[..., Run]
) -> None:
    concluded = begin(plan({"filling": textwrap.dedent(FILLING)})).go_on()
    failure = next(f for f in concluded.failures if f.case == "filling[default]")
    assert failure.kind == "exception"
    assert "No space left on device" in failure.reason
