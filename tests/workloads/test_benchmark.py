"""Benchmarks written for tf.test.Benchmark: which a file has, and what becomes of their reports."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workloads.worker import WORKLOADS, Arm

Write = Callable[..., Path]
List = Callable[..., dict[str, Any]]


@pytest.fixture
def listed(tmp_path: Path) -> List:
    """List one file where no framework is installed."""

    def run(file: Path) -> dict[str, Any]:
        output = tmp_path / "listing.json"
        command = [sys.executable, "-s", "-B", str(WORKLOADS / "run.py"), "list"]
        subprocess.run([*command, "--output", str(output), str(file)], check=True)
        [entry] = json.loads(output.read_text(encoding="utf-8"))["workloads"]
        assert isinstance(entry, dict)
        return entry

    return run


BASE = "import tensorflow as tf\nclass A(tf.test.Benchmark):\n    def benchmark_a(self): pass\n"
PLATFORM = """
from tensorflow.python.platform import test
class A(test.Benchmark):
    benchmark_data = 3
    def benchmarkZ(self): pass
    def helper(self): pass
"""
DATA = """
from tensorflow.python.data.benchmarks import benchmark_base
class MapBenchmark(benchmark_base.DatasetBenchmarkBase):
    def benchmark_map(self): pass
"""
PARAMETERIZED = """
import tensorflow as tf
class P(tf.test.Benchmark, metaclass=tf.__internal__.test.ParameterizedBenchmark):
    _benchmark_parameters = [("one", 1), ("two", 2)]
    def benchmark_p(self, n): pass
"""
ABSTRACT = """
    @classmethod
    def is_abstract(cls): return cls.__name__ == "A"
"""
FILES = [
    (BASE, ["A.benchmark_a"]),
    (PLATFORM, ["A.benchmarkZ"]),
    (DATA, ["MapBenchmark.benchmark_map"]),
    (PARAMETERIZED, ["P.benchmark_p__one", "P.benchmark_p__two"]),
    # A shared base class: with benchmarks it is run by itself too, as TensorFlow does.
    (BASE + "class B(A):\n    def benchmark_b(self): pass\n",
     ["A.benchmark_a", "B.benchmark_a", "B.benchmark_b"]),
    (BASE.replace("benchmark_a", "run") + "class B(A):\n    def benchmark_b(self): pass\n",
     ["B.benchmark_b"]),
    ("from _shared import A\nclass B(A): pass\n", ["B.benchmark_a"]),
    (BASE.replace("class A", "class _A") + "class B(_A): pass\n", ["B.benchmark_a"]),
    (BASE + ABSTRACT + "class B(A): pass\n", ["B.benchmark_a"]),
    (BASE + "Again = A\nclass Plain:\n    def benchmark_plain(self): pass\n", ["A.benchmark_a"]),
    (BASE + "if __name__ == '__main__':\n    tf.test.main()\n", ["A.benchmark_a"]),
    (BASE.replace("benchmark_a", "benchmark_" + "a" * 100), ["A.benchmark_" + "a" * 100]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "cases"), FILES)
def test_every_benchmark_method_of_a_file_is_a_case(
    listed: List, workload: Write, source: str, cases: list[str]
) -> None:
    workload(BASE + "def build(): pass", name="_shared.py")
    entry = listed(workload(source + "# no def build"))
    assert [case["case"] for case in entry["cases"]] == cases
    assert {case["kind"] for case in entry["cases"]} == {"benchmark"}


def test_what_a_file_declares_applies_to_its_benchmarks(listed: List, workload: Write) -> None:
    source = (
        '"""Doc."""\nSINCE = {"A.benchmark_a": "2.0"}\nTAGS = ["eager"]\nISOLATE = True\n'
        'THRESHOLDS = {"step": 0.1}\n' + BASE + "# no def build"
    )
    entry = listed(workload(source))
    assert entry["doc"] == "Doc."
    [case] = entry["cases"]
    assert case["since"] == "2.0"
    assert case["parameters"] == {}
    assert (case["tags"], case["isolate"], case["thresholds"]) == (["eager"], True, {"step": 0.1})


MISTAKES = [
    (BASE + "def build(): pass", "the file has build and benchmarks (A.benchmark_a (line 3))"),
    (BASE + "CASES = {'a': {}}", "the file has CASES and benchmarks"),
    (BASE + "SINCE = {'A.benchmark_b': '2.0'}", "SINCE names 'A.benchmark_b'"),
    (BASE.replace("_a", "_ü"), "the name 'A.benchmark_ü' (line 3) must be 1 to 120 of a-z A-Z"),
    (BASE.replace("benchmark_a", "bench"), "and no benchmark*() of a tf.test.Benchmark"),
    (BASE.replace("tf.test.Benchmark", "object"), "and no benchmark*() of a tf.test.Benchmark"),
]


@pytest.mark.parametrize(("source", "message"), MISTAKES)
def test_a_file_with_a_mistake_says_which(
    listed: List, workload: Write, source: str, message: str
) -> None:
    assert message in listed(workload(source + "\n# no def build"))["error"]["message"]


def benchmark(*lines: str, more: str = "") -> str:
    """A file with one benchmark whose method has these lines."""
    body = "\n".join("        " + line for line in lines)
    head = "import tinyflow\nclass A(tinyflow.Benchmark):\n    def benchmark_a(self):"
    return f"{head}\n{body}\n{more}# no def build"


REPORTS: list[tuple[tuple[str, ...], float, dict[str, float]]] = [
    (("self.report_benchmark(wall_time=2.5)",), 2.5, {"wall_time": 2.5}),
    (
        (
            "extras = {'n': 3, 'text': 'x', 'bad': float('inf')}",
            "metrics = [{'name': 'accuracy', 'value': 0.75, 'min_value': 0.5}]",
            "self.report_benchmark(4, 0.5, 0.25, 8.0, extras, 'other', metrics)",
        ),
        0.25,
        {
            "iters": 4, "cpu_time": 0.5, "wall_time": 0.25, "throughput": 8.0,
            "extras.n": 3, "metrics.accuracy": 0.75,
        },
    ),
    (
        (
            "self.report_benchmark(wall_time=1.0, name='first')",
            "self.report_benchmark(wall_time=2.0)",
            "self.report_benchmark(extras={'n': 3}, name='third')",
        ),
        3.0,
        {"first.wall_time": 1.0, "2.wall_time": 2.0, "third.extras.n": 3},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "seconds", "values"), REPORTS)
def test_what_is_reported_is_the_sample(
    arm: Arm, workload: Write, lines: tuple[str, ...], seconds: float, values: dict[str, float]
) -> None:
    turn = arm.reach("round", workload(benchmark(*lines)), "A.benchmark_a")
    assert turn["reported_seconds"] == seconds
    assert 0 < turn["wall_seconds"] < 0.2  # how long it really took
    assert arm.ask("close")["reported"] == values


def test_values_are_medians_over_the_calls(arm: Arm, workload: Write) -> None:
    line = "self.calls = getattr(self, 'calls', 0) + 1"
    source = benchmark(line, "self.report_benchmark(wall_time=0.1 * self.calls ** 2, iters=1)")
    arm.reach("first_call", workload(source), "A.benchmark_a")
    arm.ask("warm_up", least_calls=1, most_calls=1, most_seconds=9, spread=1)
    arm.ask("round", calls=1, untimed_calls=0)
    assert arm.ask("close")["reported"]["wall_time"] == pytest.approx(0.4)


def test_a_flood_of_values_is_bounded(arm: Arm, workload: Write) -> None:
    source = benchmark(
        "extras = {'\\u20ac' * 500 + str(n): n for n in range(10 ** 4)}",
        "extras.update({str(n) + 'x' * 500: n for n in range(10 ** 4)})",
        "self.report_benchmark(wall_time=1.0, extras=extras)",
    )
    arm.reach("first_call", workload(source), "A.benchmark_a")
    told = arm.ask("close")["reported"]  # which fits into a line
    assert len(told) == 32
    assert max(map(len, told)) == 60


def test_a_class_may_have_its_own_way_of_reporting(arm: Arm, workload: Write) -> None:
    source = benchmark(
        "self.report_benchmark(wall_time=1.0)",
        more="    def report_benchmark(self, **fields):\n"
        "        super(A, self).report_benchmark(iters=7, **fields)\n",
    )
    arm.reach("first_call", workload(source), "A.benchmark_a")
    assert arm.ask("close")["reported"] == {"iters": 7, "wall_time": 1.0}


@pytest.mark.parametrize(("wall_time", "is_told"), [("1e6", True), ("1e-9", False)])
def test_a_time_longer_than_the_call_is_no_time_in_seconds(
    arm: Arm, workload: Write, wall_time: str, is_told: bool
) -> None:
    source = benchmark(f"self.report_benchmark(wall_time={wall_time})")
    notes = arm.reach("first_call", workload(source), "A.benchmark_a")["notes"]
    assert ["not in seconds, it seems" in note for note in notes] == [True] * is_told


ENDINGS = [
    ("tinyflow.no_such_thing", "exception", "no_such_thing", "mine.py:4"),
    ("import unittest; raise unittest.SkipTest('not here')", "skipped", "not here", "mine.py:4"),
    ("pass", "workload", "A.benchmark_a() (line 3) reported no wall_time", "mine.py"),
    ("self.report_benchmark(iters=3)", "workload", "reported no wall_time", "mine.py"),
    ("self.report_benchmark(wall_time=0)", "exception", "positive, finite number", "mine.py:4"),
    (
        "self.report_benchmark(wall_time=float('nan'))",
        "exception",
        "positive, finite number, not nan",
        "mine.py:4",
    ),
    ("self.report_benchmark(wall_time='1')", "exception", "finite number, not '1'", "mine.py:4"),
    ("self.report_benchmark(wall_time=10 ** 400)", "exception", "finite number", "mine.py:4"),
    ("self.report_benchmark(wall_time=1, extras=3)", "exception", "must be a dict", "mine.py:4"),
    ("self.report_benchmark(wall_time=1, metrics=[3])", "exception", "list of dicts", "mine.py:4"),
]


@pytest.mark.parametrize(("line", "kind", "message", "where"), ENDINGS)
def test_a_benchmark_that_measures_nothing_says_why(
    *, arm: Arm, workload: Write, line: str, kind: str, message: str, where: str
) -> None:
    reply = arm.reach("first_call", workload(benchmark(line)), "A.benchmark_a")
    assert (reply["error"]["kind"], reply["error"]["where"]) == (kind, where)
    assert message in reply["error"]["message"]


UNBUILDABLE = [
    ("", "A.benchmark_b", "there is no benchmark 'A.benchmark_b' under this release; there are: A"),
    (
        "    def __init__(self, size): pass\n",
        "A.benchmark_a",
        "A() is called without arguments: missing a required argument: 'size'",
    ),
    (
        "    def benchmark_b(self, size): pass\n",
        "A.benchmark_b",
        "A.benchmark_b() (line 5) is called without arguments",
    ),
]


@pytest.mark.parametrize(("more", "case", "message"), UNBUILDABLE)
def test_a_benchmark_that_cannot_be_called_is_told_before_it_is(
    arm: Arm, workload: Write, more: str, case: str, message: str
) -> None:
    reply = arm.reach("build", workload(benchmark("pass", more=more)), case)
    assert reply["error"]["kind"] == "workload"
    assert message in reply["error"]["message"]
