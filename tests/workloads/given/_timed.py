"""Shared code beside the benchmarks: a base class that times, and has a benchmark of its own."""

import time

import tensorflow as tf


class Timed(tf.test.Benchmark):
    """Run by those that derive from it."""

    def benchmark_of_the_base(self):
        """Be inherited."""
        self.timed(lambda: sum(range(100)))

    def timed(self, call, name=None):
        """Report what one call takes."""
        start = time.time()
        for _ in range(200):
            call()
        seconds = (time.time() - start) / 200
        self.report_benchmark(iters=200, wall_time=seconds, name=name, extras={"text": "left out"})
