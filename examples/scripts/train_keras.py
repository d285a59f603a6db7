"""The same two layers with Keras, for every release that has it (1.4 and newer)."""

import argparse

import numpy as np
import tensorflow as tf


def digits(count, seed):
    """Return pictures of 28 x 28 pixels in ten classes: noise around a pattern of each class."""
    patterns = np.random.RandomState(7).uniform(size=(10, 784))
    random = np.random.RandomState(seed)
    labels = random.randint(10, size=count)
    pictures = 0.2 * patterns[labels] + 0.8 * random.uniform(size=(count, 784))
    return pictures.astype(np.float32), np.eye(10, dtype=np.float32)[labels]


def weights(rows, columns, seed):
    return np.random.RandomState(seed).normal(scale=0.05, size=(rows, columns))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=64)
    options = parser.parse_args()

    layers = tf.keras.layers
    model = tf.keras.models.Sequential(
        [
            layers.Dense(128, activation="relu", input_shape=(784,)),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.set_weights([weights(784, 128, 1), np.zeros(128), weights(128, 10, 2), np.zeros(10)])
    optimizer = tf.keras.optimizers.SGD(0.1)  # by position: lr became learning_rate
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    pictures, labels = digits(4096, seed=3)
    model.fit(
        pictures,
        labels,
        batch_size=options.batch_size,
        epochs=options.epochs,
        shuffle=False,  # releases shuffle in different orders
        verbose=0,
    )
    loss, accuracy = model.evaluate(*digits(1024, seed=4), verbose=0)
    print("loss: %.6f" % loss)
    print("accuracy: %.4f" % accuracy)


if __name__ == "__main__":
    main()
