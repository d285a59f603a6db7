"""Micro benchmarks of eager execution, for tf.test.Benchmark: what a single operation costs."""

import time

import numpy as np
import tensorflow as tf

SINCE = "2.0"
TAGS = ["eager", "ops"]
SECONDS = 0.03
BURN_CALLS = 20
CALLS_AT_ONCE = 50


class EagerBenchmark(tf.test.Benchmark):
    """What the benchmarks share; it has none of its own."""

    def _run(self, func):
        for _ in range(BURN_CALLS):
            func()
        calls, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            for _ in range(CALLS_AT_ONCE):
                last = func()
            calls += CALLS_AT_ONCE
        last.numpy()  # a graphics card may still be at work
        seconds = (time.perf_counter() - start) / calls
        self.report_benchmark(
            iters=calls, wall_time=seconds, extras={"calls_per_second": 1 / seconds}
        )


class OperationBenchmark(EagerBenchmark):
    """Operations so small that only what surrounds them is measured."""

    def __init__(self):
        super(OperationBenchmark, self).__init__()
        noise = np.random.RandomState(0)
        self._small = tf.constant(noise.normal(size=(2, 2)).astype("float32"))
        self._large = tf.constant(noise.normal(size=(100, 784)).astype("float32"))
        self._array = noise.normal(size=(2, 2)).astype("float32")

    def benchmark_constant_from_list(self):
        """Make a tensor of a list."""
        self._run(lambda: tf.constant([1.0, 2.0, 3.0]))

    def benchmark_constant_from_numpy(self):
        """Make a tensor of an array."""
        self._run(lambda: tf.constant(self._array))

    def benchmark_add_2_by_2(self):
        """Add two small matrices."""
        self._run(lambda: self._small + self._small)

    def benchmark_matmul_2_by_2(self):
        """Multiply two small matrices."""
        self._run(lambda: tf.matmul(self._small, self._small))

    def benchmark_matmul_100_by_784(self):
        """Multiply two matrices of a size that is used."""
        self._run(lambda: tf.matmul(self._large, self._large, transpose_b=True))

    def benchmark_slice(self):
        """Take a part of a tensor."""
        self._run(lambda: self._large[3:7, 5])


class GradientBenchmark(EagerBenchmark):
    """What a tape, a variable and a traced function add."""

    def __init__(self):
        super(GradientBenchmark, self).__init__()
        self._weight = tf.Variable(np.ones((2, 2), "float32"))
        self._square = tf.function(lambda x: tf.matmul(x, x))

    def benchmark_read_variable(self):
        """Read the value of a variable."""
        self._run(self._weight.read_value)

    def benchmark_tape_matmul_2_by_2(self):
        """Record a product on a tape, and differentiate it."""

        def gradient():
            with tf.GradientTape() as tape:
                square = tf.matmul(self._weight, self._weight)
            return tape.gradient(square, self._weight)

        self._run(gradient)

    def benchmark_function_matmul_2_by_2(self):
        """Call a traced function."""
        matrix = tf.constant(np.ones((2, 2), "float32"))
        self._run(lambda: self._square(matrix))


if __name__ == "__main__":
    tf.test.main()
