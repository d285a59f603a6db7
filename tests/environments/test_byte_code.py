"""Byte code that environments share is whole or not there."""

import errno
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot import locations


@pytest.fixture
def noxfile(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.delenv("TFPERF_ENVIRONMENTS", raising=False)
    monkeypatch.setattr("nox.registry._REGISTRY", {})  # Nox warns where a name comes twice
    spec = importlib.util.spec_from_file_location("our_noxfile", locations.noxfile())
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_full_disk_leaves_no_part_of_a_file(
    noxfile: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, name = tmp_path / "a.pyc", tmp_path / "kept.pyc"
    file.write_bytes(b"whole")

    def no_links(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    def half(_: Path, name: Path) -> None:
        name.write_bytes(b"wh")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    monkeypatch.setattr(shutil, "copy2", half)
    with pytest.raises(OSError, match="No space left"):
        noxfile.publish(file, name)
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_replaced_by_itself_leaves_nothing_else(noxfile: ModuleType, tmp_path: Path) -> None:
    file, name = tmp_path / "a.pyc", tmp_path / "kept.pyc"
    file.write_bytes(b"whole")
    for _ in range(2):
        noxfile.publish(file, name)
    assert sorted(tmp_path.iterdir()) == [file, name]


def test_what_vanishes_while_it_is_taken_is_compiled_anew(
    noxfile: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = noxfile.ByteCode(tmp_path, "tag", 16, tmp_path / "store")
    monkeypatch.setattr(code, "fits", lambda *_: True)  # and then another process removes it
    code.take(["tiny.py"])
    assert not code.compiled("tiny.py").exists()


def test_byte_code_that_was_not_written_whole_ends_the_compiling(
    noxfile: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "tiny.py").write_text("X = 1\n")
    tasks = tmp_path / "tasks.json"
    tasks.write_text(json.dumps([[str(tmp_path / "tiny.py"), "tiny.py"]]))
    short = (
        "import py_compile\n_whole = py_compile.compile\n"
        "def _short(*a, **k):\n"
        "    name = _whole(*a, **k)\n    open(name, 'r+b').truncate(20)\n    return name\n"
        "py_compile.compile = _short\n"
    )
    program = tmp_path / "compile.py"

    def compiled(before: str) -> subprocess.CompletedProcess[str]:
        program.write_text(before + noxfile.COMPILE)
        command = [sys.executable, "-I", str(program), str(tasks), "1"]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    assert compiled("").returncode == 0
    assert "only a part of" in compiled(short).stderr
