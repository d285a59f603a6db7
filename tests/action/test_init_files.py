"""The files that `tfperf init` writes, as they are read by GitHub and its checkers."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.init_files import (
    COMPARE,
    CONFIGURATION,
    IDLE,
    PUBLISH,
    Project,
    configuration,
    files,
)
from tests.action.conftest import Messages
from tests.action.face import ROOT
from tests.action.mini_runner import Evaluator

GOLDEN = Path(__file__).parent / "init_golden"
BIN = Path(sys.executable).parent
ACTION = "octo-org/tf-perf-bot@0123456789abcdef0123456789abcdef01234567"
PROJECTS = {
    "plain": Project(),
    "package": Project(dependency_file="uv.lock", is_package=True, workloads="benchmarks"),
}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    for name, text in files(Project(), action=ACTION).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("path", [COMPARE, PUBLISH])
def test_the_workflows_are_as_they_were_read(path: str) -> None:
    golden = GOLDEN / Path(path).name
    assert files(Project(), action=ACTION)[path] == golden.read_text("utf-8"), golden


@pytest.mark.parametrize("name", PROJECTS)
def test_the_configurations_are_as_they_were_read(name: str) -> None:
    golden = GOLDEN / f"{name}-config.yml"
    assert configuration(PROJECTS[name]) == golden.read_text("utf-8"), golden


def test_every_tool_is_content(written: Path, lint: Callable[..., Messages]) -> None:
    said = lint(written / COMPARE, written / PUBLISH)
    assert {tool: found for tools in said.values() for tool, found in tools.items() if found} == {}
    schemas = {
        ("--builtin-schema", "vendor.github-workflows"): (COMPARE, PUBLISH),
        ("--schemafile", str(ROOT / "docs" / "tfperf.schema.json")): (CONFIGURATION,),
    }
    for schema, paths in schemas.items():
        command = [str(BIN / "check-jsonschema"), *schema, *(str(written / path) for path in paths)]
        subprocess.run(command, check=True, capture_output=True)
    command = [str(BIN / "zizmor"), "--offline", "--no-progress", "--pedantic", str(written)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert "No findings to report" in done.stdout + done.stderr


@pytest.mark.parametrize("path", [COMPARE, PUBLISH])
def test_callers_give_what_the_called_take_and_need(path: str, written: Path) -> None:
    caller = yaml.safe_load((written / path).read_text("utf-8"))
    (job,) = caller["jobs"].values()
    place, _, ref = job["uses"].partition("@")
    repository, name = place.split("/.github/workflows/")
    assert f"{repository}@{ref}" == ACTION
    called = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text("utf-8"))
    inputs = called[True]["workflow_call"]["inputs"]  # YAML 1.1 takes `on` for a truth value
    assert job.get("with", {}).keys() <= inputs.keys()
    for inner in called["jobs"].values():
        for scope, access in inner["permissions"].items():
            granted = job["permissions"].get(scope)
            assert granted in {access, "write"}, scope
    assert caller["permissions"] == {}


def test_the_publishing_half_listens_to_the_measuring_half(written: Path) -> None:
    compare = yaml.safe_load((written / COMPARE).read_text("utf-8"))
    publish = yaml.safe_load((written / PUBLISH).read_text("utf-8"))
    assert publish[True]["workflow_run"]["workflows"] == [compare["name"]]
    assert set(compare[True]["workflow_dispatch"]["inputs"]) == {
        *("request", "baseline", "versions", "workloads", "mode"),
    }
    called = (ROOT / ".github" / "workflows" / "publish.yml").read_text("utf-8")
    assert f"display_title == '{IDLE}'" in called


PULL = {"pull_request": {"number": 7}}
RETARGETED = {"action": "edited", "changes": {"base": {"ref": {"from": "main"}}}}
EVENTS: dict[str, tuple[dict[str, Any], str, tuple[bool, str, str]]] = {
    "a push": (PULL | {"action": "synchronize"}, "", (True, "", "tfperf-7")),
    "another base": (PULL | RETARGETED, "", (True, "", "tfperf-7")),
    "another title": (
        PULL | {"action": "edited", "changes": {"title": {"from": "x"}}},
        "",
        (False, IDLE, "tfperf-4711"),
    ),
    "a command": ({}, "tfperf run for #7", (True, "tfperf run for #7", "tfperf-tfperf run for #7")),
    "by hand": ({}, "", (True, "", "tfperf-4711")),
}


@pytest.mark.network
@pytest.mark.parametrize(("event", "request_", "expected"), EVENTS.values(), ids=EVENTS)
def test_what_is_measured_under_which_name_and_stops_what(
    written: Path,
    evaluator: Evaluator,
    event: dict[str, Any],
    request_: str,
    expected: tuple[bool, str, str],
) -> None:
    """An edited title measures nothing, and cancels no run that does; another base does."""
    compare = yaml.safe_load((written / COMPARE).read_text("utf-8"))
    assert "edited" in compare[True]["pull_request"]["types"]
    inputs = {"request": request_} if request_ else {}
    contexts = {"github": {"event": event, "run_id": 4711}, "inputs": inputs}
    (job,) = compare["jobs"].values()
    found = (
        evaluator.holds(job["if"], contexts, "success"),
        evaluator.fill(compare["run-name"], contexts, "success"),
        evaluator.fill(compare["concurrency"]["group"], contexts, "success"),
    )
    assert found == expected
