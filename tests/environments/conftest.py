"""Packages made on the spot and interpreters that only pretend, for the tests of this door."""

import base64
import hashlib
import io
import json
import os
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.plan import Environment
from bot.environments import interpreters

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"

# Builds a wheel without any build requirement; says when it starts and waits to be let go.
BACKEND = """\
import base64, hashlib, os, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    gate = os.environ.get("TINY_GATE")
    if gate and os.path.exists(gate + "/started"):
        open(gate + "/started", "w").close()
        open(gate + "/go").close()
    name = "slow-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(path, text)
    return name
"""


def wheel_files(name: str, version: str, modules: dict[str, str], *requires: str) -> dict[str, str]:
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {package}\n" for package in requires)
    files = {
        **modules,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},{_digest(text)},{len(text.encode())}" for path, text in files.items()]
    return {**files, f"{info}/RECORD": "\n".join([*rows, f"{info}/RECORD,,", ""])}


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


class PackageShelf:
    """A folder that is a package index, so that no network is needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _file(self, package: str, name: str) -> Path:
        """Make room for a file and list it on the package's page."""
        page = self.folder / package / "index.html"
        page.parent.mkdir(exist_ok=True)
        with page.open("a", encoding="utf-8") as html:
            html.write(f'<a href="{name}">{name}</a>\n')
        return page.parent / name

    def wheel(
        self,
        name: str = "tiny",
        version: str = "1.0",
        tag: str = "py3-none-any",
        *,
        source: str = "",
        requires: tuple[str, ...] = (),
    ) -> None:
        modules = {
            f"{name}.py": f"__version__ = {version!r}\n{source}",
            f"{name}_template.py": "{% no %}\n",
        }
        with zipfile.ZipFile(self._file(name, f"{name}-{version}-{tag}.whl"), "w") as wheel:
            for file, text in wheel_files(name, version, modules, *requires).items():
                wheel.writestr(file, text)

    def slow_source(self) -> None:
        """Make a source package whose build waits at the gate."""
        files = wheel_files("slow", "1.0", {"slow.py": "__version__ = '1.0'\n"})
        metadata = files["slow-1.0.dist-info/METADATA"].replace("2.1", "2.2")
        project = '[project]\nname = "slow"\nversion = "1.0"\n[build-system]\nrequires = []\n'
        project += 'build-backend = "backend"\nbackend-path = ["."]\n'
        with tarfile.open(self._file("slow", "slow-1.0.tar.gz"), "w:gz") as archive:
            for name, text in (
                ("PKG-INFO", metadata),
                ("pyproject.toml", project),
                ("backend.py", f"FILES = {files!r}\n{BACKEND}"),
            ):
                member = tarfile.TarInfo(f"slow-1.0/{name}")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))


@pytest.fixture
def shelf(tmp_path: Path) -> PackageShelf:
    folder = tmp_path / "shelf"
    folder.mkdir()
    return PackageShelf(folder)


@pytest.fixture
def environ(shelf: PackageShelf, tmp_path: Path) -> dict[str, str]:
    """Variables with which the only packages are those on the shelf."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        interpreters.variable(MINOR): sys.executable,
        "UV_DEFAULT_INDEX": shelf.folder.as_uri(),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
    }


EnvironmentFactory = Callable[..., Environment]


@pytest.fixture
def an_environment() -> EnvironmentFactory:
    def make(**overrides: object) -> Environment:
        fields: dict[str, object] = {
            "id": "env1",
            "label": "1.0",
            "role": "candidate",
            "package": "tiny",
            "release": "1.0",
            "python": MINOR,
            "module": "tiny",
        }
        return Environment.model_validate({**fields, **overrides})

    return make


ScriptFactory = Callable[[Path, str], Path]


@pytest.fixture
def script() -> ScriptFactory:
    """Write an executable shell script."""

    def write(path: Path, body: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def pretender(script: ScriptFactory) -> Callable[..., Path]:
    """Write a script that answers the probe like an interpreter of that version."""

    def write(path: Path, version: str, **overrides: str) -> Path:
        answer = {
            "path": str(path),
            "version": version,
            "implementation": "cpython",
            "abiflags": "",
            **overrides,
        }
        return script(path, f"echo '{json.dumps(answer)}'")

    return write
