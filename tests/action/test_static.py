"""What can be known about action.yml and the workflows without running them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.action.face import ROOT, definition, inputs_table, outputs_table

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def ran(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
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


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow_gives_no_more_than_it_says(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert job["timeout-minutes"] <= 60


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = definition()["runs"]["steps"]
    return found


def test_inputs_never_become_script() -> None:
    assert [step["name"] for step in steps() if "${{" in step["run"]] == []


def test_only_publishing_sees_the_token() -> None:
    seeing = [step["name"] for step in steps() if "token" in str(step).lower()]
    assert seeing == ["Publish the comment"]


@pytest.mark.parametrize("table", [inputs_table(), outputs_table()], ids=["inputs", "outputs"])
def test_the_documentation_has_the_tables_of_action_yml(table: str) -> None:
    """Run `python -m tests.action.face` for the tables as they should be."""
    assert table in (ROOT / "docs" / "action.md").read_text(encoding="utf-8")


def test_the_example_in_the_documentation_is_a_workflow(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
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
