"""What a command prints where programs read, and what a person is told beside it."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.errors import ExitCode
from bot.render.words import files
from bot.run_command import typed
from bot.run_folder import RunFolder
from tests.core.runs import plan
from tests.pseudo_terminal import in_terminal
from tests.render.conftest import report_of

COMMANDS = (
    ["compare", "2.15.1", "2.21.0"],
    ["resume", "run"],
    ["report", "run"],
    ["merge", "a", "b", "--run-dir", "run"],
    ["confirm", "run", "--run-dir", "again"],
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "run")
    made.write(made.plan, plan())
    made.write(made.report, report_of())
    return made


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_standard_output_holds_one_thing(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [*command, "--json", "--markdown"])

    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert "--json and --markdown both take standard output: choose one" in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_folder_is_printed_unless_something_else_is_asked_for(folder: RunFolder) -> None:
    done = CliRunner().invoke(cli, ["report", str(folder.path)])
    assert done.stdout == f"{folder.path}\n"


def test_markdown_is_the_comment_without_the_line_that_nobody_reads(folder: RunFolder) -> None:
    done = CliRunner().invoke(cli, ["report", str(folder.path), "--markdown"])

    marker, _, rest = folder.comment.read_text(encoding="utf-8").partition("\n")
    assert marker.startswith("<!-- tfperf:default ")
    assert done.stdout.rstrip("\n") == rest.rstrip("\n")
    assert done.stdout.startswith("### ")
    assert f"report: {folder.report}" in done.stderr


def test_json_is_the_report(folder: RunFolder) -> None:
    done = CliRunner().invoke(cli, ["report", str(folder.path), "--json"])
    assert json.loads(done.stdout) == json.loads(folder.report.read_text(encoding="utf-8"))


def test_the_page_is_named_once_it_is_there() -> None:
    assert files("run/report.json", None) == ["report: run/report.json"]
    assert files("run/report.json", "run/report.html")[1] == "page: run/report.html"


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (["compare", "1", "2", "--json"], ["compare", "1", "2"]),
        (["compare", "--markdown", "1", "2"], ["compare", "1", "2"]),
        (["compare", "1", "--run-dir", "x", "2"], ["compare", "1", "2"]),
        (["compare", "--run-dir=x", "--markdown", "--seed", "3"], ["compare", "--seed", "3"]),
    ],
)
def test_what_was_typed_is_kept_without_what_belongs_to_one_run(
    arguments: list[str], kept: list[str]
) -> None:
    assert typed(arguments) == ["tfperf", *kept]


@pytest.mark.parametrize(
    ("environ", "has_table", "has_codes"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"CI": "true"}, False, False),
        ({"CI": "true", "FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_a_terminal_ends_with_the_verdict_in_the_colours_asked_for(
    folder: RunFolder, environ: dict[str, str], *, has_table: bool, has_codes: bool
) -> None:
    command = [sys.executable, "-m", "bot", "report", str(folder.path)]
    with in_terminal(command, width=300, height=24, cwd=Path.cwd(), environ=environ) as terminal:
        code, out = terminal.end()

    assert (code, out) == (ExitCode.NOTHING_TO_ACT_ON, f"{folder.path}\n")
    assert ("\x1b" in terminal.written) == has_codes
    lines = terminal.glass.text.rstrip("\n").splitlines()
    assert ("verdict" in lines[0]) == has_table
    assert (lines[-1] == "Nothing to do.") == has_table
