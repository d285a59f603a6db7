"""The listing: what files declare, read where no framework is installed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workloads.worker import WORKLOADS

Write = Callable[..., Path]
SUITE = sorted((WORKLOADS / "suite").glob("*.py"))


@pytest.fixture
def listed(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    def run(*files: Path) -> list[dict[str, Any]]:
        output = tmp_path / "listing.json"
        command = [sys.executable, "-s", "-B", str(WORKLOADS / "run.py"), "list"]
        subprocess.run([*command, "--output", str(output), *map(str, files)], check=True)
        listing = json.loads(output.read_text(encoding="utf-8"))
        assert listing["protocol"] == 1
        assert not list(tmp_path.glob("*.part"))
        workloads: list[dict[str, Any]] = listing["workloads"]
        return workloads

    return run


List = Callable[..., list[dict[str, Any]]]
BUILD = "\ndef build(**parameters):\n    return lambda: None\n"


def test_a_file_that_declares_everything(listed: List, workload: Write) -> None:
    file = workload(
        '''"""Sums are slow.

More about it.
"""
import tensorflow as tf
CASES = {"small": {"n": 1}, "large": {"n": 10, "dtype": tf.float64}}
SINCE = {"large": "2.0"}
TAGS = ["cpu"]
METRICS = ["peak_rss", "rss_slope"]
THRESHOLDS = {"step": 0.1}
TOLERANCE = 1e-6
ISOLATE = True
'''
        + BUILD
    )
    shared = {
        "kind": "step",
        "tags": ["cpu"],
        "metrics": ["peak_rss", "rss_slope"],
        "thresholds": {"step": 0.1},
        "tolerance": 1e-6,
        "isolate": True,
        "makes_artifact": False,
    }
    large = {"n": 10, "dtype": "tensorflow.float64"}
    assert listed(file) == [
        {
            "file": str(file),
            "workload": "mine",
            "doc": "Sums are slow.",
            "cases": [
                {"case": "small", "parameters": {"n": 1}, "since": None, **shared},
                {"case": "large", "parameters": large, "since": "2.0", **shared},
            ],
        }
    ]


def test_a_file_that_declares_nothing_has_one_case(listed: List, workload: Write) -> None:
    [entry] = listed(workload("def build():\n    return lambda: None"))
    assert entry["doc"] == ""
    assert entry["cases"] == [
        {
            "case": "default",
            "kind": "step",
            "parameters": {},
            "since": None,
            "tags": [],
            "metrics": None,
            "thresholds": {},
            "tolerance": None,
            "isolate": False,
            "makes_artifact": False,
        }
    ]


def test_since_may_hold_for_all_cases(listed: List, workload: Write) -> None:
    [entry] = listed(workload("SINCE = '1.15'\nCASES = {'a': {}, 'b': {}}" + BUILD))
    assert [case["since"] for case in entry["cases"]] == ["1.15", "1.15"]


def test_what_is_judged_may_differ_between_cases(listed: List, workload: Write) -> None:
    source = "CASES = {'a': {}, 'b': {}, 'c': {}}\nMETRICS = {'a': ['step'], 'b': []}"
    [entry] = listed(workload(f"{source}\ndef outputs(result):\n    return {{}}{BUILD}"))
    assert [case["metrics"] for case in entry["cases"]] == [["step"], [], None]


ERRORS = [
    ("x = 1\ndef build(:", "SyntaxError", "invalid syntax", 2),
    ("x = 1\nraise ValueError('no')  # def build", "ValueError", "no", 2),
    ("import _absent_sibling  # def build", "ModuleNotFoundError", "_absent_sibling", 1),
    ("import sys\nsys.exit(1)  # def build", "SystemExit", "1", 2),
    ("import tensorflow  # no def build", "BadWorkload", "there is no function build()", None),
    ("build = 3  # def build", "BadWorkload", "there is no function build()", None),
    ("outputs = 3" + BUILD, "BadWorkload", "outputs must be a function", None),
    ("CASES = {}" + BUILD, "BadWorkload", "CASES must be a dict with a case or more", None),
    ("CASES = ['a']" + BUILD, "BadWorkload", "CASES must be a dict", None),
    ("CASES = {'A b': {}}" + BUILD, "BadWorkload", "'A b' must be 1 to 60 of a-z 0-9", None),
    ("CASES = {'a' * 61: {}}" + BUILD, "BadWorkload", "must be 1 to 60", None),
    ("CASES = {1: {}}" + BUILD, "BadWorkload", "the name 1 must be", None),
    ("CASES = {'a': 3}" + BUILD, "BadWorkload", "CASES['a'] must be a dict", None),
    ("CASES = {'a': {1: 2}}" + BUILD, "BadWorkload", "CASES['a'] must be a dict", None),
    (
        "CASES = {'a': {'n': {(1, 2): 3}}}" + BUILD,
        "BadWorkload",
        "CASES['a'] cannot be written as JSON",
        None,
    ),
    (
        "CASES = {'a': {'m': 2}}\ndef build(n):\n    pass",
        "BadWorkload",
        "build() does not take the parameters of 'a'",
        None,
    ),
    (
        "CASES = {'a': {'m': 2}}\ndef reference():\n    pass" + BUILD,
        "BadWorkload",
        "reference() does not take the parameters of 'a'",
        None,
    ),
    (
        "def make_artifact(folder):\n    pass\ndef build():\n    pass",
        "BadWorkload",
        "build() does not take the parameters of 'default': got an unexpected keyword",
        None,
    ),
    (
        "CASES = {'a': {'m': 2}}\ndef make_artifact(folder):\n    pass" + BUILD,
        "BadWorkload",
        "make_artifact() does not take the parameters of 'a'",
        None,
    ),
    ("SINCE = 2.0" + BUILD, "BadWorkload", "SINCE: 2.0 must be a release in quotes", None),
    ("SINCE = 'two'" + BUILD, "BadWorkload", "SINCE: 'two' must be a release", None),
    ("SINCE = {'b': '2.0'}" + BUILD, "BadWorkload", "SINCE names 'b'", None),
    ("TAGS = 'cpu'" + BUILD, "BadWorkload", "TAGS must be a list of texts, or a dict", None),
    ("TAGS = {'a': ['x']}" + BUILD, "BadWorkload", "TAGS names 'a', which is no case", None),
    ("METRICS = 'step'" + BUILD, "BadWorkload", "METRICS must be a list of metrics", None),
    ("METRICS = ['stop']" + BUILD, "BadWorkload", "METRICS: there is no metric 'stop'", None),
    ("METRICS = {'b': ['step']}" + BUILD, "BadWorkload", "METRICS names 'b', which is no", None),
    ("METRICS = []" + BUILD, "BadWorkload", "but there is no outputs()", None),
    ("THRESHOLDS = 0.1" + BUILD, "BadWorkload", "THRESHOLDS must be a dict", None),
    ("THRESHOLDS = {'stop': 0.1}" + BUILD, "BadWorkload", "there is no metric 'stop'", None),
    ("THRESHOLDS = {'step': 10}" + BUILD, "BadWorkload", "between 0 and 1", None),
    ("TOLERANCE = -1" + BUILD, "BadWorkload", "TOLERANCE must be a number, 0 or more", None),
    ("TOLERANCE = float('nan')" + BUILD, "BadWorkload", "TOLERANCE must be a number", None),
]


@pytest.mark.parametrize(("source", "type_name", "message", "line"), ERRORS)
def test_a_file_that_is_no_workload_says_why(
    *, listed: List, workload: Write, source: str, type_name: str, message: str, line: int | None
) -> None:
    good = workload(BUILD, name="good.py")
    bad, fine = listed(workload(source), good)
    assert sorted(bad) == ["error", "file", "workload"]
    assert (bad["error"]["type"], bad["error"]["line"]) == (type_name, line)
    assert message in bad["error"]["message"]
    assert fine["workload"] == "good"
    assert "error" not in fine


@pytest.mark.parametrize(
    "name", ["My Work.py", "ü.py", "a" * 61 + ".py", "..py", "...py", ".torch.py", "-a.py"]
)
def test_a_file_needs_a_name_for_a_workload(listed: List, workload: Write, name: str) -> None:
    [entry] = listed(workload(BUILD, name=name))
    assert "1 to 60 of a-z 0-9 _ . -, the first a letter or digit" in entry["error"]["message"]


def test_a_file_that_is_not_there_says_so(listed: List, tmp_path: Path) -> None:
    [entry] = listed(tmp_path / "absent.py")
    assert entry["error"]["type"] == "FileNotFoundError"


def test_shared_code_is_no_workload(listed: List, workload: Write) -> None:
    assert listed(workload(BUILD, name="_shared.py")) == []


def test_folders_do_not_see_the_shared_code_of_each_other(listed: List, tmp_path: Path) -> None:
    files = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "_shared.py").write_text(f"NAME = {folder!r}")
        files.append(tmp_path / folder / f"{folder}.py")
        files[-1].write_text("from _shared import NAME\nTAGS = [NAME]" + BUILD)
    assert [entry["cases"][0]["tags"] for entry in listed(*files)] == [["one"], ["two"]]


USES_OF_A_FRAMEWORK = [
    "import tensorflow.keras.layers as L",
    "from tensorflow.keras import layers, models",
    "from tensorflow.keras.layers import Dense",
    "from tensorflow import *",
    "import keras, tf_keras, torch, jax, a_library_of_my_own.part",
    "from torch import nn\nclass Net(nn.Module):\n    def forward(self, x): return x",
    "class M(tf.Module, tf.keras.Model):\n    pass\nM()",
    "class E(tf.errors.OpError): pass",
    "@tf.function\ndef f(x): return x\nassert f(3) == 3",
    "@tf.function(jit_compile=True)\ndef f(x): return x\nassert f(3) == 3",
    "@tf.keras.utils.register_keras_serializable()\nclass C: pass\nassert C()",
    "with tf.device('/cpu:0'):\n    x = tf.constant(1.0)",
    "with tf.Graph().as_default() as g, tf.Session(graph=g) as s: s.run(tf.constant(1))",
    "for gpu in tf.config.list_physical_devices('GPU'): raise ValueError",
    "x = -(2 * tf.constant(1.0)[0] + 1) / 3 @ tf.constant(2) < 4",
    "if tuple(map(int, tf.__version__.split('.')[:2])) >= (2, 0): pass",
    "tf.random.set_seed(1)\ntf.config.threading.size = 3",
    "v1 = getattr(getattr(tf, 'compat', None), 'v1', tf)\nv1.disable_eager_execution()",
    "def f(x: tf.Tensor, y: 'tf.Tensor | None' = None) -> tf.Tensor | None: return x",
    "import functools\njit = functools.partial(tf.function, jit_compile=True)\n@jit\ndef f(): pass",
    "isinstance(3, tf.Tensor)\nissubclass(int, tf.Tensor)",
    "text = f'{tf.constant(1.0):.3f} {tf.float32!r} {len(tf.constant([]))}'",
    "a, b = int(tf.constant(1)), float(tf.constant(1))\nlist(range(tf.constant(3)))",
    "@tf.function\ndef build(**parameters): return lambda: None",
]


@pytest.mark.parametrize("use", USES_OF_A_FRAMEWORK)
def test_a_framework_that_is_not_installed_stands_in_the_way_of_nothing(
    listed: List, workload: Write, use: str
) -> None:
    [entry] = listed(workload(f"import tensorflow as tf\n{use}\n{BUILD}"))
    assert "error" not in entry, entry


def test_an_installed_module_is_not_replaced(listed: List, workload: Write) -> None:
    source = "import numpy as np\nassert np.add(1, 2) == 3\nimport numpy.tensorflow" + BUILD
    [entry] = listed(workload(source))
    assert entry["error"] == {
        "type": "ModuleNotFoundError",
        "message": "No module named 'numpy.tensorflow'",
        "line": 3,
    }


def test_the_suite_can_be_listed(listed: List) -> None:
    everything = listed(*SUITE)
    assert not [entry for entry in everything if "error" in entry]
    entries = [entry for entry in everything if "framework" not in entry]
    listed_cases = {e["workload"]: [c["case"] for c in e.get("cases", ())] for e in entries}
    assert listed_cases["geometric_series"] == ["eager", "function", "graph"]
    assert "GradientBenchmark.benchmark_read_variable" in listed_cases["eager_benchmarks"]
    assert all(case["since"] for entry in entries for case in entry["cases"])
    others = {(e["workload"], e["framework"]): [*e["cases"]] for e in everything if "line" in e}
    assert others["geometric_series", "python"] == ["eager"]
    assert others["mnist_mlp", "torch"] == ["fit", "train_step", "predict_one"]


def test_a_file_named_after_a_framework_implements_a_workload_in_it(
    listed: List, workload: Write
) -> None:
    file = workload("import torch\nTAGS = 3\nCASES = {'a': {'n': 1}}" + BUILD, "mine.torch.py")
    cases = {"a": {"n": 1}}
    entry = {"file": str(file), "workload": "mine", "framework": "torch", "line": 3, "cases": cases}
    assert listed(file) == [entry]
