"""The arithmetic of data pipelines, XLA, mixed precision, summaries, variables and operations."""

import sys
import types
from typing import Any

import numpy as np
import pytest


def test_rows_are_scaled_to_a_mean_square_of_one(suite: Any) -> None:
    tf_data = suite("tf_data")
    plain = tf_data.reference("shuffle_cache")["rows"]
    scaled = tf_data.reference("parallel_map")["rows"]
    assert plain.shape == scaled.shape == (tf_data.ROWS, tf_data.WIDTH)
    assert np.mean(scaled**2, axis=1) == pytest.approx(1)


def test_the_order_of_a_shuffle_is_not_compared(suite: Any) -> None:
    tf_data = suite("tf_data")
    rows = tf_data.data()
    shuffled = np.random.RandomState(1).permutation(rows)
    got = tf_data.outputs([shuffled[:100], shuffled[100:]])["rows"]
    assert (got == tf_data.outputs([rows])["rows"]).all()
    assert (got != shuffled).any()


def test_a_row_that_is_lost_in_a_shuffle_is_seen(suite: Any) -> None:
    tf_data = suite("tf_data")
    rows = tf_data.data()
    doubled = np.concatenate([rows[1:], rows[1:2]])
    assert (tf_data.outputs([doubled])["rows"] != tf_data.outputs([rows])["rows"]).any()


@pytest.mark.parametrize("case", ["fft", "matmul", "elementwise", "reductions", "flip", "nan_inf"])
def test_every_family_has_a_truth_for_every_result(suite: Any, case: str) -> None:
    ops = suite("ops")
    truths = ops.reference(case)
    assert list(ops.CASES) == sorted(ops.TRUTHS)
    if case == "nan_inf":
        assert all(0 < truth.sum() < truth.size / 2 for truth in truths.values())
    else:
        assert all(np.isfinite(truth).all() for truth in truths.values())


def test_all_values_of_a_chirps_transform_are_of_one_magnitude(suite: Any) -> None:
    ops = suite("ops")
    truths = ops.reference("fft")
    assert np.abs(truths["result 0"]) == pytest.approx(ops.COLUMNS**0.5, rel=1e-6)
    assert np.abs(truths["result 1"]) == pytest.approx(ops.COLUMNS**-0.5, rel=1e-6)


def test_a_flip_of_images_turns_columns_and_leaves_channels(suite: Any) -> None:
    ops = suite("ops")
    image = ops.data("flip")[0].reshape(ops.ROWS, -1, ops.CHANNELS)
    flipped = ops.reference("flip")["result 2"]
    assert (flipped[3, 0] == image[3, -1]).all()


def test_softmax_gives_shares(suite: Any) -> None:
    shares = suite("ops").softmax(np.log([[1.0, 3.0], [2.0, 2.0]]))
    assert shares == pytest.approx(np.array([[0.25, 0.75], [0.5, 0.5]]))


def test_the_truth_of_xla_is_the_same_for_both_cases(suite: Any) -> None:
    xla = suite("xla")
    truths = [xla.reference(**parameters)["mean squares"] for parameters in xla.CASES.values()]
    assert (truths[0] == truths[1]).all()
    x = xla.data()[0]
    # Each layer adds a row with a mean square of 1 to one that starts with 1.
    assert truths[0].mean() == pytest.approx(np.mean(x**2) + xla.LAYERS, rel=0.5)


@pytest.mark.filterwarnings("ignore:MNIST is not in the Keras cache")
def test_weights_that_did_not_move_went_no_way(suite: Any) -> None:
    mixed, mlp = suite("mixed_precision"), suite("_mlp")
    kernel = mlp.weights()[2]
    assert mixed.way(kernel).tolist() == [0.0] * 10
    moved = kernel.astype("float64")
    moved[:2, 3] += (3.0, 4.0)
    assert mixed.way(moved)[3] == pytest.approx(5)
    assert all(mixed.reference()["way"] > 0)


@pytest.mark.filterwarnings("ignore:MNIST is not in the Keras cache")
def test_a_batch_that_is_shared_has_the_mean_of_its_shares(suite: Any) -> None:
    distribution, mlp, mnist = suite("distribution"), suite("_mlp"), suite("_mnist")
    images, labels = mnist.images_and_labels(distribution.BATCH)
    first = [value.astype("float64") for value in mlp.weights()]
    shares = [
        mlp.trained(first, x.astype("float64"), y, distribution.RATE)
        for x, y in zip(np.split(images, 2), np.split(labels, 2), strict=True)
    ]
    truth = distribution.reference()
    assert truth["loss"] == pytest.approx(np.mean([loss for loss, _ in shares]))
    assert truth["kernel"] == pytest.approx(np.mean([after[2] for _, after in shares], axis=0))


def test_metrics_add_up_over_all_batches(suite: Any) -> None:
    summaries = suite("summaries")
    truth = summaries.reference("metrics")
    hits = [
        answer.argmax() == label
        for _, labels, answers in summaries.batches()
        for label, answer in zip(labels, answers, strict=True)
    ]
    assert len(hits) == summaries.BATCHES * summaries.BATCH
    assert truth["accuracy"] == sum(hits) / len(hits)
    assert 0 < truth["accuracy"] < 0.5
    assert truth["mean"] == pytest.approx(0.5, abs=0.05)


def test_events_go_to_the_environments_own_folder_and_push_out_the_last_ones(
    suite: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    summaries = suite("summaries")
    first = tmp_path / "tfperf-events"
    assert summaries.folder() == str(first)
    (first / "events").write_text("of the last case")
    assert summaries.folder() == str(first)
    assert list(first.iterdir()) == []


def test_the_sum_of_the_variables_is_that_of_their_values(suite: Any) -> None:
    variables = suite("variables")
    total = sum(each.astype("float64").sum() for each in variables.values())
    assert variables.reference()["sum"] == pytest.approx(total, rel=1e-12)


def test_no_times_are_judged_where_each_call_takes_longer_than_the_last(suite: Any) -> None:
    variables = suite("variables")
    assert set(variables.METRICS) == set(variables.CASES)
    judged = {metric for metrics in variables.METRICS.values() for metric in metrics}
    assert judged == {"peak_rss", "rss_slope"}
    assert variables.METRICS["same_graph"] == variables.METRICS["keras_model"] == ["rss_slope"]


class Pipeline:
    """A data set that notes what is done with it."""

    def __init__(self, done: list[str]) -> None:
        self.done = done

    def take(self, count: int) -> "Pipeline":
        self.done.append(f"take {count}")
        return self

    def batch(self, count: int) -> list[list[int]]:
        self.done.append(f"batch {count}")
        return [[0] * min(count, 6)]


def test_elements_are_all_made_and_counted(suite: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    framework = sys.modules["tensorflow"]
    test = types.SimpleNamespace(Benchmark=object)
    monkeypatch.setattr(framework, "test", test, raising=False)
    benchmark, done = suite("data_benchmarks").DatasetBenchmark(), list[str]()
    assert benchmark.run_benchmark(Pipeline(done), 6, iters=2, warmup=1) > 0
    assert done == ["take 6", "batch 6"]
    with pytest.raises(ValueError, match="6 elements instead of 7"):
        benchmark.run_benchmark(Pipeline(done), 7, iters=2, warmup=1)
