"""Benchmarks of tf.data, for tf.test.Benchmark: what one element of a pipeline costs.

All elements end up in one batch, made inside TensorFlow: a loop in Python costs more than most
pipelines. What it costs to start and to end an iterator is asked by tf_data[short_epochs].
"""

import time

import numpy as np
import tensorflow as tf

SINCE = "2.0"
TAGS = ["data"]
MANY, ELEMENTS, FEW = 20000, 1000, 250
PASSES = 3


class DatasetBenchmark(tf.test.Benchmark):
    """What the benchmarks share; it has none of its own."""

    def run_benchmark(self, dataset, num_elements, iters, warmup):
        """Return the seconds of one element: the median over passes, each with a new iterator."""
        # No skip(), by which some releases make no element at all; take() keeps map() and batch()
        # from becoming one operation.
        dataset = dataset.take(num_elements).batch(num_elements)
        deltas = []
        for _ in range(iters + warmup):
            iterator = iter(dataset)
            start = time.perf_counter()
            batch = next(iterator)
            deltas.append(time.perf_counter() - start)
            if len(batch) != num_elements:
                raise ValueError("{} elements instead of {}".format(len(batch), num_elements))
        return np.median(deltas[warmup:]) / num_elements

    def run_and_report_benchmark(self, dataset, num_elements, name, extras=None):
        """Time a dataset and report it under a name."""
        wall_time = self.run_benchmark(dataset, num_elements, PASSES, warmup=1)
        extras = dict(extras or {}, elements_per_second=1 / wall_time)
        self.report_benchmark(wall_time=wall_time, iters=PASSES, name=name, extras=extras)


class RangeBenchmark(DatasetBenchmark):
    """Sources."""

    def benchmark_range(self):
        """Count."""
        self.run_and_report_benchmark(tf.data.Dataset.range(MANY), MANY, "range")

    def benchmark_from_tensor_slices(self):
        """Take the rows of a matrix."""
        rows = np.random.RandomState(0).normal(size=(MANY, 16)).astype("float32")
        dataset = tf.data.Dataset.from_tensor_slices(rows)
        self.run_and_report_benchmark(dataset, MANY, "from_tensor_slices", {"columns": 16})


class TransformationBenchmark(DatasetBenchmark):
    """What is done with elements."""

    def benchmark_map(self):
        """Call a traced function for every element."""
        dataset = tf.data.Dataset.range(ELEMENTS).map(lambda x: x + 1)
        self.run_and_report_benchmark(dataset, ELEMENTS, "map")

    def benchmark_parallel_map(self):
        """Call it for two elements at a time."""
        dataset = tf.data.Dataset.range(ELEMENTS).map(lambda x: x + 1, num_parallel_calls=2)
        self.run_and_report_benchmark(dataset, ELEMENTS, "parallel_map")

    def benchmark_chain_of_maps(self):
        """Call one after the other; two reports, and the sample is their sum."""
        for length in (1, 5):
            dataset = tf.data.Dataset.range(FEW)
            for _ in range(length):
                dataset = dataset.map(lambda x: x + 1)  # what returns x is left out by TensorFlow
            self.run_and_report_benchmark(dataset, FEW, "chain_{}".format(length))

    def benchmark_shuffle(self):
        """Draw elements from a buffer."""
        dataset = tf.data.Dataset.range(MANY).shuffle(100, seed=1)
        self.run_and_report_benchmark(dataset, MANY, "shuffle")

    def benchmark_batch_and_prefetch(self):
        """Put 32 elements together, and the next 32 meanwhile."""
        dataset = tf.data.Dataset.range(32 * ELEMENTS).batch(32).prefetch(1)
        self.run_and_report_benchmark(dataset, ELEMENTS, "batch_and_prefetch", {"batch": 32})


if __name__ == "__main__":
    tf.test.main()
