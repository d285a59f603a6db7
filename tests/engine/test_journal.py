"""The journal: on disk before it is used, readable after any interruption."""

import os
import resource
import signal
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.outcome import Failed, Imported
from bot.core.record import ImportBlock, Record, encode
from bot.engine.journal import LONGEST_LINE, Journal
from bot.errors import BadRunFolder, CannotWrite


def record(block: int) -> Record:
    fine = Imported(cpu_seconds=1.5, wall_seconds=2.0, rss_bytes=1, modules=1)
    failed = Failed(kind="import", reason="ImportError: »libcuda« | fehlt")
    return ImportBlock(block=block, outcomes={"a": fine, "b": failed})


RECORDS = [record(number) for number in range(4)]


def written(path: Path) -> bytes:
    with Journal(path) as journal:
        for each in RECORDS:
            journal.append(each)
    return path.read_bytes()


def test_what_was_appended_is_read_back(tmp_path: Path) -> None:
    written(tmp_path / "samples.jsonl")
    with Journal(tmp_path / "samples.jsonl") as journal:
        assert list(journal.records()) == RECORDS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_prefix_keeps_its_whole_records_and_takes_new_ones(
    data: st.DataObject, tmp_path: Path
) -> None:
    path = tmp_path / "samples.jsonl"
    path.unlink(missing_ok=True)
    whole = written(path)
    kept = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:kept])
    with Journal(path) as journal:
        before = list(journal.records())
        journal.append(record(99))
        assert list(journal.records()) == [*before, record(99)]
    assert before == RECORDS[: whole[:kept].count(b"\n")]


DAMAGED = {
    "half a line": b'{"record":"case","blo',
    "zeros, as after a power failure": b"\0" * 3000,
    "lines of zeros": b"\0\0\n\0\n",
    "half overwritten": b'{"record":"case",\0\0\0\0"seconds":1.0}\n',
    "no text": b"\xff\xfe\n",
    "no object": b"[]\n12\nnull\n",
    "something else's": b'{"level":"info"}\n',
    "deeper than Python can go": b"[" * 100_000 + b"\n",
    "several": b'{"record":\n\n\0\nno json',
}


@pytest.mark.parametrize("end", DAMAGED.values(), ids=DAMAGED.keys())
@pytest.mark.parametrize("records", [0, 4])
def test_a_damaged_end_is_set_aside_and_said(tmp_path: Path, end: bytes, records: int) -> None:
    path = tmp_path / "samples.jsonl"
    whole = b"".join(written(path).splitlines(keepends=True)[:records])
    path.write_bytes(whole + end)
    with Journal(path) as journal:
        assert list(journal.records()) == RECORDS[:records]
        assert journal.last_block == (records - 1 if records else None)
        assert journal.damage
        assert f"the last {len(end)} bytes of samples.jsonl" in journal.damage
        assert "samples.damaged" in journal.damage
        journal.append(record(99))
        assert list(journal.records()) == [*RECORDS[:records], record(99)]
    assert path.with_name("samples.damaged").read_bytes() == end


def test_nothing_that_was_set_aside_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    for end in (b"once", b"and again"):
        path.write_bytes(written(path) + end)
        Journal(path).close()
    assert path.with_name("samples.damaged").read_bytes() == b"onceand again"


def test_a_whole_journal_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    whole = written(path)
    with Journal(path) as journal:
        assert journal.damage is None
    assert path.read_bytes() == whole
    assert not path.with_name("samples.damaged").exists()


@pytest.mark.parametrize("line", [b"no json", b"\0\0\0", b"[]", b"[" * 100_000])
def test_damage_before_a_record_is_named_with_its_line(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "samples.jsonl"
    whole = written(path)
    path.write_bytes(whole + line + b"\n" + whole)
    with Journal(path) as journal, pytest.raises(BadRunFolder) as told:
        list(journal.records())
    assert "line 5" in str(told.value)
    assert "tfperf resume" in str(told.value)
    assert path.read_bytes() == whole + line + b"\n" + whole


@pytest.mark.parametrize("line", [b'{"record":"case"}', b'{"record":"of another version"}'])
def test_what_another_version_wrote_is_never_set_aside(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(written(path) + line + b"\n")
    with Journal(path) as journal, pytest.raises(BadRunFolder, match="line 5"):
        list(journal.records())
    assert path.read_bytes().endswith(line + b"\n")


def test_damage_of_any_size_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    whole = written(path)
    os.truncate(path, len(whole) + LONGEST_LINE)  # zeros
    with path.open("ab") as file:
        file.write(b"\n")
    tracemalloc.start()
    try:
        Journal(path).close()
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most_bytes < LONGEST_LINE / 8
    assert path.read_bytes() == whole


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    whole = written(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Journal(path) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 10, limits[1]))
        try:
            with pytest.raises(CannotWrite, match="cannot write a measurement"):
                journal.append(record(5))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_bytes() == whole
    with Journal(path) as journal:
        assert list(journal.records()) == RECORDS


def test_a_record_is_one_line() -> None:
    assert "\n" not in str(encode(RECORDS[0]))
