"""What a workload wrote is read as plain arrays or refused with a reason, whatever it is."""

import io
import struct
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bot.core.outputs import BadOutputs, parse_npz
from bot.errors import TfperfError

PLENTY = 2**24


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def npy(header: str, content: bytes = b"") -> bytes:
    text = header.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def header(descr: str = "<f4", shape: str = "(2,)", *, fortran: bool = False) -> str:
    return f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n"


PLAIN = st.one_of(
    hnp.floating_dtypes(endianness="?"),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(),
    hnp.complex_number_dtypes(),
    hnp.boolean_dtypes(),
    hnp.byte_string_dtypes(min_len=1, max_len=5),
    hnp.unicode_string_dtypes(min_len=1, max_len=5),
)


@given(
    array=PLAIN.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))
)
def test_what_numpy_writes_is_read_back_bit_for_bit(array: np.ndarray[Any, Any]) -> None:
    for order in ("C", "F"):
        written = np.asarray(array, order=order)
        read = parse_npz(npz(x=written), most_bytes=PLENTY)["x"]
        assert (read.dtype, read.shape) == (written.dtype, written.shape)
        assert read.tobytes() == written.tobytes()


def test_names_are_kept_and_references_are_arrays_like_others() -> None:
    arrays = parse_npz(npz(**{"loss": np.ones(2), "reference:loss": np.ones(2)}), most_bytes=PLENTY)
    assert list(arrays) == ["loss", "reference:loss"]


def test_arrays_cannot_be_changed_afterwards() -> None:
    array = parse_npz(npz(x=np.ones(2)), most_bytes=PLENTY)["x"]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 2


def test_bfloat16_arrives_as_its_two_raw_bytes() -> None:
    array = parse_npz(zipped(("x.npy", npy(header("|V2"), b"\x80\x3f\0\0"))), most_bytes=PLENTY)[
        "x"
    ]
    assert array.dtype == np.dtype("V2")


GOOD = npy(header(), bytes(8))
REFUSED = {
    "no archive": (b"hello", "damaged"),
    "an empty file": (b"", "damaged"),
    "a cut archive": (npz(x=np.ones(100))[:-40], "damaged"),
    "pickled objects": (npz(x=np.array([{}], dtype=object)), "plain numbers"),
    "records": (npz(x=np.zeros(2, dtype=[("a", "f4")])), "plain numbers"),
    "a text file": (zipped(("x.txt", b"hello")), "no array"),
    "text called an array": (zipped(("x.npy", b"hello")), "no array"),
    "too many arrays": (zipped(*((f"{n}.npy", GOOD) for n in range(300))), "300 results"),
    "a name with a line break": (zipped(("a\nb.npy", GOOD)), "no array"),
    "a long name": (zipped(("a" * 200 + ".npy", GOOD)), "no array"),
    "a bomb": (
        zipped(("x.npy", bytes(PLENTY + 1)), compression=zipfile.ZIP_DEFLATED),
        f"more than {PLENTY} bytes",
    ),
    "lzma": (zipped(("x.npy", GOOD), compression=zipfile.ZIP_LZMA), "compressed"),
    "a shape without content": (zipped(("x.npy", npy(header(shape="(10000000000,)")))), "as much"),
    "content without a shape": (zipped(("x.npy", npy(header(), bytes(12)))), "as much"),
    "elements without size": (zipped(("x.npy", npy(header("|V0")))), "without content"),
    "too many dimensions": (
        zipped(("x.npy", npy(header("|b1", shape="(" + "1, " * 40 + ")"), b"\0"))),
        "without content",
    ),
    "an unknown type": (zipped(("x.npy", npy(header("<f3"), bytes(6)))), "unknown type"),
    "an expression": (zipped(("x.npy", npy(header(shape="(9**9**9,)")))), "plain numbers"),
    "an impossible empty shape": (
        zipped(("x.npy", npy(header(shape="(0, 999999999999999999, 999999999999999999)")))),
        "damaged",
    ),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadOutputs, match=reason) as refused:
        parse_npz(data, most_bytes=PLENTY)
    assert isinstance(refused.value, TfperfError)


def test_two_arrays_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("x.npy", GOOD), ("x.npy", GOOD))
    with pytest.raises(BadOutputs, match="same name"):
        parse_npz(data, most_bytes=PLENTY)


def test_a_member_that_is_not_as_large_as_it_claims_is_refused() -> None:
    data = bytearray(zipped(("x.npy", GOOD)))
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 3)
    with pytest.raises(BadOutputs):
        parse_npz(bytes(data), most_bytes=PLENTY)


@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_raise_nothing_else(data: bytes) -> None:
    with pytest.raises(BadOutputs):
        parse_npz(data, most_bytes=PLENTY)


VALID = npz(x=np.arange(3.0), y=np.ones((2, 2), dtype=np.float32))


@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), min_size=1, max_size=6
    ),
    cut=st.integers(0, len(VALID)),
    is_cut=st.booleans(),
)
def test_damaged_archives_raise_nothing_else(
    changes: list[tuple[int, int]], cut: int, is_cut: bool
) -> None:
    damaged = bytearray(VALID)
    for position, value in changes:
        damaged[position] = value
    try:
        arrays = parse_npz(bytes(damaged[:cut] if is_cut else damaged), most_bytes=PLENTY)
    except BadOutputs:
        return
    assert all(isinstance(array, np.ndarray) for array in arrays.values())


@given(text=st.text(st.characters(max_codepoint=255), max_size=200), content=st.binary(max_size=64))
def test_arbitrary_headers_raise_nothing_else(text: str, content: bytes) -> None:
    try:
        parse_npz(zipped(("x.npy", npy(text, content))), most_bytes=PLENTY)
    except BadOutputs:
        return
