"""What other tools say is read as they say it; the texts are of real runs, shortened."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.peer_tools import by_asv, by_hyperfine, by_pyperf, by_pytest_benchmark
from benchmarks.peer_tools.trial import CannotCompare, Said, Trial, Version, answered

SAID = Path(__file__).parent / "said"
SAME: tuple[Said, str] = ("no difference", "")
Words = dict[str, tuple[Said, str]]


def said(name: str) -> str:
    return (SAID / name).read_text(encoding="utf-8")


PYPERF: dict[str, Words] = {
    "pyperf_slower.txt": {"mlp": ("slower", "1.36x slower"), "conv": SAME, "eager": SAME},
    "pyperf_faster.txt": {"mlp": ("faster", "1.36x faster"), "conv": SAME, "eager": SAME},
    "pyperf_same.txt": {"mlp": SAME, "conv": SAME, "eager": SAME},
}
ASV: dict[str, Words] = {
    "asv_slower.txt": {"eager": ("slower", "x1.97"), "mlp": ("slower", "x1.91")},
    "asv_faster.txt": {"eager": ("faster", "x0.51"), "mlp": ("faster", "x0.52")},
    "asv_same.txt": {"eager": ("no difference", "x0.99"), "mlp": ("no difference", "x1")},
    "asv_insignificant.txt": {
        "conv": ("no difference", "x0.97"),
        "eager": ("no difference", "x0.58"),
        "mlp": ("no difference", "x0.83"),
    },
}


@pytest.mark.parametrize(("file", "words"), PYPERF.items())
def test_pyperf_names_what_is_significant_and_what_is_not(file: str, words: Words) -> None:
    assert by_pyperf.read_comparison(said(file)) == words


def test_pyperf_calls_equal_means_no_change() -> None:
    text = "Same speed (1):\n- mlp: 16.8 ms +- 0.3 ms -> 16.8 ms +- 0.3 ms: no change\n"
    assert by_pyperf.read_comparison(text) == {"mlp": SAME}


@pytest.mark.parametrize(("file", "words"), ASV.items())
def test_asv_marks_what_changed(file: str, words: Words) -> None:
    assert by_asv.read_comparison(said(file)) == words


def test_asv_marks_failures_and_they_are_no_answer() -> None:
    text = said("asv_slower.txt").replace("| + ", "| ! ")
    with pytest.raises(CannotCompare, match="asv marks eager with !"):
        by_asv.read_comparison(text)


def test_pytest_benchmark_lists_what_regressed() -> None:
    text = said("pytest_benchmark_slower.txt")
    words = {"eager": SAME, "conv": ("slower", "+5.5 %"), "mlp": SAME}
    assert by_pytest_benchmark.read_comparison(text) == words


def test_pytest_benchmark_without_that_list_saw_no_difference() -> None:
    text, _, _ = said("pytest_benchmark_slower.txt").partition("Performance has regressed")
    assert by_pytest_benchmark.read_comparison(text) == dict.fromkeys(
        ("eager", "conv", "mlp"), SAME
    )


def test_a_step_that_was_saved_but_not_measured_now_is_no_answer() -> None:
    text = said("pytest_benchmark_slower.txt").replace("(NOW)", "(0002_other)")
    assert set(by_pytest_benchmark.read_comparison(text)) == {"conv"}


def test_hyperfine_exports_the_seconds_of_every_run() -> None:
    baseline, copy, double = by_hyperfine.read_times(said("hyperfine.json"))
    assert baseline == [3.07320221092, 2.72461313292]
    assert by_hyperfine.welch(baseline, copy) == ("no difference", "+3.2%, p = 0.79")
    assert by_hyperfine.welch(baseline, double) == ("slower", "+42.5%, p = 0.045")
    assert by_hyperfine.welch(double, baseline)[0] == "faster"


VERSION = Version(name="plus5", python=Path(sys.executable), extra=0.05)


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(
        versions=(replace(VERSION, name="baseline", extra=0.0), VERSION),
        steps=("mlp", "conv"),
        folder=tmp_path,
        shop=tmp_path,
        deadline_seconds=60.0,
    )


def test_a_step_that_a_tool_does_not_mention_is_no_answer(trial: Trial) -> None:
    with pytest.raises(CannotCompare, match="no word about conv in plus5"):
        answered({"mlp": SAME}, trial, VERSION)


def test_an_answer_goes_with_the_truth(trial: Trial) -> None:
    words: Words = {"mlp": ("slower", "x1.05"), "conv": SAME, "another": SAME}
    calls = answered(words, trial, VERSION)
    assert [(call.step, call.extra, call.said) for call in calls] == [
        ("mlp", 0.05, "slower"),
        ("conv", 0.05, "no difference"),
    ]


def test_every_process_of_a_version_does_its_work_on_one_thread(trial: Trial) -> None:
    program = "import os, _steps; print(_steps.amount(40), os.environ['OMP_NUM_THREADS'])"
    done = trial.run([sys.executable, "-c", program], trial.environ(VERSION))
    assert done.stdout.split() == ["42", "1"]
    assert "42 1" in (trial.folder / "said.txt").read_text()


def test_a_tool_that_fails_is_no_answer(trial: Trial) -> None:
    with pytest.raises(CannotCompare, match=r"(?s)ended with 3:.*no such benchmark"):
        trial.run(["sh", "-c", "echo no such benchmark; exit 3"], trial.environ(VERSION))


def test_a_tool_that_does_not_end_is_no_answer(trial: Trial) -> None:
    hasty = replace(trial, deadline_seconds=0.3)
    with pytest.raises(CannotCompare, match="not finished within"):
        hasty.run(["sleep", "3600"], hasty.environ(VERSION))
