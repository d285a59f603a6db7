"""Two layers on digits, in the style of 2017: placeholders, a graph, and a session that runs it."""

from __future__ import print_function

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
    values = np.random.RandomState(seed).normal(scale=0.05, size=(rows, columns))
    return tf.Variable(values.astype(np.float32))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=64)
    options = parser.parse_args()

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 784])
        y = tf.placeholder(tf.float32, [None, 10])
        hidden = tf.nn.relu(tf.matmul(x, weights(784, 128, seed=1)))
        logits = tf.matmul(hidden, weights(128, 10, seed=2))
        loss = -tf.reduce_mean(tf.reduce_sum(y * tf.log(tf.nn.softmax(logits) + 1e-8), axis=1))
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        correct = tf.equal(tf.argmax(logits, 1), tf.argmax(y, 1))
        accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))

        pictures, labels = digits(4096, seed=3)
        unseen = dict(zip((x, y), digits(1024, seed=4)))
        session.run(tf.global_variables_initializer())
        for epoch in range(options.epochs):
            for start in range(0, len(pictures), options.batch_size):
                batch = slice(start, start + options.batch_size)
                session.run(step, feed_dict={x: pictures[batch], y: labels[batch]})
            values = session.run([loss, accuracy], feed_dict=unseen)
            print("epoch %d, loss: %.6f, accuracy: %.4f" % (epoch + 1, values[0], values[1]))


if __name__ == "__main__":
    main()
