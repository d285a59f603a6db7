"""Owns the reading of what a workload computed: an .npz archive that nobody vouches for.

Only plain arrays come out. Nothing in the archive is evaluated, and no size it claims is believed
before it is checked against what there is.
"""

import re
import struct
import zipfile
import zlib
from io import BytesIO
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import TfperfError

MOST_ARRAYS = 256
LONGEST_NAME = 120
MOST_DIMENSIONS = 32
REFERENCE = "reference:"

Outputs = dict[str, NDArray[Any]]

_READ_AT_ONCE = 2**20
_PREFIX = re.compile(rb"\x93NUMPY(?:\x01\x00(..)|\x02\x00(....))", re.DOTALL)
# What every numpy from 1.8 on writes; object arrays ('|O') and records (a list) do not match.
_HEADER = re.compile(
    r"\{'descr': '([<>|=]?[biufcSUV][0-9]{1,7})', "
    r"'fortran_order': (True|False), "
    r"'shape': \(((?:[0-9]{1,18}, ?)*(?:[0-9]{1,18})?)\), \}[ ]*\n?"
)


class BadOutputs(TfperfError):
    """What a workload wrote cannot be read as arrays."""


def parse_npz(data: bytes, *, most_bytes: int) -> Outputs:
    """Read an archive of plain arrays that take at most `most_bytes` together; they are read-only.

    Raises BadOutputs, whose `what` is the reason, for everything else.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members, most_bytes)
            return {
                member.filename.removesuffix(".npy"): _array(_expand(archive, member), member)
                for member in members
            }
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        NotImplementedError,  # a compression or a zip version that Python does not know
        RuntimeError,  # an encrypted member
        ValueError,  # an offset outside the archive, a name that is no text
        OverflowError,
    ) as error:
        raise BadOutputs(f"the archive of the results is damaged: {error}") from error


def _check_members(members: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if len(members) > MOST_ARRAYS:
        raise BadOutputs(f"there are {len(members)} results, at most {MOST_ARRAYS} are read")
    if sum(member.file_size for member in members) > most_bytes:
        raise BadOutputs(f"the results take more than {most_bytes} bytes")
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise BadOutputs("two results have the same name")
    for member in members:
        name = member.filename
        if not name.endswith(".npy") or len(name) > LONGEST_NAME or not name.isprintable():
            raise BadOutputs(f"the archive holds {name[:LONGEST_NAME]!a}, which is no array")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise BadOutputs(f"{name!a} is compressed in a way that numpy does not")


def _expand(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytearray:
    """Read in pieces: zipfile stops at the size a member claims, but expands a whole read first."""
    content = bytearray()
    with archive.open(member) as stream:
        while piece := stream.read(_READ_AT_ONCE):
            content += piece
    return content


def _array(content: bytearray, member: zipfile.ZipInfo) -> NDArray[Any]:
    dtype, shape, is_fortran, start = _header(content, member.filename)
    if dtype.itemsize == 0 or len(shape) > MOST_DIMENSIONS:
        raise BadOutputs(f"{member.filename!a} has a shape or a type without content")
    if prod(shape) * dtype.itemsize != len(content) - start:
        raise BadOutputs(f"{member.filename!a} does not hold as much as its shape says")
    flat = np.frombuffer(content, dtype=dtype, offset=start) if prod(shape) else np.empty(0, dtype)
    array = flat.reshape(shape, order="F" if is_fortran else "C")
    array.flags.writeable = False
    return array


def _header(content: bytearray, name: str) -> tuple[np.dtype[Any], tuple[int, ...], bool, int]:
    """Read the few fields numpy writes, without evaluating them as numpy itself would."""
    prefix = _PREFIX.match(content)
    if prefix is None:
        raise BadOutputs(f"{name!a} is no array")
    length = int.from_bytes(prefix[1] or prefix[2] or b"", "little")
    text = content[prefix.end() : prefix.end() + length].decode("latin-1")
    fields = _HEADER.fullmatch(text)
    if fields is None:
        raise BadOutputs(f"{name!a} is no array of plain numbers or texts")
    try:
        dtype = np.dtype(fields[1])
    except TypeError as error:
        raise BadOutputs(f"{name!a} has the unknown type {fields[1]}") from error
    shape = tuple(int(size) for size in re.findall(r"[0-9]+", fields[3]))
    return dtype, shape, fields[2] == "True", prefix.end() + length
