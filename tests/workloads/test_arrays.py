"""Outputs of the first call: numbers in an .npz that is there whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.workloads.worker import Arm

Write = Callable[..., Path]


@pytest.fixture
def outputs(numpy_arm: Arm, workload: Write, tmp_path: Path) -> Callable[..., object]:
    """Run a workload whose outputs are the expression given; return reply and path."""

    def run(expression: str, more: str = "") -> tuple[dict[str, object], Path]:
        path = tmp_path / "kept.npz"
        file = workload(
            "import numpy as np\ndef build():\n    return lambda: 2.0\n"
            f"def outputs(result):\n    return {expression}\n{more}"
        )
        assert numpy_arm.reach("build", file)["ok"]
        return numpy_arm.ask("first_call", outputs=str(path)), path

    return run


Run = Callable[..., tuple[dict[str, Any], Path]]
ARRAYS = [
    ("result", (), "float64", 2.0),
    ("np.float32([1, np.nan, np.inf])", (3,), "float32", [1, np.nan, np.inf]),
    ("[[1, 2], [3, 4]]", (2, 2), "int64", [[1, 2], [3, 4]]),
    ("np.arange(6).reshape(2, 3).T", (3, 2), "int64", [[0, 3], [1, 4], [2, 5]]),
    ("np.zeros((0, 3), 'float16')", (0, 3), "float16", np.zeros((0, 3))),
    ("True", (), "bool", True),
    ("1j", (), "complex128", 1j),
]


@pytest.mark.parametrize(("expression", "shape", "dtype", "value"), ARRAYS)
@pytest.mark.parametrize("name", ["sum", "file", "dense/kernel:0", "größe", "a.npy"])
def test_outputs_are_kept_as_they_are(
    *, outputs: Run, name: str, expression: str, shape: tuple[int, ...], dtype: str, value: object
) -> None:
    reply, path = outputs(f"{{{name!r}: {expression}}}")
    assert reply["outputs"] == {name: {"shape": list(shape), "dtype": dtype}}
    with np.load(path, allow_pickle=False) as kept:
        assert kept.files == [name]
        assert kept[name].dtype == dtype
        np.testing.assert_array_equal(kept[name], np.array(value).reshape(shape))
    assert not list(path.parent.glob("*.part"))


def test_the_truth_is_kept_beside_its_output(outputs: Run) -> None:
    more = "def reference():\n    return {'sum': np.float64(2)}"
    reply, path = outputs("{'sum': result, 'other': 1}", more)
    assert sorted(reply["outputs"]) == ["other", "sum"]
    with np.load(path) as kept:
        assert sorted(kept.files) == ["other", "reference:sum", "sum"]


REFUSED = [
    ("[1]", "outputs() must return a dict of arrays, not list"),
    ("None", "outputs() must return a dict of arrays, not NoneType"),
    ("{1: 2}", "outputs(): 1 is no name for an array"),
    ("{'': 2}", "outputs(): '' is no name for an array"),
    ("{'a\\n': 2}", "outputs(): 'a\\n' is no name for an array"),
    ("{'reference:a': 2}", "outputs(): 'reference:a' is no name for an array"),
    ("{'a': object()}", "outputs(): 'a' holds object, not numbers (cast it to float32)"),
    ("{'a': 'text'}", "outputs(): 'a' holds <U4, not numbers (cast it to float32)"),
    ("{'a': np.array([{}], dtype=object)}", "outputs(): 'a' holds object"),
    ("{'a': [[1], [1, 2]]}", "outputs(): 'a' is no array: setting an array element"),
]


@pytest.mark.parametrize(("expression", "message"), REFUSED)
def test_what_is_no_dict_of_arrays_is_refused(outputs: Run, expression: str, message: str) -> None:
    reply, path = outputs(expression)
    assert reply["error"]["kind"] == "workload"
    assert str(reply["error"]["message"]).startswith(message)
    assert not path.exists()


def test_a_truth_of_nothing_is_refused(outputs: Run) -> None:
    reply, path = outputs("{'sum': 1}", "def reference():\n    return {'sums': 1}")
    assert reply["error"]["message"] == (
        "reference() names 'sums', which outputs() does not return"
    )
    assert not path.exists()


def test_a_fault_of_outputs_is_an_exception(outputs: Run) -> None:
    reply, path = outputs("1 / 0")
    assert (reply["error"]["kind"], reply["error"]["where"]) == ("exception", "mine.py:5")
    assert not path.exists()


def test_a_folder_that_is_not_there_is_told(numpy_arm: Arm, workload: Write) -> None:
    source = "def build():\n    return lambda: 1\ndef outputs(result):\n    return {'a': 1}"
    assert numpy_arm.reach("build", workload(source))["ok"]
    reply = numpy_arm.ask("first_call", outputs="/nowhere/at/all.npz")
    error = reply["error"]
    assert error["kind"] == "disk", "the workload is not to blame"
    assert error["message"] == "cannot write /nowhere/at/all.npz: No such file or directory"


def test_hundreds_of_outputs_are_counted_where_they_cannot_be_named(outputs: Run) -> None:
    reply, path = outputs("{'layer %d of a very deep network' % i: i for i in range(300)}")
    assert 20 < len(reply["outputs"]) <= 40
    assert reply["outputs_left_out"] == 300 - len(reply["outputs"])
    with np.load(path) as kept:
        assert len(kept.files) == 300


def test_nothing_is_kept_that_was_not_asked_for(numpy_arm: Arm, workload: Write) -> None:
    source = "def build():\n    return lambda: 1\ndef outputs(result):\n    1 / 0"
    assert numpy_arm.reach("first_call", workload(source))["outputs"] == {}


@pytest.mark.parametrize("version", ["3.6", "3.13"])
def test_an_environment_without_numpy_says_so(
    *,
    start: Callable[[str], Arm],
    interpreter: Callable[[str], str],
    framework: Path,
    workload: Write,
    tmp_path: Path,
    version: str,
) -> None:
    python = interpreter(version)
    arm = start(python)
    imported = arm.ask("import", module="tinyflow", paths=[str(framework)])
    if imported["numpy_version"] is not None:
        pytest.skip(f"{python} has numpy")
    source = "def build():\n    return lambda: 1\ndef outputs(result):\n    return {'a': 1}"
    assert arm.reach("build", workload(source))["ok"]
    reply = arm.ask("first_call", outputs=str(tmp_path / "kept.npz"))
    assert reply["error"]["message"] == "No module named 'numpy'"
