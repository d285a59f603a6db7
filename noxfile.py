#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox[uv]>=2025.11.12"]
# ///
"""Owns the Nox sessions: one for every environment to measure in, and our own development."""

import json
import os
import shutil
import sys
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import nox

nox.needs_version = ">=2025.11.12"
nox.options.sessions = ["tests", "lint", "types"]
# virtualenv has no environments for Python before 3.9; uv has.
nox.options.default_venv_backend = "uv|virtualenv"

LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"
SIDE_BY_SIDE = ("tests/core", "tests/render", "tests/publish", "tests/benchmarks")
"""Tests that start no workers and send no signals: several processes may share them."""
PRISM = "@stoplight/prism-cli@5.14.2"


@nox.session(reuse_venv=True, default=False)
def compare(session: nox.Session) -> None:
    """Compare TensorFlow releases: nox -s compare -- BASELINE CANDIDATE... [-w GLOB]."""
    install_tool(session, LOCK)
    session.run("tfperf", "compare", *session.posargs)


@nox.session(reuse_venv=True, default=False)
def tfperf(session: nox.Session) -> None:
    """Run any tfperf command: nox -s tfperf -- resume RUN."""
    install_tool(session, LOCK)
    session.run("tfperf", *session.posargs)


@nox.session(reuse_venv=True)
def tests(session: nox.Session) -> None:
    """Run the tests; real TensorFlow releases are in e2e."""
    install_tool(session, DEVELOPMENT_LOCK)
    pytest = ("pytest", "-m", "not e2e")
    if session.posargs:
        session.run(*pytest, *session.posargs)
        return
    session.run(*pytest, "-n", "auto", "--dist", "loadfile", *SIDE_BY_SIDE)
    session.run(*pytest, *(f"--ignore={folder}" for folder in SIDE_BY_SIDE))


@nox.session(reuse_venv=True, default=False)
def e2e(session: nox.Session) -> None:
    """Run the tests with real TensorFlow releases in real environments (minutes)."""
    install_tool(session, DEVELOPMENT_LOCK)
    session.run("pytest", "-m", "e2e", *session.posargs)


@nox.session(reuse_venv=True, default=False)
def bench(session: nox.Session) -> None:
    """Measure how good we are: nox -s bench -- NAME, a module of benchmarks/."""
    install_tool(session, DEVELOPMENT_LOCK)
    names = session.posargs[:1] or ["calibration"]
    session.run("python", "-m", f"benchmarks.{names[0]}", *session.posargs[1:])


@nox.session(reuse_venv=True)
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    install_tool(session, DEVELOPMENT_LOCK)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(reuse_venv=True)
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    install_tool(session, DEVELOPMENT_LOCK)
    session.run("mypy")


@nox.session(python=False, tags=["update"], default=False)
def lock(session: nox.Session) -> None:
    """Pin our own dependencies anew, with hashes."""
    uv = (sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml")
    python = ("--universal", "--python-version", "3.11")
    extra = ("--extra", "gpu")  # pure Python, and idle without a GPU
    options = (*python, *extra, "--generate-hashes", "--no-header")
    groups = ("--group", "tests", "--group", "lint")
    session.run(*uv, *options, "--output-file", LOCK, *session.posargs)
    session.run(*uv, *options, *groups, "--output-file", DEVELOPMENT_LOCK, *session.posargs)


@nox.session(reuse_venv=True, tags=["update"], default=False)
def contracts(session: nox.Session) -> None:
    """Renew what tests hold of GitHub's descriptions, from npm: nox -s contracts."""
    install_tool(session, DEVELOPMENT_LOCK)
    with tempfile.TemporaryDirectory() as folder:
        openapi, version = npm_package(session, "@octokit/openapi", Path(folder))
        described = str(openapi / "generated" / "api.github.com.json")
        session.run("python", "-m", "tests.publish.cut_openapi", described, version)
        graphql, version = npm_package(session, "@octokit/graphql-schema", Path(folder))
        schema = str(graphql / "schema.graphql")
        session.run("python", "-m", "tests.publish.cut_graphql", schema, version)
        names = ("@octokit/webhooks-examples", "@octokit/webhooks-schemas")
        events = (str(npm_package(session, name, Path(folder))[0]) for name in names)
        session.run("python", "-m", "tests.publish.cut_payloads", *events)


@nox.session(reuse_venv=True, default=False)
def prism(session: nox.Session) -> None:
    """Let another judge than ours watch a whole publication: nox -s prism (needs Node and npm)."""
    install_tool(session, DEVELOPMENT_LOCK)
    place = Path(session.virtualenv.location) / PRISM.replace("/", "-")
    if not (place / "node_modules" / ".package-lock.json").exists():  # npm writes it last
        quiet = ("--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel=error")
        session.run("npm", "install", *quiet, "--prefix", str(place), PRISM, external=True)
    session.run("python", "-m", "tests.publish.prism", str(place), *session.posargs)


def npm_package(session: nox.Session, name: str, folder: Path) -> tuple[Path, str]:
    """Fetch the newest release of an npm package, not installed; return its folder and version."""
    pack = ("npm", "pack", "--silent", "--pack-destination", str(folder), name)
    archive = folder / str(session.run(*pack, external=True, silent=True)).split()[-1]
    with tarfile.open(archive) as packed:
        packed.extractall(archive.with_suffix(""), filter="data")
    package = archive.with_suffix("") / "package"
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    session.log(f"{name} {version}")
    return package, version


def install_tool(session: nox.Session, lock: str) -> None:
    """Install what the lock pins, then this checkout."""
    if sys.version_info < (3, 11):  # noqa: UP036  # Nox may run on an older one
        session.error("tf-perf-bot needs Python 3.11 or newer: run Nox with one")
    session.install("--require-hashes", "-r", lock)
    session.install("--no-deps", "--editable", ".")


# Runs in the environment, from Python 3.6 on. What is no Python for this interpreter (templates,
# code of other Pythons) is passed over; any other fault, such as a full disk, ends it.
COMPILE = """\
import json, marshal, py_compile, sys
from concurrent.futures import ProcessPoolExecutor

def must_be_whole(compiled):
    # Python may write less than all of it to a full disk, and not notice.
    with open(compiled, "rb") as file:
        file.seek(12 if sys.version_info < (3, 7) else 16)
        try:
            marshal.load(file)
        except (EOFError, ValueError, TypeError):
            raise OSError("only a part of %s was written: is the disk full?" % compiled)

def compile_one(task):
    try:
        compiled = py_compile.compile(task[0], dfile=task[1], doraise=True)
    except py_compile.PyCompileError:
        return
    must_be_whole(compiled)

if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        tasks = json.load(file)
    with ProcessPoolExecutor(int(sys.argv[2])) as pool:
        list(pool.map(compile_one, tasks, chunksize=16))
"""

ASK = """\
import json, sys, sysconfig
header = 12 if sys.version_info < (3, 7) else 16
answer = [sysconfig.get_path("purelib"), sys.implementation.cache_tag, header]
sys.stdout.write(json.dumps(answer))
"""


def environment_sessions() -> None:
    """Generate a session for each environment described in the file TFPERF_ENVIRONMENTS names."""
    described = os.environ.get("TFPERF_ENVIRONMENTS")
    if described:
        for environment in json.loads(Path(described).read_text(encoding="utf-8")):
            environment_session(environment)


def environment_session(environment: dict[str, Any]) -> None:
    """Generate the session that builds one environment from its lock."""

    def build(session: nox.Session) -> None:
        prefix = Path(session.virtualenv.location)
        # uv reads settings from the working folder and its parents: be where there are none.
        with tempfile.TemporaryDirectory() as nowhere, session.chdir(nowhere):
            install(session, environment, prefix)
            purelib, tag, header = json.loads(ask(session, ASK))
            site_packages = Path(purelib)
            byte_code = ByteCode(site_packages, tag, header, Path(environment["byte_code"]))
            jobs = environment["compile_jobs"]
            not_compilable = compile_all(session, byte_code, jobs, byte_code.modules())
            subject = environment["subject"]
            if subject:
                there = set(byte_code.modules())
                install_subject(session, subject["wheel"], prefix)
                own = ByteCode(site_packages, tag, header, Path(subject["byte_code"]))
                added = [module for module in own.modules() if module not in there]
                not_compilable += compile_all(session, own, jobs, added)
            marker = {
                "expected": environment["expected"],
                "python": str(Path(session.bin) / "python"),
                "site_packages": str(site_packages),
                "distributions": sorted(path.name for path in site_packages.glob("*-info")),
                "packages": packages(session, prefix),
                "not_compilable": not_compilable,
                "installed_bytes": installed_bytes(site_packages),
            }
        write_last(prefix / "tfperf.json", marker)

    build.__doc__ = environment["description"]
    nox.session(
        name=f"env-{environment['expected']['id']}",
        python=environment["expected"]["interpreter"],
        venv_backend="uv",
        download_python="never",
        reuse_venv=False,
        default=False,
        tags=["environment"],
    )(build)


def install(session: nox.Session, environment: dict[str, Any], prefix: Path) -> None:
    """Install exactly what the lock says."""
    session.run_install(
        *("uv", "pip", "sync", environment["lock"], "--require-hashes", "--no-progress"),
        *("--python", str(prefix), *environment["options"]),
        external=True,
    )


def install_subject(session: nox.Session, wheel: str, prefix: Path) -> None:
    """Install the user's own project, and nothing else: what it needs is in the lock."""
    session.run_install(
        *("uv", "pip", "install", wheel, "--no-deps", "--no-index", "--no-config"),
        *("--no-progress", "--python", str(prefix)),
        external=True,
    )


def ask(session: nox.Session, program: str) -> str:
    """Run a program in the environment and return what it prints."""
    return str(session.run_install("python", "-I", "-c", program, silent=True)).strip()


def packages(session: nox.Session, prefix: Path) -> dict[str, str]:
    """List everything installed, with its version."""
    listed = session.run_install(
        *("uv", "pip", "list", "--format", "json", "--quiet", "--python", str(prefix)),
        external=True,
        silent=True,
        stderr=None,
    )
    return {package["name"]: package["version"] for package in json.loads(str(listed))}


class ByteCode:
    """The `.pyc` of every module, shared by all environments of one lock and one interpreter.

    They are links to the same files, compiled under a name that is no environment's: Python
    corrects the name at import (3 ms for 1,200 modules), which must cost every one the same.
    """

    def __init__(self, site_packages: Path, tag: str, header: int, store: Path) -> None:
        self.site_packages = site_packages
        self.tag = tag
        self.header = header
        self.store = store

    def modules(self) -> list[str]:
        """List the modules, relative to the folder they are installed in."""
        return sorted(
            os.path.relpath(Path(folder, name), self.site_packages)
            for folder, _, files in os.walk(self.site_packages)
            for name in files
            if name.endswith(".py")
        )

    def compiled(self, module: str) -> Path:
        """Say where Python looks for the byte code of a module."""
        source = self.site_packages / module
        return source.parent / "__pycache__" / f"{source.stem}.{self.tag}.pyc"

    def is_compiled(self, module: str) -> bool:
        """Whether importing a module needs no compiling; a wheel may bring what is too old."""
        return self.fits(self.compiled(module), self.site_packages / module)

    def take(self, modules: list[str]) -> None:
        """Link what was compiled for an earlier environment and still fits its source."""
        for module in modules:
            kept = self.store / f"{module}c"
            if self.fits(kept, self.site_packages / module):
                compiled = self.compiled(module)
                compiled.parent.mkdir(exist_ok=True)
                with suppress(FileNotFoundError):  # gone since: as if it had not been kept
                    publish(kept, compiled)

    def keep(self, modules: list[str]) -> None:
        """Keep what was compiled for the next environment."""
        for module in modules:
            compiled, kept = self.compiled(module), self.store / f"{module}c"
            if compiled.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                publish(compiled, kept)

    def fits(self, kept: Path, source: Path) -> bool:
        """Whether Python would use it: it holds the time and the size of the source."""
        try:
            with kept.open("rb") as file:
                said = file.read(self.header)[-8:]
        except OSError:  # never compiled, or no Python
            return False
        status = source.stat()
        time, size = int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF
        return said == time.to_bytes(4, "little") + size.to_bytes(4, "little")


def publish(file: Path, name: Path) -> None:
    """Give a whole file a second name in one step: a part of one would be taken for it."""
    part = name.with_name(f"{uuid4().hex}.part")
    try:
        link(file, part)
        part.replace(name)
    finally:
        part.unlink(missing_ok=True)  # replacing a file by itself leaves both names


def link(file: Path, name: Path) -> None:
    """Give a file a second name, or copy it where the disk has no links."""
    try:
        name.hardlink_to(file)
    except OSError:  # where the file itself is gone, so says copying
        shutil.copy2(file, name)


def compile_all(
    session: nox.Session, byte_code: ByteCode, jobs: int, modules: list[str]
) -> list[str]:
    """Byte-compile modules; return the files that are no Python for this interpreter.

    Importing must cost every environment the same.
    """
    byte_code.take(modules)
    missing = [module for module in modules if not byte_code.is_compiled(module)]
    if missing:
        program, tasks = (Path(session.create_tmp(), name) for name in ("compile.py", "tasks.json"))
        program.write_text(COMPILE, encoding="utf-8")
        named = [(str(byte_code.site_packages / module), module) for module in missing]
        tasks.write_text(json.dumps(named), encoding="utf-8")
        arguments = (str(program), str(tasks), str(jobs))
        session.run_install("python", "-I", *arguments, silent=True, log=False)
        byte_code.keep(missing)
    left = (module for module in missing if not byte_code.is_compiled(module))
    return [str(byte_code.site_packages / module) for module in left]


def installed_bytes(site_packages: Path) -> int:
    """Add up the sizes of all files, byte code included."""
    files = (path for path in site_packages.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)


def write_last(path: Path, content: dict[str, Any]) -> None:
    """Put the file in place whole: where it is, all that came before it is done."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content, indent=1), encoding="utf-8")
    part.replace(path)


environment_sessions()

if __name__ == "__main__":
    nox.main()
