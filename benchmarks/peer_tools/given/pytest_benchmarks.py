"""What pytest-benchmark times: the steps, built and called once before the timing."""

import os

import pytest
from _steps import STEPS


@pytest.mark.parametrize("name", os.environ["BENCH_STEPS"].split())
def test_step(benchmark, name):
    step = STEPS[name]()
    step()
    benchmark(step)
