"""The same network written down in NumPy, in float32: what matrix products alone take."""

from _mlp import probabilities, trained, weights
from _mnist import images_and_labels

CASES = {mode: {"mode": mode} for mode in ("fit", "train_step", "predict_one")}
BATCH, BATCHES_OF_FIT, RATE = 32, 4, 0.01


def build(mode):
    """Return the step of one case."""
    return {"fit": fit, "train_step": train_step, "predict_one": predict_one}[mode]()


def fit():
    """Train on a few batches, one after the other."""
    w = weights()
    images, labels = images_and_labels(BATCH * BATCHES_OF_FIT)

    def step():
        losses = []
        for start in range(0, len(images), BATCH):
            part = slice(start, start + BATCH)
            loss, w[:] = trained(w, images[part], labels[part], RATE)
            losses.append(loss)
        return {"loss": [sum(losses) / len(losses)], "kernel": lambda: w[2]}

    return step


def train_step():
    """Train on one batch."""
    w = weights()
    images, labels = images_and_labels(BATCH)

    def step():
        loss, w[:] = trained(w, images, labels, RATE)
        return {"loss": loss, "kernel": lambda: w[2]}

    return step


def predict_one():
    """Answer for one image."""
    w, one = weights(), images_and_labels(BATCH)[0][:1]
    return lambda: {"probabilities": probabilities(w, one)}


def outputs(result):
    """Return what is compared; the weights are fetched here, outside the timing of the step."""
    return {name: value() if callable(value) else value for name, value in result.items()}
