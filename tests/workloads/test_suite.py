"""The suite's own arithmetic: a truth that is wrong would blame every release."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.mark.filterwarnings("ignore:MNIST is not in the Keras cache")
def test_a_step_of_gradient_descent_follows_the_slope_of_the_loss(suite: Any) -> None:
    mlp, mnist = suite("_mlp"), suite("_mnist")
    images, labels = mnist.images_and_labels(8)
    w = [v.astype("float64") for v in mlp.weights()]
    x, rate, nudge = images.astype("float64"), 0.5, 1e-6
    loss, after = mlp.trained(w, x, labels, rate)
    for index, at in ((0, (300, 7)), (1, (7,)), (2, (7, 3)), (3, (3,))):
        nudged = [v.copy() for v in w]
        nudged[index][at] += nudge
        slope = (mlp.trained(nudged, x, labels, rate)[0] - loss) / nudge
        assert after[index][at] == pytest.approx(w[index][at] - rate * slope, rel=1e-4)


@pytest.mark.filterwarnings("ignore:MNIST is not in the Keras cache")
def test_answers_are_probabilities(suite: Any) -> None:
    answer = suite("mnist_mlp").reference("predict_one")["probabilities"]
    assert answer.shape == (1, 10)
    assert answer.sum() == pytest.approx(1)


def test_the_series_is_two_less_its_last_term(suite: Any) -> None:
    assert suite("geometric_series").reference()["sum"] == 2 - 2.0**-50


def test_real_images_are_taken_where_keras_has_them(
    suite: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "datasets").mkdir()
    images = np.full((40, 28, 28), 255, "uint8")
    np.savez(tmp_path / "datasets" / "mnist.npz", x_train=images, y_train=np.arange(40) % 10)
    monkeypatch.setenv("TFPERF_KERAS_CACHE", str(tmp_path))
    taken, labels = suite("_mnist").images_and_labels(32)
    assert (taken.shape, taken.dtype, taken.max()) == ((32, 784), "float32", 1.0)
    assert labels.tolist() == (np.arange(32) % 10).tolist()


def test_noise_in_their_place_is_the_same_everywhere_and_told(
    suite: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TFPERF_KERAS_CACHE", raising=False)
    with pytest.warns(UserWarning, match="noise of its shape"):
        images, labels = suite("_mnist").images_and_labels(32)
    assert images[0, 0] == np.float32(0.5488135)
    assert labels.max() < 10
