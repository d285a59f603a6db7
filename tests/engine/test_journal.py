"""The journal: on disk before it is used, readable after any interruption."""

import resource
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.outcome import Failed, Imported
from bot.core.record import ImportBlock, Record, encode
from bot.engine.journal import Journal
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


@pytest.mark.parametrize("line", [b"no json", b"[]", b'{"record":"case"}', b'{"record":"else"}'])
def test_a_damaged_line_is_named_with_its_number(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(written(path) + line + b"\n")
    with Journal(path) as journal, pytest.raises(BadRunFolder) as told:
        list(journal.records())
    assert "line 5" in str(told.value)
    assert "tfperf resume" in str(told.value)


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
    with Journal(path) as journal:
        assert list(journal.records()) == RECORDS


def test_a_record_is_one_line() -> None:
    assert "\n" not in str(encode(RECORDS[0]))
