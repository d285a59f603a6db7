"""The command line: what the likeliest mistakes answer, and that nothing ends with a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import ExitCode


def tfperf(*arguments: str, cwd: Path, **environ: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


MISTAKES = {
    "an unknown version": (["compare", "2.15.9", "2.21.0"], ["2.15.9", "did you mean 2.15.1"]),
    "no version at all": (["compare", "x.y", "2.21.0"], ["x.y", "a release such as 2.15.1"]),
    "one version": (["compare", "2.15.1"], ["tfperf compare BASELINE 2.15.1"]),
    "an unknown workload": (
        ["compare", "-w", "geometrc_series"],
        ["'geometrc_series'", "did you mean geometric_series"],
    ),
    "a path without workloads": (
        ["compare", "--paths", "nowhere"],
        ["no workload here", "nowhere", "the path does not exist"],
    ),
    "a duration without unit": (["compare", "--budget", "soon"], ["budget", "soon", "10m"]),
    "a percentage without sign": (["compare", "--threshold", "5"], ["did you mean 5%?"]),
    "an unknown kind": (["compare", "--fail-on", "regresion"], ["did you mean regression?"]),
    "a knob that is ours": (["compare", "--knob", "TFPERF_X=1"], ["knobs", "TFPERF_X"]),
    "no such configuration": (["compare", "--config", "no.yml"], ["no such file", "no.yml"]),
    "no such run": (["resume", "nowhere"], ["there is no plan.json here", "nowhere"]),
    "no report": (["report", "nowhere"], ["there is no report.json here"]),
    "nothing to publish": (["publish", "nowhere"], ["there is no report.json here"]),
    "a release and a finished run": (
        ["calibrate", "2.15.1", "--from", "run"],
        ["it takes no RELEASE"],
    ),
    "no candidate at all": (["calibrate", "--candidates", "0"], ["0 is not in the range 1<=x<=20"]),
    "an unknown command": (["frobnicate"], ["No such command"]),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_explained_and_exits_with_2(
    arguments: list[str], says: list[str], tmp_path: Path
) -> None:
    code, out, err = tfperf(*arguments, cwd=tmp_path)
    assert code == ExitCode.USAGE
    assert out == ""
    assert "Traceback" not in err
    for text in says:
        assert text in err


def test_a_mistake_in_the_file_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "tfperf.yml").write_text("baseline: 2.15.1\nbuget: 5m\n")
    code, _, err = tfperf("compare", cwd=tmp_path)
    assert code == ExitCode.USAGE
    assert "tfperf.yml, line 2" in err
    assert "budget" in err


def test_a_folder_with_a_run_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    code, _, err = tfperf("compare", "--run-dir", str(tmp_path), cwd=tmp_path)
    assert code == ExitCode.USAGE
    assert f"tfperf resume {tmp_path}" in err


def test_a_release_without_a_python_here_is_a_row_and_nothing_measured_exits_with_3(
    tmp_path: Path,
) -> None:
    code, out, err = tfperf("compare", "2.15.1@3.6", "2.21.0@3.7", "--run-dir", "run", cwd=tmp_path)
    assert code == ExitCode.PARTLY_MEASURED
    assert out == "run\n"
    assert "\x1b" not in err
    comment = (tmp_path / "run" / "comment.md").read_text()
    assert "2.15.1" in comment
    assert "3.9, 3.10, 3.11" in comment


def test_a_calibration_of_what_cannot_be_had_says_so_and_exits_with_3(tmp_path: Path) -> None:
    code, out, err = tfperf("calibrate", "2.15.1@3.6", "--run-dir", "run", "--json", cwd=tmp_path)
    assert code == ExitCode.PARTLY_MEASURED
    assert json.loads(out) == json.loads((tmp_path / "run" / "calibration.json").read_text())
    assert "3.9, 3.10, 3.11" in err
    assert err.endswith("Nothing was measured, so nothing is known.\n")


def test_a_run_of_versions_that_differ_is_no_calibration(tmp_path: Path) -> None:
    tfperf("compare", "2.15.1@3.6", "2.21.0@3.7", "--run-dir", "run", cwd=tmp_path)
    code, out, err = tfperf("calibrate", "--from", "run", cwd=tmp_path)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "tfperf calibrate RELEASE" in err


def test_the_doctor_looks_at_the_real_machine_and_leaves_nothing_behind(tmp_path: Path) -> None:
    code, out, err = tfperf("doctor", "--json", cwd=tmp_path)
    values = json.loads(out)
    assert err == "looking at this machine: about 10 s\n"
    assert code == values["exit_code"] == (0 if values["can_measure"] else 3)
    assert values["facts"]["noise"]["blocks"] >= 3
    assert values["facts"]["machine"]["cores"] == len(os.sched_getaffinity(0))
    assert list(tmp_path.iterdir()) == []


def test_help_is_short_and_names_every_command(tmp_path: Path) -> None:
    code, out, _ = tfperf("--help", cwd=tmp_path)
    assert code == 0
    assert {"compare", "resume", "report", "publish", "doctor", "calibrate"} <= set(out.split())
