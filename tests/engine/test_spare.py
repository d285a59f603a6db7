"""What there is to spare, in a container as on a machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine.machine_facts import machine_facts
from bot.engine.spare import has_room, has_spare_core

GIBIBYTE = 2**30


@pytest.mark.parametrize(
    ("cores", "quota", "threads", "spare"),
    [
        (2, None, 1, True),
        (1, None, 1, False),
        (4, None, 4, False),
        (4, None, "all", False),
        (16, 1.0, 1, False),
        (16, 2.5, 1, True),
    ],
)
def test_a_core_is_spare_when_neither_threads_nor_a_quota_need_it(
    cores: int, quota: float | None, threads: int, spare: bool
) -> None:
    machine = replace(machine_facts(), cores=cores, cpu_quota_cores=quota)
    assert has_spare_core(threads, machine) == spare


def machine_with(root: Path, *, available: int, limit: str | None = None, used: int = 0) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/meminfo").write_text(f"MemTotal: 1 kB\nMemAvailable: {available // 1024} kB\n")
    (root / "proc/self/cgroup").write_text("0::/job\n")
    group = root / "sys/fs/cgroup/job"
    group.mkdir(parents=True)
    if limit is not None:
        (group / "memory.max").write_text(limit + "\n")
        (group / "memory.current").write_text(f"{used}\n")
    return root


@pytest.mark.parametrize(
    ("available", "limit", "used", "room"),
    [
        (8, None, 0, True),
        (1, None, 0, False),
        (64, "max", 0, True),
        (64, 4, 1, True),
        (64, 4, 3, False),
    ],
)
def test_there_is_room_when_machine_and_container_have_twice_as_much(
    tmp_path: Path, available: int, limit: int | str | None, used: int, room: bool
) -> None:
    text = str(limit * GIBIBYTE) if isinstance(limit, int) else limit
    root = machine_with(tmp_path, available=available * GIBIBYTE, limit=text, used=used * GIBIBYTE)
    assert has_room(GIBIBYTE, root) == room


def test_a_machine_that_does_not_tell_has_none(tmp_path: Path) -> None:
    assert not has_room(1, tmp_path)
