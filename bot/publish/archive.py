"""Owns the reading of a zip archive that anybody may have made: one file of it, or a refusal.

No header is believed: sizes are counted while inflating, and every structure has to be exactly
where the archive's end says it is. What our own upload never makes is refused, not worked around.
"""

import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from bot.errors import CannotPublish

REPORT = "report.json"
MOST_FILES = 100
MOST_BYTES = 8 * 2**20
"""Of the archive; a report that is read at all packs into less than a quarter of that."""
MOST_EXPANDED = 16 * 2**20
MOST_RATIO = 200
RATIO_COUNTS_FROM = 2**20
"""Bytes: small files of blanks may pack better than any report."""

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ZIP64_LOCATOR = b"PK\x06\x07"
_ZIP64_SIZE = 0xFFFFFFFF
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_STORED, _DEFLATED = 0, 8
_UNIX = 3
_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._ \[\]-]*/)*[A-Za-z0-9_-][A-Za-z0-9._ \[\]-]*/?")
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the archive's directory."""

    name: str
    method: int
    crc: int
    packed: int
    expanded: int
    begin: int
    """Where its local header is."""


def read_report(archive: bytes) -> bytes:
    """Return `report.json` of an archive; raise CannotPublish when anything in it is odd."""
    if len(archive) > MOST_BYTES:
        _refuse(f"it has {len(archive)} bytes, more than {MOST_BYTES}")
    entries, directory = _directory(archive)
    _check_names(entries)
    spans = {entry.name: _span(archive, entry, directory) for entry in entries}
    _check_overlap(spans)
    found = next((entry for entry in entries if entry.name == REPORT), None)
    if found is None:
        names = ", ".join(entry.name for entry in entries[:5]) or "nothing"
        _refuse(f"there is no {REPORT} in it, but {names}")
    return _expanded(archive[slice(*spans[REPORT][1:])], found)


def _directory(archive: bytes) -> tuple[list[Entry], int]:
    """Read the directory; return it with its place, which ends what may hold files."""
    at = len(archive) - _END.size
    if at < 0 or archive[at : at + 4] != b"PK\x05\x06":
        _refuse("it does not end as a zip archive without a comment does")
    _, disk, first_disk, here, count, size, begin, _ = _END.unpack_from(archive, at)
    if disk or first_disk or here != count:
        _refuse("it says that it is one of several volumes")
    if _ZIP64_LOCATOR in archive[max(0, at - 20) : at] or _ZIP64_SIZE in {size, begin}:
        _refuse("it is a zip64 archive, which is for files of 4 GiB")
    if count > MOST_FILES:
        _refuse(f"it has {count} files, more than {MOST_FILES}")
    if begin + size != at:
        _refuse("its directory is not where its end says")
    entries = list(_entries(archive[begin:at], count))
    return entries, begin


def _entries(directory: bytes, count: int) -> Iterator[Entry]:
    at = 0
    for number in range(count):
        where = f"entry {number + 1} of its directory"
        if at + _ENTRY.size > len(directory):
            _refuse(f"{where} is cut off")
        fields = _ENTRY.unpack_from(directory, at)
        signature, maker, _, flags, method, _, _, crc, packed, expanded = fields[:10]
        name_size, extra_size, comment_size, disk, _, attributes, begin = fields[10:]
        if signature != b"PK\x01\x02" or disk:
            _refuse(f"{where} is none")
        start = at + _ENTRY.size
        at = start + name_size + extra_size + comment_size
        if at > len(directory):
            _refuse(f"{where} is cut off")
        name = _name(directory[start : start + name_size])
        _check_kind(name, flags=flags, mode=attributes >> 16 if maker >> 8 == _UNIX else 0)
        if _ZIP64_SIZE in {packed, expanded, begin}:
            _refuse(f"{name} says that it is larger than 4 GiB")
        yield Entry(
            name=name, method=method, crc=crc, packed=packed, expanded=expanded, begin=begin
        )
    if at != len(directory):
        _refuse("its directory has more files than its end says")


def _name(raw: bytes) -> str:
    """Return a name of plain letters that stays inside; nothing is ever written under it."""
    name = raw.decode("ascii", errors="backslashreplace")
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        _refuse(f"the name {name[:60]!r} is not one that a run's folder has")
    return name


def _check_kind(name: str, *, flags: int, mode: int) -> None:
    if flags & _ENCRYPTED:
        _refuse(f"{name} is encrypted")
    kind = stat.S_IFMT(mode)
    if kind not in {0, stat.S_IFDIR if name.endswith("/") else stat.S_IFREG}:
        _refuse(f"{name} is a link or a special file")


def _check_names(entries: list[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        same = entry.name.rstrip("/").casefold()
        if same in seen:
            _refuse(f"{entry.name} is in it twice")
        seen.add(same)


def _span(archive: bytes, entry: Entry, directory: int) -> tuple[int, int, int]:
    """Return where an entry's header, its data and the end of them are."""
    if entry.begin + _LOCAL.size > directory:
        _refuse(f"{entry.name} begins outside of it")
    fields = _LOCAL.unpack_from(archive, entry.begin)
    signature, _, flags, method, _, _, crc, packed, expanded, name_size, extra_size = fields
    data = entry.begin + _LOCAL.size + name_size + extra_size
    name = archive[entry.begin + _LOCAL.size :][:name_size]
    if signature != b"PK\x03\x04" or name != entry.name.encode() or method != entry.method:
        _refuse(f"{entry.name} is another file than its directory says")
    if flags & _ENCRYPTED:
        _refuse(f"{entry.name} is encrypted")
    said = (crc, packed, expanded)
    if said not in {(entry.crc, entry.packed, entry.expanded), (0, 0, 0)}:
        _refuse(f"{entry.name} has another size than its directory says")
    if data + entry.packed > directory:
        _refuse(f"{entry.name} ends outside of it")
    return entry.begin, data, data + entry.packed


def _check_overlap(spans: dict[str, tuple[int, int, int]]) -> None:
    """Refuse files that share bytes, which is how small archives become endless."""
    before = 0
    for name, (begin, _, end) in sorted(spans.items(), key=lambda item: item[1]):
        if begin < before:
            _refuse(f"{name} shares its bytes with another file")
        before = end


def _expanded(data: bytes, entry: Entry) -> bytes:
    if entry.method == _STORED:
        content = data
    elif entry.method == _DEFLATED:
        content = _inflated(data, entry)
    else:
        _refuse(f"{entry.name} is packed by method {entry.method}")
    if len(content) > MOST_EXPANDED:
        _refuse(f"{entry.name} has more than {MOST_EXPANDED} bytes")
    if len(content) > max(RATIO_COUNTS_FROM, MOST_RATIO * len(data)):
        _refuse(f"{entry.name} packs better than a report can ({MOST_RATIO} to 1)")
    if len(content) != entry.expanded:
        _refuse(f"{entry.name} has {len(content)} bytes, and says {entry.expanded}")
    if zlib.crc32(content) != entry.crc:
        _refuse(f"{entry.name} is damaged: its checksum is another")
    return content


def _inflated(data: bytes, entry: Entry) -> bytes:
    """Inflate at most one byte more than is allowed, whatever the headers say."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflate.decompress(data, MOST_EXPANDED + 1)
    except zlib.error as error:
        _refuse(f"{entry.name} is damaged: {error}")
    if len(content) <= MOST_EXPANDED and not (inflate.eof and not inflate.unused_data):
        _refuse(f"{entry.name} is damaged: it does not end where it should")
    return content


def _refuse(why: str) -> NoReturn:
    raise CannotPublish(
        f"the artifact is refused: {why}",
        where=f"the zip archive that should hold {REPORT}",
        cause="the job that measured, which runs code of the pull request, or something between "
        "changed it",
        next_step="measure again; if it stays, look at what the pull request does to its artifact",
    )
