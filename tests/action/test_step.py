"""The action's steps: inputs become arguments, nothing secret goes where things are measured."""

from pathlib import Path

import pytest

from bot.action.arguments import compare_arguments, publish_arguments, report_arguments
from bot.action.hiding import deciding_environ, measuring_environ, publishing_environ
from bot.action.outputs import LARGEST_REPORT_BYTES, alarm_outputs, outputs, plan_outputs
from bot.action.runner import LARGEST_SUMMARY_BYTES, annotate, output_text, write_summary
from bot.core.report import Report
from bot.errors import BadConfiguration, BadRunFolder
from tests.action.conftest import slower, write_run

RUN = Path("/run")

ARGUMENTS = {
    "what the configuration says": ({}, "compare --run-dir /run --"),
    "two releases": (
        {"INPUT_BASELINE": "2.15.1", "INPUT_VERSIONS": "2.21.0"},
        "compare --run-dir /run -- 2.15.1 2.21.0",
    ),
    "blanks around": (
        {"INPUT_BASELINE": " 2.15.1\n", "INPUT_VERSIONS": "\n  2.20.0\n  2.21.0\n"},
        "compare --run-dir /run -- 2.15.1 2.20.0 2.21.0",
    ),
    "everything": (
        {
            "INPUT_BASELINE": "2.15.1",
            "INPUT_VERSIONS": "2.20.0,2.21.0",
            "INPUT_WORKLOADS": "keras_*, matmul[64]",
            "INPUT_CONFIG": "tfperf.yml",
            "INPUT_BUDGET": "20m",
            "INPUT_FAIL_ON": "regression",
        },
        (
            "compare --run-dir /run --config tfperf.yml --budget 20m --workloads keras_*"
            " --workloads matmul[64] --fail-on regression -- 2.15.1 2.20.0 2.21.0"
        ),
    ),
}


@pytest.mark.parametrize(("inputs", "line"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_compare_arguments(inputs: dict[str, str], line: str) -> None:
    assert compare_arguments(inputs, RUN) == line.split()


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"INPUT_BASELINE": "2.15.1"}, "there is nothing to compare"),
        ({"INPUT_VERSIONS": "2.15.1"}, "there is no baseline"),
        ({"INPUT_BASELINE": "--json", "INPUT_VERSIONS": "1"}, "'--json' looks like an option"),
        ({"INPUT_WORKLOADS": "a -rf"}, "'-rf' looks like an option"),
        ({"INPUT_BUDGET": "-1"}, "'-1' looks like an option"),
    ],
)
def test_inputs_that_are_refused(inputs: dict[str, str], message: str) -> None:
    with pytest.raises(BadConfiguration, match=message) as raised:
        compare_arguments(inputs, RUN)
    assert "of the action" in str(raised.value.where)


def test_publish_arguments() -> None:
    kept = Path("/kept")
    publish = ["publish", "--run-dir", "/kept"]
    assert publish_arguments({}, kept) == publish
    assert publish_arguments({"INPUT_RUN_DIR": "/run"}, kept) == [*publish, "--", "/run"]
    keyed = ["publish", "--key", "gpu", "--run-dir", "/kept"]
    assert publish_arguments({"INPUT_KEY": "gpu"}, kept) == keyed


def test_report_arguments(tmp_path: Path) -> None:
    """One artifact may have been downloaded without a folder of its own."""
    inputs = {"INPUT_MODE": "report", "INPUT_RUNS": str(tmp_path)}
    with pytest.raises(BadRunFolder, match="no machine delivered a run"):
        report_arguments(inputs, RUN)
    for part in ("tfperf-part-2", "tfperf-part-1"):
        (tmp_path / part).mkdir()
    parts = [str(tmp_path / "tfperf-part-1"), str(tmp_path / "tfperf-part-2")]
    assert report_arguments(inputs, RUN) == ["merge", "--run-dir", str(RUN), "--", *parts]
    (tmp_path / "plan.json").touch()
    assert report_arguments(inputs, RUN)[-1] == str(tmp_path)
    again = tmp_path / "again"
    second = {"INPUT_CONFIRMATION": str(again)}
    start = ["merge", "--confirmation", str(again)]
    assert report_arguments(second, RUN) == [*start, "--lost", "--", str(RUN)]
    again.mkdir()
    (again / "plan.json").touch()
    assert report_arguments(second, RUN) == [*start, "--", str(RUN)]


@pytest.mark.parametrize(
    ("name", "measuring", "publishing"),
    [
        ("PATH", True, True),
        ("HOME", True, True),
        ("TFPERF_PYTHON_3_7", True, True),
        ("UV_INDEX_URL", True, True),
        ("GITHUB_SHA", True, True),
        ("GITHUB_TOKEN", False, True),
        ("GH_TOKEN", False, True),
        ("npm_config_token", False, True),
        ("MY_SECRET", False, True),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", False, True),
        ("ACTIONS_CACHE_URL", False, True),
        ("INPUT_GITHUB_TOKEN", False, True),
        ("GITHUB_EVENT_PATH", True, True),
        ("GITHUB_EVENT_NAME", True, True),
        ("GITHUB_REF", False, True),
        ("GITHUB_OUTPUT", False, False),
        ("GITHUB_ENV", False, False),
        ("GITHUB_PATH", False, False),
        ("GITHUB_STATE", False, False),
        ("GITHUB_STEP_SUMMARY", False, False),
    ],
)
def test_what_the_tool_may_know(name: str, measuring: bool, publishing: bool) -> None:
    assert (name in measuring_environ({name: "x"})) is measuring
    assert (name in publishing_environ({name: "x"})) is publishing


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("GITHUB_TOKEN", True),
        ("GITHUB_API_URL", True),
        ("GITHUB_EVENT_PATH", True),
        ("GH_TOKEN", False),
        ("ACTIONS_CACHE_URL", False),
        ("GITHUB_OUTPUT", False),
    ],
)
def test_what_the_gate_may_know(name: str, known: bool) -> None:
    assert (name in deciding_environ({name: "x"})) is known


def test_outputs_of_an_empty_folder(tmp_path: Path) -> None:
    empty = {"run-dir": str(tmp_path), "verdict": "", "report": "", "comment": "", "page": ""}
    assert outputs(tmp_path) == empty


@pytest.mark.parametrize("verdict", ["clean", "regression", "partly-measured", "nothing-measured"])
def test_outputs_of_a_run(tmp_path: Path, verdict: str) -> None:
    report = tmp_path / "report.json"
    report.write_text(f'{{"overall": "{verdict}"}}', encoding="utf-8")
    assert outputs(tmp_path) == {
        "run-dir": str(tmp_path),
        "verdict": verdict,
        "report": str(report),
        "comment": "",
        "page": "",
    }


HOSTILE = {
    "cut short": b'{"overall": "cle',
    "no object": b'["clean"]',
    "no text": b"\xff\xfe\x00",
    "no verdict": b"{}",
    "another verdict": b'{"overall": "clean\\nreport<<X"}',
    "a verdict that is a list": b'{"overall": ["clean"]}',
    "too deep": b"[" * 100_000,
    "too large": b" " * (LARGEST_REPORT_BYTES + 1),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_report_that_is_not_believed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(BadRunFolder, match="the report"):
        outputs(tmp_path)


ALARMS = {
    "an alarm": (slower(), "1", "false"),
    "an alarm to be measured again": (slower(confirm=True), "1", "true"),
    "measured again": (slower(confirm=True, word="confirmed"), "1", "false"),
    "refuted": (slower(confirm=True, word="refuted"), "0", "false"),
    "nobody could say": (slower(confirm=True, word="unclear"), "1", "false"),
}


@pytest.mark.parametrize(("report", "alarms", "confirm"), ALARMS.values(), ids=ALARMS)
def test_alarms(tmp_path: Path, report: Report, alarms: str, confirm: str) -> None:
    folder = write_run(tmp_path / "run", report)
    assert alarm_outputs(folder) == {"alarms": alarms, "confirm": confirm}


@pytest.mark.parametrize(
    "plan", ['{"shards": 0}', '{"shards": 257}', '{"shards": "2"}', "{}", "[]", "{"]
)
def test_a_plan_that_is_not_believed(tmp_path: Path, plan: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(plan, encoding="utf-8")
    with pytest.raises(BadRunFolder, match="the plan cannot be read"):
        plan_outputs(path)


def test_no_value_ends_its_own_block() -> None:
    text = output_text({"a": "1\nEOF\nb=2", "c": ""})
    first, second = text.splitlines()[0], text.splitlines()[-3]
    assert first.startswith("a<<end-")
    assert second.startswith("c<<end-")
    assert first[3:] != second[3:]
    assert text == f"{first}\n1\nEOF\nb=2\n{first[3:]}\n{second}\n\n{second[3:]}\n"


def test_annotations_stay_on_their_line(capsys: pytest.CaptureFixture[str]) -> None:
    annotate("error", "100 %\r\n::warning::x")
    assert capsys.readouterr().out == "::error title=tf-perf-bot::100 %25%0D%0A::warning::x\n"


@pytest.mark.parametrize(
    ("size", "shown"),
    [(LARGEST_SUMMARY_BYTES, "x"), (LARGEST_SUMMARY_BYTES + 1, "The summary has")],
)
def test_a_summary_too_large_for_github_is_named_instead(
    tmp_path: Path, size: int, shown: str
) -> None:
    summary, target = tmp_path / "summary.md", tmp_path / "target"
    summary.write_text("x" * size, encoding="utf-8")
    write_summary({"GITHUB_STEP_SUMMARY": str(target)}, summary)
    text = target.read_text(encoding="utf-8")
    assert text.startswith(shown)
    assert len(text) <= LARGEST_SUMMARY_BYTES


def test_outside_of_a_job(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.touch()
    with pytest.raises(BadConfiguration, match="GITHUB_STEP_SUMMARY is not set"):
        write_summary({}, summary)
