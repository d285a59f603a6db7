"""Benchmarks of every kind, as people write them: some are fine, some are not."""

import unittest

import numpy as np
import tensorflow as tf
from _timed import Timed
from tensorflow.python.platform import test

v1 = getattr(getattr(tf, "compat", None), "v1", tf)


class Graphs(tf.test.Benchmark):
    """The way of 1.x, which 2.x still has."""

    def benchmark_op(self):
        """Run an operation in a session."""
        with tf.Graph().as_default(), v1.Session() as session:
            x = v1.placeholder(tf.float32, [10, 10])
            feed = {x: np.ones((10, 10))}
            told = self.run_op_benchmark(session, tf.matmul(x, x), feed_dict=feed, mbs=1)
            assert told["wall_time"] > 0


class Inherited(Timed):
    """A base class beside the file."""

    def benchmark_twice(self):
        """Report two times."""
        self.timed(lambda: sum(range(100)), name="short")
        self.timed(lambda: sum(range(900)), name="long")


class Endings(test.Benchmark):
    """What goes wrong."""

    def benchmark_fails(self):
        """Use what no release has."""
        tf.nothing_of_this_name()

    def benchmark_skips(self):
        """Know that it cannot run."""
        raise unittest.SkipTest("not on this machine")

    def benchmark_says_nothing(self):
        """Forget to report."""


if __name__ == "__main__":
    tf.test.main()
