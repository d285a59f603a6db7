"""The suite's cases in other frameworks: the same work, by the truth of the workload's own file."""

import importlib
import sys
import types
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from typing import Any

import numpy as np
import pytest

from tests.workloads.worker import WORKLOADS

SUITE = WORKLOADS / "suite"
FILES = sorted(file for file in SUITE.glob("[a-z]*.*.py"))
CASES = [
    ("geometric_series", "python", "eager", 1e-15),
    ("geometric_series", "numpy", "eager", 1e-6),
    ("geometric_series", "torch", "eager", 1e-6),
    *(("mnist_mlp", name, case, 1e-4) for name in ("numpy", "torch")
      for case in ("fit", "train_step", "predict_one")),
]  # fmt: skip


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Load a file of the suite as a worker does, with an empty TensorFlow; forget it afterwards."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(SUITE), str(WORKLOADS)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    tensorflow = types.ModuleType("tensorflow")
    monkeypatch.setattr(tensorflow, "__version__", "0.0.0", raising=False)
    tensorflow.__spec__ = ModuleSpec("tensorflow", None)  # PyTorch looks for it
    monkeypatch.setitem(sys.modules, "tensorflow", tensorflow)
    before = set(sys.modules)

    def from_file(name: str) -> Any:
        return importlib.import_module("harness.loading").load(str(SUITE / f"{name}.py"))

    yield from_file
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file.startswith(str(WORKLOADS)) or name.startswith("harness"):
            del sys.modules[name]


@pytest.mark.filterwarnings("ignore:MNIST is not in the Keras cache")
@pytest.mark.parametrize(("workload", "framework", "case", "tolerance"), CASES)
def test_each_computes_what_the_workload_says(
    load: Callable[[str], Any], workload: str, framework: str, case: str, tolerance: float
) -> None:
    if framework == "torch":
        pytest.importorskip("torch")
    main, other = load(workload), load(f"{workload}.{framework}")
    assert other.CASES[case] == main.CASES[case]
    results = other.outputs(other.build(**other.CASES[case])())
    truth = main.reference(**main.CASES[case])
    assert set(results) == set(truth)
    for name, expected in truth.items():
        found = np.asarray(results[name])
        assert found.shape == np.shape(expected)
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * 1e-3)


def test_every_file_has_its_test() -> None:
    tested = {f"{workload}.{framework}.py" for workload, framework, _, _ in CASES}
    assert {file.name for file in FILES} == tested


def test_plain_python_is_exact_where_float32_is_not(load: Callable[[str], Any]) -> None:
    plain, single = (load(f"geometric_series.{name}") for name in ("python", "numpy"))
    exact = 2 - 2.0**-50
    assert plain.build()() == exact
    assert float(single.build()()) == 2.0 != exact


def test_numpy_stays_in_float32(load: Callable[[str], Any]) -> None:
    with pytest.warns(UserWarning, match="MNIST"):
        step = load("mnist_mlp.numpy").build("fit")
    result = step()
    assert result["kernel"]().dtype == np.float32
    first = result["kernel"]().copy()
    step()
    assert not np.array_equal(first, result["kernel"]())  # it goes on training
