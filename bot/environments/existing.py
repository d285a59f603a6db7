"""Owns interpreters that are used as they are: asked who they are, never changed."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from packaging.version import InvalidVersion
from pydantic import ValidationError

from bot.core.existing import Existing
from bot.core.plan import Environment
from bot.core.releases import OLDEST_PYTHON, release_number
from bot.environments import variables
from bot.environments.command import Deadline, run
from bot.environments.downloads import NoInterpreter
from bot.environments.preparation import Preparation, Prepared, Unavailable

DEADLINE_SECONDS: Final = 120.0
"""An interpreter on a slow disk, with a framework that must be imported to say its version."""

_LONGEST = 200

# Python 3.6 syntax; -I and -B: as isolated as the worker, and nothing is written.
_PROBE: Final = """\
import importlib, importlib.util, json, os, re, sys

KNOWN = ("tensorflow", "tensorflow-cpu", "tf-nightly", "tf-nightly-cpu", "tensorflow-gpu", "torch")

def installed():
    try:
        from importlib import metadata
    except ImportError:
        import pkg_resources
        return [(d.project_name, d.version, d) for d in pkg_resources.working_set]
    return [(d.metadata["Name"], d.version, d) for d in metadata.distributions()]

def is_of(name, module):
    return (name == "torch") == (module == "torch")

def brings(distribution, module):
    read = getattr(distribution, "read_text", None) or distribution.get_metadata
    try:
        return module in (read("top_level.txt") or "").split()
    except (OSError, KeyError):
        return False

def framework(found):
    names = {re.sub("[-_.]+", "-", name).lower(): (name, version) for name, version, _ in found}
    for module in ("tensorflow", "torch"):
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            continue
        known = [name for name in KNOWN if name in names and is_of(name, module)]
        others = [name for name, _, d in found if module in name.lower() and brings(d, module)]
        for name in known + others:
            package, version = names[re.sub("[-_.]+", "-", name).lower()]
            break
        else:  # built by hand: only the framework itself knows
            package, version = module, importlib.import_module(module).__version__
        folder = os.path.dirname(os.path.dirname(os.path.abspath(spec.origin)))
        return {"module": module, "package": re.sub("[-_.]+", "-", package).lower(),
                "release": version, "imported_from": folder}
    return {}

found = [each for each in installed() if each[0]]
packages = {}
for name, version, _ in found:
    packages.setdefault(name, version)  # the first on the path is the one that is imported
answer = {"prefix": sys.prefix, "version": "%d.%d.%d" % sys.version_info[:3], "packages": packages}
answer.update(framework(found))
sys.stdout.write("\\n" + json.dumps(answer))
"""


def ask(path: Path, *, environ: Mapping[str, str], deadline: Deadline) -> Existing | NoInterpreter:
    """Ask an interpreter, or that of a virtual environment, what it is and has."""
    python = _interpreter(path)
    if python is None:
        reason = f"there is no interpreter at {path}" if path.exists() else f"there is no {path}"
        remedy = "name an interpreter, or the folder of a virtual environment"
        return NoInterpreter(reason=reason, remedy=remedy)
    try:
        finished = run(
            [python, "-I", "-B", "-c", _PROBE],
            environ=variables.for_tools(environ) | {"CUDA_VISIBLE_DEVICES": "-1"},
            deadline=deadline,
        )
    except OSError as error:
        return NoInterpreter(
            reason=f"{python} cannot be run: {error.strerror}", remedy="name a Python interpreter"
        )
    if finished.status is None:
        return NoInterpreter(
            reason=f"{python} did not say what it has within {deadline.seconds:.0f} s",
            remedy=f"try it by hand: {python} -c 'import tensorflow'",
        )
    return _answer(python, finished.stdout, finished.stderr)


def prepare(
    environment: Environment, *, environ: Mapping[str, str], deadline: Deadline
) -> Preparation:
    """Find an existing environment as it was planned, with its freeze."""
    started = time.monotonic()
    found = ask(Path(environment.existing or os.sep), environ=environ, deadline=deadline)
    if isinstance(found, NoInterpreter):
        return Unavailable(environment=environment, reason=found.reason, remedy=found.remedy)
    if (found.release, found.minor) != (environment.release, environment.python):
        return Unavailable(
            environment=environment,
            reason=f"{found.python} has {found.package} {found.release} on Python {found.minor} "
            f"now, and had {environment.release} on {environment.python} when the run was planned",
            remedy="put it back, or start a new run",
        )
    return Prepared(
        environment=environment,
        python=Path(found.python),
        prefix=Path(found.prefix),
        packages=found.packages,
        lock=None,
        lock_digest=None,
        reused=True,
        seconds=time.monotonic() - started,
    )


def _interpreter(path: Path) -> Path | None:
    """Find the interpreter without following links: they lead out of a virtual environment."""
    named = path.absolute()
    places = [named / "bin" / "python", named / "Scripts" / "python.exe"]
    found = next((place for place in places if place.is_file()), None) if named.is_dir() else named
    return found if found is not None and found.is_file() else None


def _answer(python: Path, said: str, complained: str) -> Existing | NoInterpreter:
    try:
        found = _Answer.model_validate_json(said.strip().rpartition("\n")[2])
    except ValidationError:
        last = (complained.strip() or said.strip() or "it said nothing").splitlines()[-1]
        return NoInterpreter(
            reason=f"{python} cannot say what it has: {last[:_LONGEST]}",
            remedy="name a Python from 3.6 on; 3.6 and 3.7 need setuptools beside the framework",
        )
    if tuple(map(int, found.version.split(".")[:2])) < OLDEST_PYTHON:
        return NoInterpreter(
            reason=f"{python} is Python {found.version}; workloads need 3.6 or newer",
            remedy="name another interpreter",
        )
    if not found.module:
        return NoInterpreter(
            reason=f"{python} has neither TensorFlow nor PyTorch",
            remedy=f"install it there, or see what is: {python} -m pip list",
        )
    try:
        release_number(found.release)
    except InvalidVersion:
        return NoInterpreter(
            reason=f'{python} has {found.package} "{found.release[:_LONGEST]}", which starts with '
            "no release number",
            remedy="build it with a version such as 2.21.0-custom",
        )
    return found.model_copy(update={"python": os.fspath(python)})


class _Answer(Existing):
    """What the probe prints; without a framework its fields are empty."""

    python: str = ""
    package: str = ""
    release: str = ""
    module: str = ""
    imported_from: str = ""
