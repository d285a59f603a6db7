"""Owns the images of the MNIST workloads."""

import os
import warnings

import numpy as np

PIXELS, DIGITS = 784, 10


def images_and_labels(count):
    """Return the first images of MNIST, if Keras has it in its cache, or noise of that shape."""
    cached = os.path.join(os.environ.get("TFPERF_KERAS_CACHE", ""), "datasets", "mnist.npz")
    if os.path.exists(cached):
        with np.load(cached) as mnist:
            images, labels = mnist["x_train"][:count], mnist["y_train"][:count]
        return images.reshape(-1, PIXELS).astype("float32") / 255, labels.astype("int32")
    warnings.warn("MNIST is not in the Keras cache: noise of its shape is used", stacklevel=1)
    noise = np.random.RandomState(0)
    images = noise.uniform(size=(count, PIXELS)).astype("float32")
    return images, noise.randint(DIGITS, size=count).astype("int32")
