"""A pull request that moves TensorFlow and slows the project down: the two are told apart."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.conftest import Checkout
from tests.stages.pull_request import project

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

PROJECT = """\
import tensorflow as tf

def answer(x):
    for _ in range({products}):
        x = tf.linalg.matmul(x, x)
    return x
"""
WORKLOAD = """\
"Products of small matrices, one after the other, by the project."
import mine
import tensorflow as tf

def build():
    x = tf.eye(32)
    return lambda: mine.answer(x).numpy()
"""


def test_both_axes_of_a_pull_request_are_told_apart(home: Path, tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "repository")
    checkout.git("init", "--quiet", "--initial-branch=main")
    base = {
        "requirements.txt": "tensorflow==2.15.1\n",
        "tfperf.yml": "versions: auto\nsubject: .\npaths: [speed]\nmetrics: [step]\n",
        "speed/products.py": WORKLOAD,
        "mine.py": PROJECT.format(products=20),
    }
    checkout.commit(project("") | base)
    checkout.git("checkout", "--quiet", "-b", "work")
    slower = PROJECT.format(products=30)
    checkout.commit({"requirements.txt": "tensorflow==2.16.2\n", "mine.py": slower})
    folder = tmp_path / "run"
    (home / ".tfperf").mkdir(exist_ok=True)
    (checkout.folder / ".tfperf").symlink_to(home / ".tfperf")
    # One opponent needs many blocks for 1 %; this is about which is which, not about how sure.
    quick = ["--budget", "6m", "--most-blocks", "10", "--alpha", "0.2"]
    command = [sys.executable, "-m", "bot", "compare", *quick]

    done = subprocess.run(
        [*command, "--run-dir", str(folder)],
        cwd=checkout.folder,
        check=False,
        env={**os.environ, "CI": "true", "PYTHONPATH": str(Path(__file__).parents[2])},
    )

    report = json.loads((folder / "report.json").read_text())
    cells = {cell["candidate"]: cell for cell in report["cells"] if cell["metric"] == "step"}
    assert set(cells) == {"2.15.1 + PR", "2.16.2", "2.16.2 + PR"}
    for label in ("2.15.1 + PR", "2.16.2 + PR"):
        assert cells[label]["verdict"] == "REGRESSION"
        assert 1.3 < cells[label]["ratio"] < 1.7  # 30 products for 20
    assert cells["2.16.2 + PR"]["against"] == "2.16.2"
    assert report["notes"][0] == (
        "auto: tensorflow 2.15.1 (requirements.txt:1) -> tensorflow 2.16.2 (requirements.txt:1)"
    )
    assert report["commit"] == checkout.git("rev-parse", "HEAD")
    assert done.returncode == report["exit_code"] == 1
