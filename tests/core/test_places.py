"""Where a case is written: a path in the repository, and the line that names it."""

from pathlib import PurePosixPath

import pytest

from bot.core.places import line_of, place
from bot.core.report import Place
from tests.core.runs import case

CASES_IN_A_TABLE = '''"""Says "fits" and fit."""
import numpy as np
CASES = {
    "predict": {},
    'fit': {},
}
def build(mode):
    return {"fit": step}
'''
BENCHMARKS = """class Ops(tf.test.Benchmark):
    def benchmark_matmul(self):
        pass
    def benchmark_matmul_large (self):
        pass
"""
ONE_STEP = """import numpy as np

def helper():
    pass

def build():
    pass
"""


@pytest.mark.parametrize(
    ("name", "source", "line"),
    [
        ("mlp[fit]", CASES_IN_A_TABLE, 5),
        ("mlp[predict]", CASES_IN_A_TABLE, 4),
        ("mlp[made by a loop]", CASES_IN_A_TABLE, 7),
        ("mlp[f.t]", CASES_IN_A_TABLE, 7),
        ("mlp", ONE_STEP, 6),
        ("ops[Ops.benchmark_matmul]", BENCHMARKS, 2),
        ("ops[benchmark_matmul_large]", BENCHMARKS, 4),
        ("mlp[fit]", "print('nothing of it')", 1),
        ("mlp[fit]", "", 1),
    ],
)
def test_the_line_is_that_of_the_name_or_of_what_builds_the_step(
    name: str, source: str, line: int
) -> None:
    assert line_of(case(name), source) == line


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        ("/repo/bench/mlp.py", ONE_STEP, Place(path="bench/mlp.py", line=6)),
        ("/repo/mlp.py", None, Place(path="mlp.py", line=1)),
        ("/repository/mlp.py", ONE_STEP, None),
        ("/elsewhere/mlp.py", ONE_STEP, None),
    ],
)
def test_a_place_is_never_outside_of_the_repository(
    file: str, source: str | None, expected: Place | None
) -> None:
    assert place(case("mlp"), PurePosixPath(file), PurePosixPath("/repo"), source) == expected
