"""What can be known about action.yml and the workflows without running them."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.config import load
from bot.core.init_files import COMPARE, Project, files
from tests.action.conftest import Messages
from tests.action.face import ROOT, definition, inputs_table, outputs_table

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent
PINNED = re.compile(r"uses: ([\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/)$")
"""By commit, or `$/`: the repository of the workflow itself, at the same commit."""

NOT_KNOWN_TO_ACTIONLINT = 'specifying action "$/" in invalid format because ref is missing'
"""actionlint 1.7.7 is older than `uses: $/`, which the language service and zizmor know."""


def ran(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def failed(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "file"),
    [("vendor.github-actions", ROOT / "action.yml")]
    + [("vendor.github-workflows", each) for each in WORKFLOWS]
    + [("vendor.dependabot", ROOT / ".github" / "dependabot.yml")],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_schema(schema: str, file: Path) -> None:
    ran(BIN / "check-jsonschema", "--builtin-schema", schema, file)


def test_zizmor_finds_nothing() -> None:
    said = ran(BIN / "zizmor", "--offline", "--no-progress", "--pedantic", "action.yml", ".github")
    assert "No findings to report" in said


@pytest.mark.parametrize("file", [ROOT / "action.yml", *WORKFLOWS], ids=lambda file: file.name)
def test_others_actions_are_pinned_with_their_version(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    used = [line.strip().removeprefix("- ") for line in lines if "uses:" in line]
    assert [line for line in used if not PINNED.fullmatch(line)] == []


def found(lint: Callable[..., Messages], *files: Path) -> dict[tuple[str, str], list[str]]:
    return {
        (Path(file).name, tool): [each for each in said if NOT_KNOWN_TO_ACTIONLINT not in each]
        for file, tools in lint(*files).items()
        for tool, said in tools.items()
    }


def test_githubs_language_service_and_actionlint_find_nothing(
    lint: Callable[..., Messages],
) -> None:
    said = found(lint, ROOT / "action.yml", *WORKFLOWS)
    assert len(said) == 2 * (1 + len(WORKFLOWS))
    assert {place: messages for place, messages in said.items() if messages} == {}


BAD = """
name: bad
on: pull_request
permissions: {}
jobs:
  first:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {}
    steps:
      - run: echo "${{ github.event.pull_request.title }}"
  second:
    needs: nobody
    runs-on: ubuntu-24.04
    steps:
      - run: echo "${{ steps.none.outputs.x }} ${{ nothing.at.all }}"
"""
BAD_SHAPE = "name: bad\non: pull_request\njobs:\n  first:\n    steps: echo\n"
BAD_ACTION = """
name: bad
description: bad
runs:
  using: composite
  steps:
    - run: echo "${{ inputs.unknown }}"
      shell: bash
      if: ${{ nothing.here }}
"""


def test_every_tool_can_fail(lint: Callable[..., Messages], tmp_path: Path) -> None:
    workflow, action = tmp_path / "bad.yml", tmp_path / "action.yml"
    workflow.write_text(BAD, encoding="utf-8")
    action.write_text(BAD_ACTION, encoding="utf-8")
    said = found(lint, workflow, action)
    for tool, word in (
        ("languageservice", "nobody"),
        ("actionlint", "nobody"),
        ("languageservice", "nothing"),
        ("actionlint", '"none" is not defined'),
        ("actionlint", "untrusted"),
    ):
        assert any(word in each for each in said["bad.yml", tool]), said
    assert any("nothing" in each for each in said["action.yml", "languageservice"])
    zizmor = failed(BIN / "zizmor", "--offline", "--no-progress", "--pedantic", workflow)
    assert "template-injection" in zizmor
    workflow.write_text(BAD_SHAPE, encoding="utf-8")
    schema = ("--builtin-schema", "vendor.github-workflows")
    assert "is not of type 'array'" in failed(BIN / "check-jsonschema", *schema, workflow)


LONGEST_MINUTES = 350
"""Below GitHub's six hours, so that what was measured can still be uploaded."""
MAY = {
    ("publish.yml", "publish"): {
        "actions": "read",
        "checks": "write",
        "contents": "read",
        "pull-requests": "write",
    },
    ("publish.yml", "answer"): {
        "actions": "write",
        "contents": "read",
        "pull-requests": "write",
    },
    ("compare.yml", "gate"): {"actions": "read", "contents": "read"},
    ("compare.yml", "approve"): {},
    ("compare.yml", "conclusion"): {},
}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow_gives_no_more_than_it_says(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"] == MAY.get((file.name, name), {"contents": "read"})
        assert job["timeout-minutes"] <= LONGEST_MINUTES


def test_where_code_of_others_is_run_there_is_no_token_no_secret_and_no_cache() -> None:
    text = (ROOT / ".github" / "workflows" / "compare.yml").read_text(encoding="utf-8")
    for word in ("secrets.", "secrets:", "github.token", "github-token", "cache", "GITHUB_TOKEN"):
        assert word not in text
    workflow = yaml.safe_load(text)
    for job in workflow["jobs"].values():
        assert "env" not in job
        for step in job["steps"]:
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_where_a_token_is_nothing_is_checked_out_nor_restored() -> None:
    text = (ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    used = {step["uses"] for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]}
    assert used == {"$/"}


def test_workflows_give_the_action_inputs_that_it_has() -> None:
    for name in ("compare.yml", "publish.yml"):
        workflow = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text("utf-8"))
        for job in workflow["jobs"].values():
            for step in job["steps"]:
                if step.get("uses") == "$/":
                    assert step["with"].keys() <= definition()["inputs"].keys()


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = definition()["runs"]["steps"]
    return found


def test_inputs_never_become_script() -> None:
    assert [step["name"] for step in steps() if "${{" in step["run"]] == []


def test_only_publishing_and_the_gate_see_the_token() -> None:
    """The gate runs no code of a pull request, and asks whether somebody has to approve it."""
    seeing = [step["name"] for step in steps() if "token" in str(step).lower()]
    assert [step for step in seeing if step != "Measure, without a token"] == [
        "Decide where to measure, with the token that can only read",
        "Publish, with the token",
    ]
    measuring = next(step for step in steps() if step["name"] == "Measure, without a token")
    assert "token" not in str(measuring["env"]).lower()
    assert "inputs.github-token" not in measuring["run"]


@pytest.mark.parametrize("table", [inputs_table(), outputs_table()], ids=["inputs", "outputs"])
def test_the_documentation_has_the_tables_of_action_yml(table: str) -> None:
    """Run `python -m tests.action.face` for the tables as they should be."""
    assert table in (ROOT / "docs" / "action.md").read_text(encoding="utf-8")


def test_the_documentation_names_the_job_to_require() -> None:
    """GitHub calls the check of a called workflow's job by both names."""
    caller = yaml.safe_load(files(Project(), action="o/r@c")[COMPARE])["jobs"]["compare"]
    called = yaml.safe_load((ROOT / ".github/workflows/compare.yml").read_text("utf-8"))
    job = called["jobs"]["conclusion"]
    assert job["if"] == "always()"
    text = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
    assert f"| `{caller['name']} / {job['name']}` |" in text


def test_the_configuration_in_the_documentation_is_one() -> None:
    for name in ("action.md", "gpu.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        blocks = [block.partition("```")[0] for block in text.split("```yaml\n")[1:]]
        (block,) = [block for block in blocks if "runs-on: {" in block]
        loaded = load(block, source=name, environ={}, overrides={})
        assert loaded.runs_on["gpu"] == ("self-hosted", "gpu")
        assert loaded.environment == "tfperf-forks"


def test_the_example_in_the_documentation_is_a_workflow(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
    example = text.partition("## All in one job")[2].partition("```yaml\n")[2].partition("```")[0]
    file = tmp_path / "example.yml"
    file.write_text(example, encoding="utf-8")
    ran(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", file)
    jobs = yaml.safe_load(example)["jobs"]
    assert jobs["measure"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"pull-requests": "write"}
    assert not [step for step in jobs["publish"]["steps"] if "checkout" in step["uses"]]
    for job in jobs.values():
        for step in job["steps"]:
            if step["uses"].startswith("OWNER/"):
                assert step.get("with", {}).keys() <= definition()["inputs"].keys()
