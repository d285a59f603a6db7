"""`tfperf init`: what is written into which repository, and that nothing is ever replaced."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli_init import init
from bot.core.config import load
from bot.core.init_files import COMPARE, CONFIGURATION, PLACEHOLDER, PUBLISH
from bot.errors import BadConfiguration
from bot.project.trouble import BadRepository
from bot.stages.init import action_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ACTION = f"octo-org/tf-perf-bot@{COMMIT}"
ALL = (CONFIGURATION, COMPARE, PUBLISH)
WORKLOAD = "import tensorflow as tf\n\n\ndef build():\n    return lambda: tf.constant(1)\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    monkeypatch.chdir(folder)
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(init, arguments, catch_exceptions=False)


def test_the_three_files_are_written(repository: Path) -> None:
    done = run("--action", ACTION)
    assert done.exit_code == 0
    assert sorted(
        str(path.relative_to(repository)) for path in repository.rglob("*.yml")
    ) == sorted(ALL)
    for path in ALL:
        assert f"{path}: written" in done.output
    assert f"uses: octo-org/tf-perf-bot/.github/workflows/compare.yml@{COMMIT}" in (
        repository / COMPARE
    ).read_text(encoding="utf-8")
    assert "commit both workflow files to the default branch first" in done.output
    assert "OWNER" not in done.output


def test_a_second_time_changes_nothing(repository: Path) -> None:
    run("--action", ACTION)
    before = {path: (repository / path).stat().st_mtime_ns for path in ALL}
    done = run("--action", ACTION)
    assert {path: (repository / path).stat().st_mtime_ns for path in ALL} == before
    assert done.output.splitlines() == [
        f"{path}: is there already, and is the same" for path in ALL
    ]


@pytest.mark.parametrize("path", ALL)
def test_what_is_there_is_left_as_it_is(repository: Path, path: str) -> None:
    (repository / path).parent.mkdir(parents=True, exist_ok=True)
    (repository / path).write_text("# mine\n", encoding="utf-8")
    done = run("--action", ACTION)
    assert (repository / path).read_text(encoding="utf-8") == "# mine\n"
    assert f"{path}: is there already, and was left as it is" in done.output
    assert done.output.count(": written") == 2
    assert ("is not what this version writes" in done.output) is (path != CONFIGURATION)


def test_a_link_is_not_followed(repository: Path, tmp_path: Path) -> None:
    (repository / CONFIGURATION).symlink_to(tmp_path / "elsewhere")
    done = run("--action", ACTION)
    assert not (tmp_path / "elsewhere").exists()
    assert f"{CONFIGURATION}: is there already, and was left as it is" in done.output


def test_from_a_folder_inside(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "inside").mkdir()
    monkeypatch.chdir(repository / "inside")
    run("--action", ACTION)
    assert (repository / COMPARE).exists()
    assert not list((repository / "inside").iterdir())


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadRepository, match="this is no git repository"):
        run("--action", ACTION)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "action",
    ["octo-org", "octo-org/x", f"a/b/c@{COMMIT}", "a/b@", "a/b@-x", "a/b@x\nname: y", "a b/c@d"],
)
def test_an_action_that_is_none(repository: Path, action: str) -> None:
    with pytest.raises(BadConfiguration, match="is not the place of an action"):
        run("--action", action)
    assert not list(repository.glob("*.yml"))


def test_a_name_that_moves_is_told(repository: Path) -> None:
    assert "names move" in run("--action", "octo-org/tf-perf-bot@main").output


def test_nobody_knows_where_the_tool_came_from(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.stages.init.installed_from", lambda: None)
    done = run()
    owner, _, commit = PLACEHOLDER.partition("@")
    text = (repository / PUBLISH).read_text(encoding="utf-8")
    assert f"uses: {owner}/.github/workflows/publish.yml@{commit}" in text
    assert "1. replace OWNER/tf-perf-bot and COMMIT" in done.output
    again = run("--action", ACTION)  # nothing is replaced, so they are still there
    assert "1. replace OWNER/tf-perf-bot and COMMIT" in again.output


@pytest.mark.parametrize(
    ("url", "commit", "expected"),
    [
        ("https://github.com/octo-org/tf-perf-bot", COMMIT, ACTION),
        ("https://github.com/octo-org/tf-perf-bot.git", COMMIT, ACTION),
        ("https://example.org/octo-org/tf-perf-bot", COMMIT, None),
        ("https://github.com/octo-org/tf-perf-bot", "", None),
        ("file:///somewhere/tf-perf-bot", None, None),
    ],
)
def test_where_the_tool_was_installed_from(
    url: str, commit: str | None, expected: str | None
) -> None:
    vcs = {} if commit is None else {"vcs_info": {"vcs": "git", "commit_id": commit}}
    assert action_of(json.dumps({"url": url, **vcs})) == expected


FITTING: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "nothing": ({}, ("versions: [2.21.0]", "# subject: .", "# paths: [benchmarks]")),
    "a pin": (
        {"requirements.txt": "tensorflow==2.16.1\n"},
        ("baseline: 2.16.1", "versions: [auto, 2.21.0]"),
    ),
    "the newest": (
        {"requirements.txt": "tensorflow==2.21.0\n"},
        ("baseline: 2.21.0", "versions: [auto, latest-1]"),
    ),
    "no release that is known": (
        {"requirements.txt": "tensorflow==9.9.9\n"},
        ("baseline: 2.15.1", "versions: [auto, 2.21.0]"),
    ),
    "a range is no pin": ({"requirements.txt": "tensorflow>=2.16\n"}, ("versions: [2.21.0]",)),
    "no TensorFlow": ({"requirements.txt": "numpy==2.0\n"}, ("versions: [2.21.0]",)),
    "a package": (
        {"pyproject.toml": '[build-system]\nrequires = ["hatchling"]\n'},
        ("# subject: .",),
    ),
    "a package with workloads": (
        {"pyproject.toml": "[build-system]\nrequires = []\n", "benchmarks/a.py": WORKLOAD},
        ("\nsubject: .", "paths: [benchmarks]"),
    ),
    "workloads alone": ({"perf/a.py": WORKLOAD}, ("# subject: .", "paths: [perf]")),
    "no workloads": ({"benchmarks/a.py": "print(1)\n"}, ("# paths: [benchmarks]",)),
    "broken": (
        {"pyproject.toml": "[[[", "requirements.txt": "\0\0==", "uv.lock": "= ="},
        ("versions: [2.21.0]", "# subject: ."),
    ),
}


@pytest.mark.parametrize(("there", "lines"), FITTING.values(), ids=FITTING)
def test_the_configuration_fits_the_repository(
    repository: Path, there: dict[str, str], lines: tuple[str, ...]
) -> None:
    for name, text in there.items():
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text(text, encoding="utf-8")
    run("--action", ACTION)
    written = (repository / CONFIGURATION).read_text(encoding="utf-8")
    for line in lines:
        assert line in written
    load(written, source=CONFIGURATION, environ={}, overrides={})
