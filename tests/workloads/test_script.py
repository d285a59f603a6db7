"""A script as the worker runs it: what it used, how it ended, and the numbers that it printed."""

import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.workloads.worker import Arm

MEBIBYTE = 2**20

Starter = Callable[[str], Arm]


@pytest.fixture
def script(tmp_path: Path, start: Starter, python: str) -> Callable[..., Any]:
    """Run the text of a script in a worker of its own; return the reply."""

    def run(text: str, *arguments: str, **fields: Any) -> Any:
        file = tmp_path / "their" / "train.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return start(fields.pop("python", python)).ask(
            "script", **request(file, tmp_path, arguments=arguments, **fields)
        )

    return run


def request(file: Path, folder: Path, **fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "file": str(file),
        "arguments": [],
        "folder": str(folder),
        "paths": [],
        "printed": str(folder / "printed"),
        "numbers": {},
        "outputs": None,
    }
    return {**values, **fields}


def test_a_script_runs_as_on_a_command_line(script: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "their").mkdir()
    (tmp_path / "their" / "sibling.py").write_text("WORD = 'beside'")
    reply = script(
        """
        import os, sys
        import sibling
        assert __name__ == "__main__"
        print(sys.argv[1:], os.getcwd(), sibling.WORD, os.path.basename(sys.argv[0]))
        sys.stderr.write("and errors")
        """,
        "--epochs",
        "two words",
    )
    assert (reply["ok"], reply["exit_code"], reply["signal"]) == (True, 0, None)
    printed = (tmp_path / "printed").read_text()
    assert f"['--epochs', 'two words'] {tmp_path} beside train.py" in printed
    assert "and errors" in printed
    assert not (tmp_path / "their" / "__pycache__").exists()


def test_what_it_used_is_its_own(script: Callable[..., Any]) -> None:
    used = script(
        "memory = bytearray(200 * 2**20)\nwhile sum(__import__('os').times()[:2]) < .3: 0"
    )
    assert 200 * MEBIBYTE < used["peak_rss_bytes"] < 240 * MEBIBYTE
    assert 0.3 <= used["cpu_seconds"] <= used["wall_seconds"] + 0.2
    small = script("pass")
    assert small["peak_rss_bytes"] < 60 * MEBIBYTE


def test_processes_it_waited_for_count(script: Callable[..., Any]) -> None:
    used = script(
        """
        import subprocess, sys
        work = "m = bytearray(150 * 2**20)\\nwhile sum(__import__('os').times()[:2]) < .3: 0"
        subprocess.check_call([sys.executable, "-c", work])
        """
    )
    assert used["cpu_seconds"] >= 0.3
    assert used["peak_rss_bytes"] > 150 * MEBIBYTE


@pytest.mark.parametrize(
    ("text", "exit_code", "name"),
    [
        ("raise SystemExit(3)", 3, None),
        ("tf.Session()", 1, None),
        ("print 'python 2'", 1, None),
        ("import os; os.kill(os.getpid(), 9)", None, "SIGKILL"),
        ("import os; os.abort()", None, "SIGABRT"),
    ],
)
def test_how_it_ended_is_told(
    script: Callable[..., Any], text: str, exit_code: int | None, name: str | None
) -> None:
    reply = script(text, numbers={"loss": r"loss: (\S+)"})
    assert (reply["ok"], reply["exit_code"], reply["signal"]) == (True, exit_code, name)


def test_the_last_match_of_each_pattern_is_the_number(
    script: Callable[..., Any], tmp_path: Path
) -> None:
    reply = script(
        "print('loss: 0.5\\nloss: 2.5e-1, acc=nan\\r12/12')",
        python=sys.executable,
        numbers={"loss": "loss: ([0-9.e-]+)", "accuracy": r"acc=(\S+)"},
        outputs=str(tmp_path / "out.npz"),
    )
    assert reply["outputs"]["loss"] == {"shape": [], "dtype": "float64"}
    with np.load(tmp_path / "out.npz") as numbers:
        assert float(numbers["loss"]) == 0.25
        assert np.isnan(numbers["accuracy"])


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        ("nothing of it", "numbers: 'loss': the output has nothing like 'loss: (\\S+)'"),
        ("loss: low", "numbers: 'loss': 'low' is no number, which 'loss: (\\\\S+)' found"),
    ],
)
def test_a_number_that_is_not_there_is_a_failure_that_names_the_pattern(
    script: Callable[..., Any], printed: str, message: str
) -> None:
    reply = script(f"print({printed!r})", numbers={"loss": r"loss: (\S+)"})
    assert not reply["ok"]
    assert (reply["error"]["kind"], reply["error"]["message"]) == ("workload", message)


def test_only_the_end_of_a_long_output_is_searched(script: Callable[..., Any]) -> None:
    reply = script("print('loss: 1')\nprint('x' * 9 * 2**20)", numbers={"loss": r"loss: (\S+)"})
    assert "nothing like" in reply["error"]["message"]


def test_a_worker_that_imported_a_framework_runs_no_script(
    own_arm: Arm, tmp_path: Path, workload: Callable[..., Path]
) -> None:
    reply = own_arm.ask("script", **request(workload("pass"), tmp_path))
    assert reply["error"]["message"] == "script: a framework was imported here"


def test_variables_of_the_worker_are_those_of_the_script(
    script: Callable[..., Any], tmp_path: Path
) -> None:
    script("import os; print(sorted(os.environ))", paths=["/beside"])
    printed = (tmp_path / "printed").read_text()
    assert "'LANG'" in printed
    assert "'PYTHONPATH'" in printed
    assert "TOKEN" not in printed


def test_what_a_script_started_dies_with_who_asked_for_it(start: Starter, tmp_path: Path) -> None:
    """The worker is told by the kernel; it ends the script and what that started."""
    file = tmp_path / "train.py"
    file.write_text(
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('pids', 'w').write('%d %d\\n' % (os.getpid(), child.pid))\n"
        "time.sleep(600)\n"
    )
    arm = start(sys.executable)
    arm.send("script", **request(file, tmp_path))
    pids = tmp_path / "pids"
    _wait_until(lambda: pids.exists() and pids.read_text().endswith("\n"))
    script, child = map(int, pids.read_text().split())
    os.kill(arm.process.pid, signal.SIGTERM)  # what the kernel sends when the parent is gone
    arm.wait()
    _wait_until(lambda: not (_is_running(script) or _is_running(child)))


def _wait_until(is_true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
