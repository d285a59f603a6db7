#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox[uv]>=2025.11.12"]
# ///
"""Owns the Nox sessions: one for every environment to measure in, and our own development."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nox

nox.needs_version = ">=2025.11.12"
nox.options.sessions = ["tests", "lint", "types"]
# virtualenv has no environments for Python before 3.9; uv has.
nox.options.default_venv_backend = "uv|virtualenv"

LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"


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
    session.run("pytest", "-m", "not e2e", *session.posargs)


@nox.session(reuse_venv=True, default=False)
def e2e(session: nox.Session) -> None:
    """Run the tests with real TensorFlow releases in real environments (minutes)."""
    install_tool(session, DEVELOPMENT_LOCK)
    session.run("pytest", "-m", "e2e", *session.posargs)


@nox.session(reuse_venv=True, default=False)
def bench(session: nox.Session) -> None:
    """Measure how good we are: nox -s bench -- calibration|real_noise|peers|cost [--quick]."""
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


def install_tool(session: nox.Session, lock: str) -> None:
    """Install what the lock pins, then this checkout."""
    if sys.version_info < (3, 11):  # noqa: UP036  # Nox may run on an older one
        session.error("tf-perf-bot needs Python 3.11 or newer: run Nox with one")
    session.install("--require-hashes", "-r", lock)
    session.install("--no-deps", "--editable", ".")


# Runs in the environment: what compileall passed over must be no Python for this interpreter.
COMPILE_REST = """\
import json, py_compile, sys
for path in json.load(open(sys.argv[1])):
    try:
        py_compile.compile(path, doraise=True)
    except py_compile.PyCompileError:
        pass
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
            site_packages = Path(
                ask(session, "import sysconfig as s; print(s.get_path('purelib'))")
            )
            marker = {
                "expected": environment["expected"],
                "python": str(Path(session.bin) / "python"),
                "site_packages": str(site_packages),
                "distributions": sorted(path.name for path in site_packages.glob("*-info")),
                "packages": packages(session, prefix),
                "not_compilable": compile_all(session, site_packages, environment["compile_jobs"]),
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


def ask(session: nox.Session, program: str) -> str:
    """Run a line of Python in the environment and return what it prints."""
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


def compile_all(session: nox.Session, site_packages: Path, jobs: int) -> list[str]:
    """Byte-compile every module; return the files that are no Python for this interpreter.

    Importing must cost every environment the same. `compileall` fails for templates and for code
    of other Pythons, but also when the disk is full, and says no more: the rest is tried again.
    """
    session.run_install(
        *("python", "-I", "-m", "compileall", "-q", "-j", str(jobs), str(site_packages)),
        success_codes=[0, 1],
        silent=True,
        log=False,
    )
    rest = Path(session.create_tmp(), "rest.json")
    rest.write_text(json.dumps(not_compiled(site_packages)), encoding="utf-8")
    session.run_install("python", "-I", "-c", COMPILE_REST, str(rest), silent=True, log=False)
    return not_compiled(site_packages)


def not_compiled(site_packages: Path) -> list[str]:
    """List the modules without a `.pyc`."""
    missing = []
    for folder, _, files in os.walk(site_packages):
        cache = Path(folder, "__pycache__")
        # module.cpython-311.pyc
        compiled = {path.name.rsplit(".", 2)[0] for path in cache.glob("*.pyc")}
        modules = (name for name in files if name.endswith(".py"))
        missing += [str(Path(folder, name)) for name in modules if name[:-3] not in compiled]
    return sorted(missing)


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
