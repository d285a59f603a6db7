"""The same workload in another framework: found beside its file, or told why it is none."""

import os
from pathlib import Path

import pytest

from bot.core.plan import BrokenWorkload, Case
from bot.engine.discovery import discover, workload_files
from bot.locations import workloads_root
from tests.core.runs import environment

WORKER = workloads_root() / "run.py"
MAIN = 'CASES = {"small": {"n": 1}, "large": {"n": 9}}\ndef build(n):\n    return int\n'
SMALL = '\nCASES = {"small": {"n": 1}}\ndef build(n):\n    return int\n'


def found(folder: Path, **files: str) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    for name, source in files.items():
        (folder / f"{name.replace('__', '.')}.py").write_text(source)
    return discover(workload_files([folder]), worker=WORKER, environ=os.environ)


def test_a_case_has_a_file_for_every_framework_that_names_it(tmp_path: Path) -> None:
    cases, broken = found(tmp_path, series=MAIN, series__torch=SMALL, series__python=MAIN)
    assert broken == ()
    assert {case.name: set(case.implementations) for case in cases} == {
        "series[small]": {"torch", "python"},
        "series[large]": {"python"},
    }
    torch = environment("2.5.1", "reference", "ref-t", package="torch")
    programs = [case.program(torch) for case in cases]
    assert [program and Path(program.file).name for program in programs] == [
        "series.torch.py",
        None,
    ]
    assert all(program.file_digest for case in cases for program in case.implementations.values())
    baseline = case_of(cases, "series[small]").program(environment("2.15.1", "baseline", "b"))
    assert baseline
    assert Path(baseline.file).name == "series.py"


def case_of(cases: tuple[Case, ...], name: str) -> Case:
    return next(case for case in cases if case.name == name)


@pytest.mark.parametrize(
    ("source", "reason", "line"),
    [
        (
            "\n" + SMALL.replace("small", "tiny"),
            "CASES names 'tiny', which the workload does not build: small, large",
            3,
        ),
        (SMALL.replace('"n": 1', '"n": 2'), "CASES['small']: n is 2, the workload has 1", 2),
        (SMALL.replace("build", "bild"), "there is no function build()", None),
        ("\n\nx = 1 / 0\n", "division by zero", 3),
        ("def build(:\n", "invalid syntax", 1),
    ],
)
def test_a_file_that_does_not_implement_its_workload_is_told_with_its_place(
    tmp_path: Path, source: str, reason: str, line: int | None
) -> None:
    cases, (broken,) = found(tmp_path, series=MAIN, series__torch=source)
    assert [case.implementations for case in cases] == [{}, {}]
    assert (broken.workload, broken.framework) == ("series", "torch")
    assert reason in broken.reason
    assert ("series.torch.py" + (f", line {line}" if line else "")) in broken.reason


def test_an_implementation_of_nothing_is_told(tmp_path: Path) -> None:
    cases, (broken,) = found(tmp_path, serie=MAIN, series__torch=SMALL)
    assert [case.workload for case in cases] == ["serie", "serie"]
    assert "there is no series.py beside it" in broken.reason


def test_of_a_broken_workload_its_implementations_are_not_told_too(tmp_path: Path) -> None:
    cases, broken = found(tmp_path, series="x = 1\ndef build(:", series__torch=SMALL)
    assert cases == ()
    assert [Path(each.file).name for each in broken] == ["series.py"]


@pytest.mark.parametrize("suffix", ["jax", "pytorch", "tensorflow"])
def test_a_framework_that_is_not_known_is_told(tmp_path: Path, suffix: str) -> None:
    cases, (broken,) = found(tmp_path, series=MAIN, **{f"series__{suffix}": SMALL})
    assert {case.workload for case in cases} == {"series"}
    assert f"no other framework '{suffix}'; there are: torch, numpy, python" in broken.reason


@pytest.mark.parametrize("name", ["series__v2", "mlp__jax", "torch"])
def test_other_names_with_dots_are_workloads_as_ever(tmp_path: Path, name: str) -> None:
    cases, broken = found(tmp_path, series=MAIN, **{name: SMALL})
    assert broken == ()
    assert {case.workload for case in cases} == {"series", name.replace("__", ".")}


def test_a_text_may_name_a_thing_of_the_framework(tmp_path: Path) -> None:
    main = 'import tensorflow as tf\nCASES = {"a": {"kind": tf.float32}}\ndef build(kind): pass\n'
    torch = main.replace("tensorflow as tf", "torch").replace("tf.", "torch.")
    cases, broken = found(tmp_path, series=main, series__torch=torch)
    assert broken == ()
    assert set(cases[0].implementations) == {"torch"}


@pytest.mark.parametrize("named", ["series.py", "series.torch.py"])
def test_a_file_brings_what_belongs_to_it(tmp_path: Path, named: str) -> None:
    for name in ("series.py", "series.torch.py", "other.py"):
        (tmp_path / name).write_text(MAIN)
    files = workload_files([tmp_path / named])
    assert [file.name for file in files] == ["series.py", "series.torch.py"]


def test_one_that_ends_the_process_takes_no_other_with_it(tmp_path: Path) -> None:
    cases, (broken,) = found(tmp_path, series=MAIN, series__torch="import os\nos._exit(3)\n")
    assert len(cases) == 2
    assert (broken.workload, broken.framework) == ("series", "torch")
    assert "exit code 3" in broken.reason
