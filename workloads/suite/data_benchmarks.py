"""Benchmarks of tf.data, for tf.test.Benchmark: what one element of a pipeline costs."""

import time

import numpy as np
import tensorflow as tf

SINCE = "2.0"
TAGS = ["data"]
ELEMENTS = 500
PASSES = 5


class DatasetBenchmark(tf.test.Benchmark):
    """What the benchmarks share; it has none of its own."""

    def run_benchmark(self, dataset, num_elements, iters, warmup):
        """Return the seconds of one element: the median over passes, each with a new iterator."""
        # Only the last of skipped elements reaches Python, which would cost more than making them.
        dataset = dataset.skip(num_elements - 1).take(1)
        deltas = []
        for _ in range(iters + warmup):
            start = time.perf_counter()
            for _element in dataset:
                pass
            deltas.append(time.perf_counter() - start)
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
        self.run_and_report_benchmark(tf.data.Dataset.range(ELEMENTS), ELEMENTS, "range")

    def benchmark_from_tensor_slices(self):
        """Take the rows of a matrix."""
        rows = np.random.RandomState(0).normal(size=(ELEMENTS, 64)).astype("float32")
        dataset = tf.data.Dataset.from_tensor_slices(rows)
        self.run_and_report_benchmark(dataset, ELEMENTS, "from_tensor_slices", {"columns": 64})


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
            dataset = tf.data.Dataset.range(ELEMENTS)
            for _ in range(length):
                dataset = dataset.map(lambda x: x)
            self.run_and_report_benchmark(dataset, ELEMENTS, "chain_{}".format(length))

    def benchmark_shuffle(self):
        """Draw elements from a buffer."""
        dataset = tf.data.Dataset.range(ELEMENTS).shuffle(100, seed=1)
        self.run_and_report_benchmark(dataset, ELEMENTS, "shuffle")

    def benchmark_batch_and_prefetch(self):
        """Put 32 elements together, and the next 32 meanwhile."""
        dataset = tf.data.Dataset.range(32 * ELEMENTS).batch(32).prefetch(1)
        self.run_and_report_benchmark(dataset, ELEMENTS, "batch_and_prefetch", {"batch": 32})


if __name__ == "__main__":
    tf.test.main()
