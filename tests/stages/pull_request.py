"""Owns a small pull request for tests: a project in git, a framework on a shelf, no network."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import uv

from bot.core.config import Config, load
from bot.environments import interpreters
from bot.progress import Silent
from bot.stages.house import House
from tests.environments.conftest import MINOR, PackageShelf
from tests.project.conftest import Checkout

BACKEND = """\
import os, zipfile

TAG = "py3-none-any"
REQUIRES = ()

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "mine-1.0-%s.whl" % TAG
    info = "mine-1.0.dist-info/"
    metadata = "Metadata-Version: 2.1\\nName: mine\\nVersion: 1.0\\n"
    metadata += "".join("Requires-Dist: %s\\n" % each for each in REQUIRES)
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.write("mine.py", "mine.py")
        wheel.writestr(info + "METADATA", metadata)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: %s\\n" % TAG)
        wheel.writestr(info + "RECORD", "mine.py,,\\n%sMETADATA,,\\n%sWHEEL,,\\n" % (info, info))
    return name
"""
PYPROJECT = """\
[project]
name = "mine"
version = "1.0"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


class Heard(Silent):
    """Progress that remembers its notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


class PullRequest(Checkout):
    """A repository whose branch `work` is a pull request against `main`."""

    def __init__(self, folder: Path, shelf: PackageShelf) -> None:
        super().__init__(folder)
        self.shelf = shelf
        self.home = folder.parent / "home"
        self.environ |= {
            interpreters.variable(MINOR): sys.executable,
            "UV_DEFAULT_INDEX": shelf.folder.as_uri(),
            "UV_CACHE_DIR": str(folder.parent / "cache"),
            "UV_PYTHON_DOWNLOADS": "never",
        }
        self.heard = Heard()

    @property
    def house(self) -> House:
        return House(home=self.home, environ=self.environ, progress=self.heard)

    def make(self, base: Mapping[str, str], head: Mapping[str, str]) -> None:
        """Make the two sides; the working folder is that of head."""
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit(base, "base")
        self.git("checkout", "--quiet", "-b", "work")
        self.commit(head, "head")

    def config(self, **keys: Any) -> Config:
        return load(None, source="x", environ={}, overrides={"python": MINOR, **keys})

    def hashed(self, name: str, version: str) -> str:
        """Write a requirement with the hash of its wheel on the shelf."""
        wheel = self.shelf.folder / name / f"{name}-{version}-py3-none-any.whl"
        return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"

    def uv(self, *arguments: str) -> None:
        environ = self.environ | {"UV_PYTHON": sys.executable}
        command = [uv.find_uv_bin(), *arguments]
        subprocess.run(command, cwd=self.folder, env=environ, check=True, capture_output=True)


def project(version: str, *, requires: tuple[str, ...] = (), **files: str) -> dict[str, str]:
    """Write the project `mine`; versions of one length make files of one size."""
    return {
        "mine.py": f"VERSION = {version!r}\n",
        "backend.py": BACKEND.replace("REQUIRES = ()", f"REQUIRES = {requires!r}"),
        "pyproject.toml": PYPROJECT,
        **{name.replace("__", "."): text for name, text in files.items()},
    }


@contextmanager
def index_of(shelf: Path, *, uploaded: str) -> Iterator[str]:
    """Serve a shelf as a package index does: with the hash and the date of every file."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = shelf / self.path.strip("/")
            found = place.exists()
            if place.is_dir():
                files = [
                    {
                        "filename": file.name,
                        "url": f"/{place.name}/{file.name}",
                        "hashes": {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()},
                        "upload-time": uploaded,
                    }
                    for file in sorted(place.glob("*.whl"))
                ]
                page = {"meta": {"api-version": "1.1"}, "name": place.name, "files": files}
                body, kind = json.dumps(page).encode(), "application/vnd.pypi.simple.v1+json"
            else:
                body = place.read_bytes() if found else b""
                kind = "application/octet-stream"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815  # as the server calls it

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def said(python: Path, program: str, folder: Path) -> str:
    """Run a program in an environment, from a folder."""
    done = subprocess.run(
        [python, "-s", "-B", "-I", "-c", program],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
