"""A script of 2017 in real releases: it fails as it is, and runs as the upgrade tool rewrote it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.environments import available

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
EXAMPLES = Path(__file__).parents[2] / "examples" / "scripts"


@pytest.fixture(autouse=True)
def _pythons() -> None:
    if not {"3.7", "3.8"} & set(available(os.environ)):
        pytest.skip("this machine has neither Python 3.7 nor 3.8")


def compare(home: Path, folder: Path, paths: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bot", "compare", "1.15.5", "2.3.4", "--paths", str(paths)]
    options = ["-w", "train_v1", "--budget", "3m", "--most-blocks", "3", "--run-dir", str(folder)]
    subprocess.run([*command, *options], cwd=home, check=False, env={**os.environ, "CI": "true"})
    return dict(json.loads((folder / "report.json").read_text()))


def test_the_upgraded_script_runs_and_computes_the_same(home: Path, tmp_path: Path) -> None:
    report = compare(home, tmp_path / "run", EXAMPLES)
    assert report["failures"] == []
    (upgrade,) = report["upgrades"]
    assert upgrade["is_measured"]
    assert "+        x = tf.compat.v1.placeholder(tf.float32, [None, 784])" in upgrade["diff"]
    assert {cell["blocks"] for cell in report["cells"]} == {3}
    (numeric,) = report["numerics"]
    assert numeric["verdict"] in {"IDENTICAL", "WITHIN_TOLERANCE"}


def test_without_the_tool_the_row_says_what_is_gone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "train_v1.py").write_bytes((EXAMPLES / "train_v1.py").read_bytes())
    (tmp_path / "train_v1.yml").write_text("script: train_v1.py\n")
    (failure,) = compare(home, tmp_path / "run", tmp_path)["failures"]
    assert "has no attribute 'Session'" in failure["reason"]
    assert failure["advice"].startswith("tf.Session is not in TensorFlow 2.3.4; tf_upgrade_v2 of")
    assert "would change" in failure["advice"]
