"""Owns `samples.jsonl`: append-only records that are on disk before they are used."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.core.record import Record, decode, encode
from bot.errors import BadRunFolder, CannotWrite


class Journal:
    """The raw data of one run. One process at a time may hold it; a torn last line is cut off."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab", buffering=0)  # nothing waits in memory
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise BadRunFolder(
                "another tfperf is writing to this run folder",
                where=str(path.parent),
                cause="two runs were given the same folder, or one is still going on",
                next_step="wait for it, or choose another folder with --run-dir",
            ) from None
        self._cut_torn_line()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _cut_torn_line(self) -> None:
        """Remove the half record that a kill or a full disk left; it was never used."""
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(self._path, whole)

    def append(self, record: Record) -> None:
        """Write a record and wait until the disk has it."""
        line = json.dumps(encode(record), separators=(",", ":")).encode() + b"\n"
        try:
            while line:  # a disk that is nearly full takes a part
                line = line[self._file.write(line) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            raise CannotWrite(
                f"cannot write a measurement: {error.strerror}",
                where=str(self._path),
                cause="the disk is full, or the folder is read-only",
                next_step=f"make room, then: tfperf resume {self._path.parent}",
            ) from error

    def records(self) -> Iterator[Record]:
        """Read what was measured before, oldest first."""
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield decode(json.loads(line))
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise BadRunFolder(
                        "a line of the journal is not a record",
                        where=f"{self._path}, line {number}: {error}",
                        cause="the file was edited or damaged",
                        next_step=f"remove line {number} and run: tfperf resume "
                        f"{self._path.parent}",
                    ) from error
