"""The house rules: imports go one way, no cycles, the two buildings meet only in JSON."""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(ROOT.glob("bot/**/*.py"))
DOORS = {"environments", "engine", "render", "publish", "action", "project"}
LAYER = {
    "__init__": 0,
    "errors": 0,
    "locations": 0,
    "core": 1,
    **dict.fromkeys(DOORS, 2),
    "whole_file": 1,
    "run_folder": 3,
    "control_history": 3,
    "results": 3,
    "progress": 3,
    "screen": 3,
    "stages": 4,
    "run_options": 4,
    "result_form": 4,
    "exits": 4,
    "named_versions": 4,
    "pipeline": 5,
    "run_command": 5,
    "cli_pieces": 6,
    "cli_init": 6,
    "cli_gate": 6,
    "cli_github": 6,
    "cli": 6,
    "__main__": 7,
}
IMPURE = {
    "os",
    "time",
    "subprocess",
    "threading",
    "socket",
    "tempfile",
    "shutil",
    "requests",
    "github",
    "rich",
    "logging",
}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level and "workloads" in file.parts:
                continue  # the harness is one room
            assert node.level == 0, f"{file}: relative imports hide the layer"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> tuple[str, int]:
    parts = module.split(".")
    room = parts[1] if len(parts) > 1 else "__init__"
    return room, LAYER.get(room, 0)


MODULES = {module_name(file): file for file in FILES}


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_inwards_and_doors_do_not_know_each_other(name: str) -> None:
    room, height = layer(name)
    assert room in LAYER, f"bot/{room} has no layer yet: give it one here"
    for imported in imports(MODULES[name]):
        if imported not in MODULES:
            continue
        other, its_height = layer(imported)
        assert its_height <= height, f"{name} imports {imported}, which is further out"
        if room in DOORS and other in DOORS:
            assert room == other, f"{name} imports another door: {imported}"


def test_no_module_imports_itself_over_others() -> None:
    graph = {
        name: {other for other in imports(file) if other in MODULES and other != name}
        for name, file in MODULES.items()
    }
    for name, others in graph.items():  # a package and its parts are not a cycle of their own
        graph[name] = {other for other in others if not name.startswith(other + ".")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("name", [name for name in MODULES if layer(name)[0] == "core"])
def test_the_core_is_pure(name: str) -> None:
    used = {imported.split(".")[0] for imported in imports(MODULES[name])}
    assert not used & IMPURE


@pytest.mark.parametrize("file", FILES, ids=str)
def test_the_bot_never_imports_workloads(file: Path) -> None:
    assert not {name for name in imports(file) if name.split(".")[0] in {"workloads", "harness"}}


@pytest.mark.parametrize("file", sorted(ROOT.glob("workloads/**/*.py")), ids=str)
def test_workloads_never_import_the_bot_nor_what_is_not_there(file: Path) -> None:
    frameworks = {"torch"} if "torch" in file.name else {"tensorflow", "keras"}
    allowed = set(sys.stdlib_module_names) | {"harness", "numpy"} | frameworks
    allowed |= {path.stem for path in file.parent.glob("_*.py")}
    for name in imports(file):
        assert name.split(".")[0] in allowed, f"{file} imports {name}"


@pytest.mark.parametrize("file", [*FILES, *ROOT.glob("workloads/**/*.py")], ids=str)
def test_a_file_says_first_what_it_owns(file: Path) -> None:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("file", [*FILES, *ROOT.glob("workloads/**/*.py")], ids=str)
def test_functions_and_files_stay_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 320
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{file}:{node.lineno} {node.name}"


@pytest.mark.parametrize("file", FILES, ids=str)
def test_no_module_is_called_like_a_box_of_odds_and_ends(file: Path) -> None:
    assert file.stem not in {"utils", "util", "helpers", "common", "misc", "manager", "base"}
