"""Real TensorFlow releases, really installed: the tool finds what is known to be there.

The sizes come from measurements of these releases; the bounds are wide, because machines differ.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.environments import available
from bot.errors import ExitCode

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
QUICK = ("--budget", "6m", "--most-blocks", "12")
TWO_RESULTS = ("--budget", "2m", "--most-blocks", "3")
Compare = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def compare(home: Path, tmp_path: Path) -> Compare:
    """Run the command line as a user would; return exit code and report."""

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        folder = tmp_path / "run"
        command = [sys.executable, "-m", "bot", "compare", *arguments, "--run-dir", str(folder)]
        done = subprocess.run(command, cwd=home, check=False, env={**os.environ, "CI": "true"})
        for artefact in ("plan.json", "samples.jsonl", "comment.md", "summary.md", "report.html"):
            assert (folder / artefact).stat().st_size
        report = json.loads((folder / "report.json").read_text())
        has_ratios = any(cell["ratio"] is not None for cell in report["cells"])
        assert (folder / "charts" / "forest.png").exists() == has_ratios
        return done.returncode, report

    return run


def needs(*minors: str) -> None:
    missing = sorted(set(minors) - set(available(os.environ)))
    if missing:
        pytest.skip(f"this machine has no Python {', '.join(missing)}")


def cell(report: dict[str, Any], case: str, metric: str = "step") -> dict[str, Any]:
    [found] = [c for c in report["cells"] if (c["case"], c["metric"]) == (case, metric)]
    return dict(found)


def test_eager_arithmetic_is_much_slower_in_2_15_than_in_2_3(compare: Compare) -> None:
    code, report = compare("2.3.4", "2.15.1", "-w", "geometric_series[eager]", *QUICK)
    found = cell(report, "geometric_series[eager]")
    assert found["verdict"] == "REGRESSION"
    assert 1.8 < found["ratio"] < 3.6
    assert found["interval"][0] > 1.2
    assert report["control"]["flagged"] == 0
    assert code == report["exit_code"] == ExitCode.REGRESSION
    assert [n["verdict"] for n in report["numerics"]] == ["IDENTICAL"]


def test_predict_of_one_sample_is_ten_times_slower_in_2_3_than_in_2_0(compare: Compare) -> None:
    needs("3.7")
    _, report = compare("2.0.4", "2.3.4", "-w", "mnist_mlp[predict_one]", *QUICK)
    found = cell(report, "mnist_mlp[predict_one]")
    assert found["verdict"] == "REGRESSION"
    assert found["ratio"] > 10
    assert [n["verdict"] for n in report["numerics"]] == ["WITHIN_TOLERANCE"]


def test_seven_years_of_releases_and_pythons_take_part_in_one_run(compare: Compare) -> None:
    needs("3.6", "3.7", "3.13")
    versions = ("1.15.5@3.7", "1.3.0@3.6", "2.21.0@3.13")
    few_blocks = ("--budget", "5m", "--most-blocks", "3")
    _, report = compare(*versions, "-w", "mnist_mlp[graph_step]", *few_blocks)
    pythons = [environment["python"] for environment in report["environments"]]
    assert pythons == ["3.7", "3.7", "3.6", "3.13"]
    assert report["failures"] == []
    assert all(c["blocks"] >= 2 for c in report["cells"])
    assert {n["verdict"] for n in report["numerics"]} <= {"IDENTICAL", "WITHIN_TOLERANCE"}


def test_a_release_against_itself_raises_no_alarm(compare: Compare) -> None:
    code, report = compare("2.15.1", "2.15.1", "-w", "geometric_series", *QUICK)
    assert [c["verdict"] for c in report["cells"] if c["matters"]] == []
    assert report["control"]["flagged"] == 0
    assert {n["verdict"] for n in report["numerics"]} == {"IDENTICAL"}
    assert code in {ExitCode.NOTHING_TO_ACT_ON, ExitCode.PARTLY_MEASURED}


def test_the_product_that_is_garbage_in_2_13_is_called_wrong(compare: Compare) -> None:
    case = "batched_matmul_threads[eager]"
    code, report = compare("2.12.1", "2.13.0", "-w", case, "--metrics", "step", *TWO_RESULTS)
    (numeric,) = report["numerics"]
    if "avx512f" in Path("/proc/cpuinfo").read_text(encoding="utf-8").split():
        assert numeric["verdict"] == "WRONG"
        assert numeric["reference_error"] > 100 * numeric["baseline_reference_error"]
        assert code == ExitCode.REGRESSION
    else:
        assert numeric["verdict"] in {"IDENTICAL", "WITHIN_TOLERANCE"}
        assert any("AVX-512" in note for note in report["notes"])
