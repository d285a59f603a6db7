"""The arithmetic of the fingerprint, the exchanged network and the threaded product."""

import math
import sys
import types
import warnings
from pathlib import Path
from typing import Any
from unittest import SkipTest

import numpy as np
import pytest

from tests.workloads.worker import WORKLOADS

FOLDER = WORKLOADS / "suite"


@pytest.fixture
def suite(suite: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same, with a framework that has a release to compare others with."""
    framework = sys.modules["tensorflow"]
    monkeypatch.setattr(framework, "__version__", "2.9.3")
    errors = types.SimpleNamespace(ResourceExhaustedError=type("Exhausted", (Exception,), {}))
    monkeypatch.setattr(framework, "errors", errors, raising=False)
    return suite


def test_a_convolution_is_what_its_definition_says(suite: Any) -> None:
    noise = np.random.RandomState(0)
    images, kernel = noise.normal(size=(2, 5, 6, 3)), noise.normal(size=(3, 2, 3, 4))
    convolved = suite("numeric_fingerprint").convolved(images, kernel)
    assert convolved.shape == (2, 3, 5, 4)
    expected = sum(
        images[1, 2 + i, 4 + j, c] * kernel[i, j, c, 3]
        for i in range(3)
        for j in range(2)
        for c in range(3)
    )
    assert convolved[1, 2, 4, 3] == pytest.approx(expected)


def test_the_references_of_the_fingerprint_are_known_values(suite: Any) -> None:
    fingerprint = suite("numeric_fingerprint")
    x, positive = (fingerprint.inputs()[name] for name in ("x", "positive"))
    a, p = float(x[3, 5]), float(positive[3, 5])
    elementwise = fingerprint.reference("elementwise")
    known = {
        "sqrt": math.sqrt(p),
        "rsqrt": 1 / math.sqrt(p),
        "exp": math.exp(a),
        "log": math.log(p),
        "log1p": math.log1p(p),
        "pow": math.pow(p, a),
        "tanh": math.tanh(a),
        "sigmoid": 1 / (1 + math.exp(-a)),
        "erf": math.erf(a),
        "sin": math.sin(a),
    }
    assert {name: value[3, 5] for name, value in elementwise.items()} == pytest.approx(known)
    reductions = fingerprint.reference("reductions")
    assert reductions["softmax"].sum(axis=1) == pytest.approx(np.ones(64))
    assert reductions["reduce_sum"] == pytest.approx(250 * 250 * 1.23456)
    assert reductions["cumsum"][:, -1] == pytest.approx(
        reductions["cumsum"][:, -2] + positive[:, -1]
    )
    exact = fingerprint.reference("exact")
    assert exact["is_nan"].sum() == 74
    assert not (exact["is_nan"] & exact["is_inf"]).any()


def test_every_group_is_compared_with_the_truth_in_float64(suite: Any) -> None:
    fingerprint = suite("numeric_fingerprint")
    for case in fingerprint.CASES.values():
        for name, truth in fingerprint.reference(**case).items():
            assert np.asarray(truth).dtype in {np.dtype(float), np.dtype(bool)}, name


def test_the_product_of_the_columns_is_three_times_their_sums(suite: Any) -> None:
    product = suite("batched_matmul_threads").reference(mode="eager")["product"]
    assert product.shape == (3, 3, 3)
    assert product[:, 0, 0].tolist() == [5000.0] * 3
    np.testing.assert_allclose(product, product.transpose(0, 2, 1))


@pytest.mark.parametrize("flags", ["avx2 avx512f", "avx2"])
def test_a_machine_that_cannot_show_the_fault_says_so(
    suite: Any, monkeypatch: pytest.MonkeyPatch, flags: str
) -> None:
    workload = suite("batched_matmul_threads")
    monkeypatch.setattr(workload, "has_avx512", lambda: "avx512f" in flags)
    monkeypatch.setattr(workload, "eager", len)
    monkeypatch.setattr(workload, "use_threads", lambda count: None)
    if "avx512f" in flags:
        assert workload.build("eager") == 5000
    else:
        with pytest.warns(UserWarning, match="no AVX-512"):
            workload.build("eager")


def test_the_threads_of_a_run_do_not_win(suite: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("TFPERF_THREADS", "TF_NUM_INTRAOP_THREADS")
    for name in names:
        monkeypatch.setenv(name, "1")
    shared = suite("_tensorflow")
    shared.use_threads(4)
    assert {shared.os.environ[name] for name in names} == {"4"}


def test_the_answers_of_the_small_network_are_probabilities(suite: Any) -> None:
    truth = suite("_dense").truth()
    assert truth.shape == (8, 16)
    assert truth.sum(axis=1) == pytest.approx(np.ones(8))


@pytest.mark.parametrize(
    ("release", "threads", "after"),
    [("1.3.0", "2", "1"), ("1.8.0", "0", "1"), ("1.11.0", "2", "2"), ("2.9.3", "2", "2")],
)
def test_keras_trains_on_one_thread_where_more_would_give_other_results(
    *, suite: Any, monkeypatch: pytest.MonkeyPatch, release: str, threads: str, after: str
) -> None:
    monkeypatch.setattr(sys.modules["tensorflow"], "__version__", release)
    for name in ("TFPERF_THREADS", "TF_NUM_INTRAOP_THREADS"):
        monkeypatch.setenv(name, threads)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        suite("_tensorflow").train_in_order()
        suite("_tensorflow").train_in_order()  # nothing is left to be told
    assert sys.modules["_tensorflow"].os.environ["TFPERF_THREADS"] == after
    assert [f"TensorFlow {release} trains on one thread" in str(w.message) for w in caught] == (
        [True] if after != threads else []
    )


@pytest.mark.parametrize(
    "error",
    [MemoryError(), OSError(28, "no space left"), ImportError("flatbuffers"), NameError("x")],
)
def test_what_no_file_is_to_blame_for_is_no_skip(suite: Any, error: Exception) -> None:
    with pytest.raises(type(error)), suite("_tensorflow").reading("3.0.0"):
        raise error


def test_a_file_of_an_unknown_format_is_a_skip(suite: Any) -> None:
    with pytest.raises(SkipTest), suite("_tensorflow").reading("3.0.0"):
        raise OSError("SavedModel file does not exist")  # as TensorFlow says it, without a number


def test_a_conversion_draws_nothing_and_leaves_the_path_alone(
    suite: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/bin")
    shared, lite = suite("_tensorflow"), suite("_lite")
    monkeypatch.setattr(shared, "_tflite_of_trace", lambda function, _shape: function(1))
    monkeypatch.setattr(lite, "network", lambda _x, weights: weights)
    monkeypatch.setattr(lite.tf, "constant", list, raising=False)
    convert = suite("tflite").build("convert")
    path = shared.os.environ["PATH"]
    assert path == f"{Path(sys.executable).parent}:/bin"
    monkeypatch.setattr(np.random, "RandomState", None)
    assert len(convert()) == len(convert()) == 4
    assert shared.os.environ["PATH"] == path


@pytest.mark.parametrize(
    ("writer", "ending"),
    [("2.10.1", SkipTest), ("3.0.0", SkipTest), ("2.9.0", ValueError), ("1.15.5", ValueError)],
)
def test_only_what_a_newer_release_wrote_need_not_be_readable(
    suite: Any, writer: str, ending: type[Exception]
) -> None:
    message = "TensorFlow 2.9.3 cannot read what|^no such op"
    with pytest.raises(ending, match=message), suite("_tensorflow").reading(writer):
        raise ValueError("no such op\nand more")


def test_an_artifact_says_who_wrote_it(suite: Any, tmp_path: Path) -> None:
    exchange = suite("_exchange")
    exchange.sign(str(tmp_path))
    assert exchange.writer(str(tmp_path)) == "2.9.3"


def test_a_folder_is_new_every_time_and_in_the_run(
    suite: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    path = Path(suite("_files").fresh_folder("model"))
    (path / "deep").mkdir(parents=True)
    assert Path(suite("_files").fresh_folder("model")) == path == tmp_path / "model"
    assert not path.exists()


@pytest.mark.parametrize(
    ("converter", "node", "reason"),
    [(None, "node", "no converter"), ("there", None, "no Node"), ("there", "false", "lacks")],
)
def test_without_its_extras_tfjs_says_how_to_get_them(
    *,
    suite: Any,
    monkeypatch: pytest.MonkeyPatch,
    converter: str | None,
    node: str | None,
    reason: str,
) -> None:
    workload = suite("tfjs")
    monkeypatch.setattr(workload.importlib.util, "find_spec", lambda _name: converter)
    monkeypatch.setattr(workload, "NODE", node)
    with pytest.raises(SkipTest, match=reason):
        workload.must_be_there()


def test_the_control_of_the_seeds_draws_by_numpy_alone(suite: Any) -> None:
    contract = suite("rng_contract")
    drawn = contract.build("numpy")()
    assert drawn["normal"][0, 0] == pytest.approx(0.47143516)
    assert set(contract.CASES) == set(contract.SINCE)
