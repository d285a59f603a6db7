"""The floor: what runs inside environments is Python 3.6 and needs nothing but its library."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workloads.worker import WORKLOADS

FILES = sorted(WORKLOADS.rglob("*.py"))
HARNESS = [file for file in FILES if file.parent.name != "suite"]


def test_nothing_needs_more_than_python_3_6() -> None:
    command = [sys.executable, "-c", "import vermin; vermin.main()"]
    command += ["--eval-annotations", "-t=3.6-", "--no-tips"]
    found = subprocess.run([*command, str(WORKLOADS)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "Minimum required versions: 3.6" in found.stdout


@pytest.mark.parametrize("version", ["3.6", "3.13"])
def test_every_file_compiles(interpreter: Callable[[str], str], version: str) -> None:
    program = "import sys\nfor f in sys.argv[1:]: compile(open(f, 'rb').read(), f, 'exec')"
    files = [str(file) for file in FILES]
    subprocess.run([interpreter(version), "-W", "error", "-c", program, *files], check=True)


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


@pytest.mark.parametrize("file", HARNESS, ids=lambda file: file.name)
def test_the_harness_needs_the_standard_library_only(file: Path) -> None:
    assert set(imported(file)) <= {*sys.stdlib_module_names, "harness", "numpy"}


@pytest.mark.parametrize("file", HARNESS, ids=lambda file: file.name)
def test_numpy_is_never_imported_before_the_framework(file: Path) -> None:
    top = ast.parse(file.read_text(encoding="utf-8")).body
    at_once = [node for node in top if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert "numpy" not in "".join(ast.unparse(node) for node in at_once)
