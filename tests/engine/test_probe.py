"""The look at the noise: real workers, real turns, and an answer whatever happens to them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.outcome import Failed
from bot.core.scatter import Rounds
from bot.engine.conditions import _processes
from bot.engine.probe import ARMS, FEWEST_BLOCKS, ROUNDS, probe
from bot.locations import workloads_root

Probe = Callable[..., tuple[Rounds, ...] | Failed]


@pytest.fixture
def run_probe(tmp_path: Path) -> Probe:
    def run(work: Path | None = None) -> tuple[Rounds, ...] | Failed:
        return probe(
            worker=workloads_root() / "run.py",
            work=work or workloads_root() / "probe.py",
            log=tmp_path / "log",
            environ={"PATH": os.environ["PATH"]},
            seconds=0.0,
            timeout_seconds=1.0 if work else 20.0,
        )

    return run


def test_however_short_its_time_it_runs_the_fewest_blocks(run_probe: Probe) -> None:
    blocks = run_probe()

    assert not isinstance(blocks, Failed)
    assert len(blocks) == FEWEST_BLOCKS
    for block in blocks:
        assert set(block) == set(ARMS)
        assert all(len(seconds) == ROUNDS and min(seconds) > 0 for seconds in block.values())


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import time\ndef build():\n    time.sleep(60)\n", "build did not end within 1 s"),
        ("def build():\n    return lambda: 1 / 0\n", "ZeroDivisionError"),
        ("import os\ndef build():\n    os.kill(os.getpid(), 9)\n", "killed by SIGKILL in build"),
    ],
)
def test_work_that_fails_is_an_answer_with_a_reason(
    run_probe: Probe, tmp_path: Path, source: str, reason: str
) -> None:
    (tmp_path / "work.py").write_text(source)

    failed = run_probe(tmp_path / "work.py")

    assert isinstance(failed, Failed)
    assert reason in failed.reason


def test_no_process_is_left_behind(run_probe: Probe) -> None:
    before = children()

    run_probe()

    assert children() == before


def children() -> set[int]:
    return {pid for pid, parent, _ in _processes(Path("/proc")) if parent == os.getpid()}
