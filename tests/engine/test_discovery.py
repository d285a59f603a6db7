"""Finding workloads, and saying what is wrong with a file."""

import os
from pathlib import Path

import pytest

from bot.engine.discovery import discover, workload_files
from bot.errors import BadWorkload
from bot.locations import workloads_root

WORKER = workloads_root() / "run.py"


def test_the_suite_is_found_without_any_framework() -> None:
    cases, broken = discover(
        workload_files([workloads_root() / "suite"]), worker=WORKER, environ=os.environ
    )
    assert broken == ()
    assert {"geometric_series[eager]", "mnist_mlp[predict_one]"} <= {case.name for case in cases}


def test_a_syntax_error_is_told_with_file_and_line_and_the_others_are_listed(
    tmp_path: Path,
) -> None:
    (tmp_path / "bad.py").write_text("x = 1\ndef build(:\n")
    (tmp_path / "good.py").write_text('"Fine."\ndef build():\n    return int\n')
    cases, broken = discover(workload_files([tmp_path]), worker=WORKER, environ=os.environ)
    assert [case.name for case in cases] == ["good[default]"]
    assert "bad.py, line 2" in broken[0].reason


def test_shared_code_is_no_workload(tmp_path: Path) -> None:
    (tmp_path / "_shared.py").write_text("")
    (tmp_path / "one.py").write_text("def build(): return int\n")
    assert [file.stem for file in workload_files([tmp_path])] == ["one"]


@pytest.mark.parametrize("there", [True, False])
def test_a_path_without_workloads_is_told(tmp_path: Path, there: bool) -> None:
    path = tmp_path if there else tmp_path / "nowhere"
    with pytest.raises(BadWorkload, match="no workload here"):
        workload_files([path])


def test_a_module_is_named_by_its_file(tmp_path: Path) -> None:
    with pytest.raises(BadWorkload) as raised:
        workload_files([tmp_path / "package.benchmarks"])
    assert "a module is named by its file" in str(raised.value)
    assert "package/benchmarks.py" in str(raised.value)


def test_a_benchmark_is_a_case_of_its_own_kind(tmp_path: Path) -> None:
    source = (
        "import tensorflow as tf\nclass A(tf.test.Benchmark):\n    def benchmark_a(self): pass\n"
    )
    (tmp_path / "mine.py").write_text(source)
    (tmp_path / "torn.py").write_text(source + "def build(): pass\n")
    cases, broken = discover(workload_files([tmp_path]), worker=WORKER, environ=os.environ)
    assert [(case.name, case.kind) for case in cases] == [("mine[A.benchmark_a]", "benchmark")]
    assert "the file has build and benchmarks" in broken[0].reason
    assert "torn.py" in broken[0].reason


def test_a_workload_says_what_is_judged_of_it(tmp_path: Path) -> None:
    (tmp_path / "grows.py").write_text("METRICS = ['rss_slope']\ndef build(): return int\n")
    (tmp_path / "plain.py").write_text("def build(): return int\n")
    cases, _ = discover(workload_files([tmp_path]), worker=WORKER, environ=os.environ)
    assert {case.workload: case.metrics for case in cases} == {
        "grows": ("rss_slope",),
        "plain": None,
    }


def test_two_workloads_of_one_name_are_told(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.py").write_text("")
    with pytest.raises(BadWorkload, match="two workloads are called same"):
        workload_files([tmp_path / "a", tmp_path / "b"])


def test_a_file_that_leaves_the_process_takes_no_other_with_it(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("def build():\n    return int\n")
    (tmp_path / "leaves.py").write_text("import os\nos._exit(3)\n")
    cases, broken = discover(workload_files([tmp_path]), worker=WORKER, environ=os.environ)
    assert [case.name for case in cases] == ["good[default]"]
    assert [each.workload for each in broken] == ["leaves"]
    assert "exit code 3" in broken[0].reason


def test_a_file_sees_no_token_while_it_is_listed(tmp_path: Path) -> None:
    source = "import os\nTAGS = sorted(os.environ)\ndef build(): return int\n"
    (tmp_path / "curious.py").write_text(source)
    environ = {**os.environ, "GITHUB_TOKEN": "ghs_secret", "AWS_SECRET_ACCESS_KEY": "x"}
    cases, _ = discover(workload_files([tmp_path]), worker=WORKER, environ=environ)
    assert "PATH" in cases[0].tags
    assert not {"GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY"} & set(cases[0].tags)


def test_shared_code_and_what_editors_leave_are_no_workloads(tmp_path: Path) -> None:
    for name in ("mine.py", "_shared.py", ".#mine.py", ".mine.yml"):
        (tmp_path / name).write_text("def build():\n    return lambda: None\n")
    assert workload_files([tmp_path]) == [tmp_path / "mine.py"]
