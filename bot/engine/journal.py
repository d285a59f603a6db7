"""Owns `samples.jsonl`: append-only records that are on disk before they are used."""

import contextlib
import json
import mmap
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from bot.core.record import Record, decode, encode
from bot.errors import BadRunFolder, CannotWrite

LONGEST_LINE = 1 << 26
"""No record comes near it: what is longer is damage, and is never read at once."""

_CHUNK = 1 << 20


class Journal:
    """The raw data of one run.

    What a kill, a full disk or a power failure left after the last record was never used: it is
    moved to `samples.damaged`, and `damage` says so. `last_block` is the block of the last record.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.damage: str | None = None
        self.last_block: int | None = None
        self._file = path.open("ab", buffering=0)  # nothing waits in memory
        try:
            _sync_folder(path.parent)
            self._set_damaged_end_aside()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _set_damaged_end_aside(self) -> None:
        size = os.fstat(self._file.fileno()).st_size
        if size == 0:
            return  # which cannot be mapped
        aside = self._path.with_suffix(".damaged")
        with self._path.open("rb") as file, _mapped(file) as old:
            whole, self.last_block = _end_of_records(old)
            if whole == size:
                return
            with aside.open("ab") as damaged:
                for start in range(whole, size, _CHUNK):
                    damaged.write(old[start : start + _CHUNK])
                damaged.flush()
                os.fsync(damaged.fileno())
        os.ftruncate(self._file.fileno(), whole)
        self.damage = (
            f"the last {size - whole} bytes of {self._path.name} were no whole record (a kill or a "
            f"power failure leaves such): moved to {aside.name}, and measured again"
        )

    def append(self, record: Record) -> None:
        """Write a record and wait until the disk has it."""
        whole = os.fstat(self._file.fileno()).st_size
        line = json.dumps(encode(record), separators=(",", ":")).encode() + b"\n"
        try:
            while line:  # a disk that is nearly full takes a part
                line = line[self._file.write(line) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):  # else it is set aside when the file is next opened
                os.ftruncate(self._file.fileno(), whole)
            raise CannotWrite(
                f"cannot write a measurement: {error.strerror}",
                where=str(self._path),
                cause="the disk is full, or the folder is read-only",
                next_step=f"make room, then: tfperf resume {self._path.parent}",
            ) from error

    def records(self) -> Iterator[Record]:
        """Read what was measured before, oldest first."""
        yield from _records(self._path)


def delivered(path: Path) -> tuple[list[Record], int]:
    """Read a journal that stays as it is: its records, and the bytes behind the last of them.

    What a kill left there was never used. A journal that is not there has no records.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                return [], 0
            with _mapped(file) as data:
                whole, _ = _end_of_records(data)
    except FileNotFoundError:
        return [], 0
    return list(_records(path, whole)), size - whole


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Write a journal as a whole; one that is there already is replaced when that is done."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            for record in records:
                file.write(json.dumps(encode(record), separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise CannotWrite(
            f"cannot write what was measured: {error.strerror}",
            where=str(path),
            cause="the disk is full, or the folder is read-only",
            next_step="make room or choose another --run-dir, then merge again",
        ) from error


def _records(path: Path, end: int | None = None) -> Iterator[Record]:
    """Read the records before `end`; without it, all lines must be records."""
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            if end is not None and file.tell() > end:
                return
            try:
                yield decode(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise BadRunFolder(
                    "a line of the journal is not a record",
                    where=f"{path}, line {number}: {error}",
                    cause="the file was edited or damaged, or another version of tfperf wrote it",
                    next_step=f"remove line {number} and run: tfperf resume {path.parent}",
                ) from error


def _mapped(file: BinaryIO) -> mmap.mmap:
    """Give a file's bytes without reading them all into memory."""
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _end_of_records(data: mmap.mmap) -> tuple[int, int | None]:
    """Find where the last record ends, and its block, by reading backwards."""
    end = data.rfind(b"\n") + 1
    while end:
        start = data.rfind(b"\n", 0, end - 1) + 1
        record = _as_record(data, start, end)
        if record is not None:
            return end, record.get("block")
        end = start
    return 0, None


def _as_record(data: mmap.mmap, start: int, end: int) -> dict[str, Any] | None:
    """Read a line; None when it is nothing that any version of this program wrote."""
    if end - start > LONGEST_LINE:
        return None
    try:
        values = json.loads(data[start:end])
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) and "record" in values else None


def _sync_folder(folder: Path) -> None:
    """Have the disk know the names of the files, or a power failure takes the files away."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # not every file system can
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
