"""The hostile archives: what somebody could upload instead of a report, and what is said of it."""

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from bot.publish.archive import MOST_BYTES, MOST_EXPANDED, MOST_FILES

REPORT = b'{"schema": 1}'


@dataclass(frozen=True, kw_only=True, slots=True)
class Hostile:
    name: str
    make: Callable[[], bytes]
    said: str


def packed(
    *files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Pack as actions/upload-artifact does, as long as the files let us."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # twice the same name is what some of these are about
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, content in files:
                archive.writestr(name, content)
    return out.getvalue()


def good() -> bytes:
    return packed(("report.json", REPORT))


def info(name: str, mode: int) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name)
    found.create_system = 3
    found.external_attr = mode << 16
    return found


def changed(at: int, value: bytes, archive: bytes | None = None) -> bytes:
    """Write over some bytes; places below zero count from the end of the archive."""
    made = bytearray(good() if archive is None else archive)
    at = at if at >= 0 else len(made) + at
    made[at : at + len(value)] = value
    return bytes(made)


def in_directory(offset: int, value: bytes, archive: bytes | None = None) -> bytes:
    """Write over a field of the first line of the directory."""
    made = good() if archive is None else archive
    return changed(made.index(b"PK\x01\x02") + offset, value, made)


def both(local: int, central: int, value: bytes) -> bytes:
    """Write the same lie into both headers."""
    return changed(local, value, in_directory(central, value))


def inside_another() -> bytes:
    """Put a file into another one's data, and list both: so endless archives are made."""
    inner = good()[: good().index(b"PK\x01\x02")]
    outer = packed(("a", inner), method=zipfile.ZIP_STORED)
    begin = outer.index(b"PK\x01\x02")
    line = in_directory(42, struct.pack("<L", outer.index(b"PK\3\4", 1)))
    line = line[line.index(b"PK\x01\x02") : -22]
    directory = outer[begin:-22] + line
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), begin, 0)
    return outer[:begin] + directory + end


def overlapping() -> bytes:
    """Let two names share one file."""
    made = packed(("report.json", REPORT), ("zeport.json", REPORT))
    second = made.rindex(b"PK\x01\x02")
    return changed(second + 42, struct.pack("<L", 0), made)


def nested() -> bytes:
    inner = packed(("report.json", b"\0" * (4 << 20)))
    for _ in range(3):
        inner = packed(("report.json.zip", inner))
    return inner


def beside(name: str) -> Callable[[], bytes]:
    return lambda: packed(("report.json", REPORT), (name, b"x"))


def raw_name(name: bytes) -> bytes:
    """Write a name that zipfile would not."""
    made = packed(("report.json", REPORT), ("x" * len(name), b"x"))
    return made.replace(b"x" * len(name), name)


def trailing() -> bytes:
    """Data after the compressed stream, inside of what the headers call the file."""
    stored = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = stored.compress(REPORT) + stored.flush() + b"hidden"
    made = packed(("report.json", data), method=zipfile.ZIP_STORED)
    sizes = struct.pack("<LLL", zlib.crc32(REPORT), len(data), len(REPORT))
    made = changed(14, sizes, in_directory(16, sizes, made))
    return changed(8, b"\x08\0", in_directory(10, b"\x08\0", made))


def endless() -> bytes:
    """More than may be read, packed well, with small sizes in the headers."""
    made = packed(("report.json", b"[" + b"0," * (MOST_EXPANDED // 2 + 10)))
    lie = struct.pack("<L", 100)
    return changed(22, lie, in_directory(24, lie, made))


HOSTILE = (
    Hostile(name="nothing", make=lambda: b"", said="does not end as a zip"),
    Hostile(name="HTML", make=lambda: b"<html></html>" * 50, said="does not end as a zip"),
    Hostile(name="a report that is not packed", make=lambda: REPORT * 9, said="does not end"),
    Hostile(name="cut in the middle", make=lambda: good()[:60], said="does not end as a zip"),
    Hostile(name="its beginning is cut", make=lambda: good()[9:], said="is not where its end says"),
    Hostile(name="something before it", make=lambda: b"MZ" + good(), said="is not where its end"),
    Hostile(name="something after it", make=lambda: good() + b"x", said="does not end as a zip"),
    Hostile(name="a comment", make=lambda: changed(-2, b"\4\0") + b"PK\5\6", said="does not end"),
    Hostile(name="too large", make=lambda: b"\0" * (MOST_BYTES + 1), said="more than 8388608"),
    Hostile(name="no files", make=packed, said="no report.json in it, but nothing"),
    Hostile(
        name="another file",
        make=lambda: packed(("readme", b"x")),
        said="no report.json in it, but readme",
    ),
    Hostile(
        name="thousands of files",
        make=lambda: packed(*((f"f{n}", b"") for n in range(5000))),
        said=f"5000 files, more than {MOST_FILES}",
    ),
    Hostile(
        name="more files than it says",
        make=lambda: changed(-14, b"\1\0\1\0", beside("b")()),
        said="more files than its end says",
    ),
    Hostile(
        name="fewer files than it says",
        make=lambda: changed(-14, b"\3\0\3\0", beside("b")()),
        said="entry 3 of its directory is cut off",
    ),
    Hostile(name="../", make=beside("../../etc/passwd"), said="'../../etc/passwd' is not one"),
    Hostile(name=".. inside", make=beside("a/../../b"), said="is not one that a run's folder has"),
    Hostile(name="an absolute path", make=beside("/etc/passwd"), said="'/etc/passwd' is not one"),
    Hostile(name="a drive", make=beside("C:evil"), said="'C:evil' is not one"),
    Hostile(name="a backslash", make=lambda: raw_name(b"..\\evil"), said="evil' is not one"),
    Hostile(name="a NUL in a name", make=lambda: raw_name(b"a\0b"), said="is not one"),
    Hostile(name="a line end in a name", make=lambda: raw_name(b"a\nb"), said="is not one"),
    Hostile(name="an empty name", make=lambda: raw_name(b"/"), said="is not one"),
    Hostile(name="a name of look-alikes", make=beside("r\u0435port.json"), said="is not one"),
    Hostile(name="right to left", make=beside("\u202egnp.exe"), said="is not one"),
    Hostile(name="a very long name", make=beside("x" * 5000), said="is not one"),
    Hostile(
        name="the report twice",
        make=lambda: packed(("report.json", REPORT), ("report.json", b"{}")),
        said="report.json is in it twice",
    ),
    Hostile(
        name="the report twice, in capitals",
        make=beside("Report.JSON"),
        said="Report.JSON is in it twice",
    ),
    Hostile(
        name="a symbolic link",
        make=lambda: packed((info("report.json", stat.S_IFLNK | 0o777), b"/etc/passwd")),
        said="report.json is a link or a special file",
    ),
    Hostile(
        name="a device beside it",
        make=lambda: packed(("report.json", REPORT), (info("b", stat.S_IFBLK), b"")),
        said="b is a link or a special file",
    ),
    Hostile(
        name="a folder of that name",
        make=lambda: packed(("report.json/", b"")),
        said="there is no report.json in it",
    ),
    Hostile(
        name="a folder and a file of that name",
        make=beside("report.json/"),
        said="report.json/ is in it twice",
    ),
    Hostile(name="encrypted", make=lambda: both(6, 8, b"\1\0"), said="report.json is encrypted"),
    Hostile(
        name="encrypted, said in one header",
        make=lambda: changed(6, b"\1\0"),
        said="report.json is encrypted",
    ),
    Hostile(
        name="packed by another method",
        make=lambda: packed(("report.json", REPORT), method=zipfile.ZIP_BZIP2),
        said="packed by method 12",
    ),
    Hostile(
        name="a wrong checksum", make=lambda: both(14, 16, b"\0\1\2\3"), said="its checksum is"
    ),
    Hostile(
        name="two different sizes",
        make=lambda: changed(22, b"\xff\0\0\0"),
        said="another size than its directory says",
    ),
    Hostile(
        name="another name in its own header",
        make=lambda: changed(30, b"Report"),
        said="another file than its directory says",
    ),
    Hostile(
        name="begins outside", make=lambda: in_directory(42, b"\xf0\0\0\0"), said="begins outside"
    ),
    Hostile(
        name="ends outside",
        make=lambda: both(18, 20, b"\xff\xff\0\0"),
        said="report.json ends outside",
    ),
    Hostile(
        name="a huge size that is said",
        make=lambda: both(22, 24, b"\xfe\xff\xff\xff"),
        said="and says 4294967294",
    ),
    Hostile(
        name="zip64 sizes", make=lambda: both(22, 24, b"\xff\xff\xff\xff"), said="larger than 4 GiB"
    ),
    Hostile(
        name="a zip64 end that lies",
        make=lambda: good()[:-22] + b"PK\x06\x07" + b"\0" * 16 + good()[-22:],
        said="zip64",
    ),
    Hostile(name="two volumes", make=lambda: changed(-18, b"\1\0"), said="several volumes"),
    Hostile(
        name="a file inside another", make=inside_another, said="shares its bytes with another"
    ),
    Hostile(
        name="two names for one file", make=overlapping, said="another file than its directory"
    ),
    Hostile(
        name="a bomb",
        make=lambda: packed(("report.json", b"\0" * (MOST_EXPANDED + 1))),
        said="more than 16777216 bytes",
    ),
    Hostile(name="a bomb with a small size", make=endless, said="more than 16777216 bytes"),
    Hostile(
        name="a small bomb",
        make=lambda: packed(("report.json", b"\0" * (4 << 20))),
        said="packs better than a report can",
    ),
    Hostile(name="a bomb in a bomb", make=nested, said="there is no report.json in it"),
    Hostile(
        name="damaged data",
        make=lambda: changed(41, b"\xff\xff\xff"),
        said="report.json is damaged",
    ),
    Hostile(name="data behind its end", make=trailing, said="does not end where it should"),
)
