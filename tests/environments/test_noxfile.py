import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import nox
import pytest

from bot import locations

NOXFILE = locations.noxfile()


def listed(folder: Path, *options: str, **variables: str) -> str:
    """Ask Nox for its sessions the way a fresh clone would."""
    command = [sys.executable, "-m", "nox", "-f", str(NOXFILE), "--script-mode=none", "--list"]
    finished = subprocess.run(
        [*command, *options],
        env={**os.environ, **variables},
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    return finished.stdout


def test_it_can_be_read_where_only_nox_is_installed() -> None:
    tree = ast.parse(NOXFILE.read_text(encoding="utf-8"))
    imported = {
        alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    } | {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in imported} - sys.stdlib_module_names == {"nox"}


def test_the_script_header_names_the_nox_it_needs() -> None:
    header = nox.project.load_toml(NOXFILE)

    assert header["dependencies"] == [f"nox[uv]{nox_needed()}"]


def nox_needed() -> str:
    tree = ast.parse(NOXFILE.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "nox.needs_version":
            return str(ast.literal_eval(node.value))
    pytest.fail("the noxfile does not say which Nox it needs")


def test_without_descriptions_there_are_no_environments(tmp_path: Path) -> None:
    assert "env-" not in listed(tmp_path)


def test_each_environment_described_has_a_session(tmp_path: Path) -> None:
    described = [
        {
            "description": f"tensorflow {release} on Python 3.11 ({role})",
            "expected": {"id": name, "interpreter": sys.executable},
        }
        for name, release, role in (
            ("tf215a", "2.15.1", "baseline"),
            ("tf215b", "2.15.1", "control"),
        )
    ]
    file = tmp_path / "environments.json"
    file.write_text(json.dumps(described), encoding="utf-8")

    said = listed(tmp_path, "--json", "--tags", "environment", TFPERF_ENVIRONMENTS=str(file))

    assert {one["name"]: one["description"] for one in json.loads(said)} == {
        "env-tf215a": "tensorflow 2.15.1 on Python 3.11 (baseline)",
        "env-tf215b": "tensorflow 2.15.1 on Python 3.11 (control)",
    }
