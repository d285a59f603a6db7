"""What was imported is what was asked for, from where it belongs."""

from pathlib import Path
from typing import Any

import pytest

from bot.core.plan import Environment
from bot.engine.identity import wrong_version

PYTHON = Path("/runs/env/bin/python")
INSIDE = "/runs/env/lib/python3.11/site-packages/x/__init__.py"


def environment(package: str, release: str, **fields: Any) -> Environment:
    return Environment.model_validate(
        {
            "id": "a-a",
            "label": release,
            "role": "candidate",
            "package": package,
            "release": release,
            "python": "3.11",
            **fields,
        }
    )


def verdict(
    asked: Environment, version: str | None, file: str | None, python: str = "3.11.7"
) -> str:
    reply = {"framework_version": version, "file": file, "python": python}
    failed = wrong_version(asked, reply, PYTHON)
    return "" if failed is None else failed.reason


TABLE: dict[str, tuple[Environment, str | None, str | None, str]] = {
    "the release": (environment("tensorflow", "2.15.1"), "2.15.1", INSIDE, ""),
    "a candidate": (environment("tensorflow", "2.21.0rc1"), "2.21.0-rc1", INSIDE, ""),
    "another": (
        environment("tensorflow", "2.15.1"),
        "2.15.0",
        INSIDE,
        "asked for tensorflow 2.15.1, imported 2.15.0",
    ),
    "from elsewhere": (
        environment("tensorflow", "2.15.1"),
        "2.15.1",
        "/usr/lib/x/__init__.py",
        "tensorflow was imported from outside its environment",
    ),
    "a nightly build": (
        environment("tf-nightly", "2.22.0.dev20251101"),
        "2.22.0-dev20251101",
        INSIDE,
        "",
    ),
    "another night": (
        environment("tf-nightly", "2.22.0.dev20251101"),
        "2.22.0-dev20251102",
        INSIDE,
        "asked for tf-nightly 2.22.0.dev20251101, imported 2.22.0-dev20251102",
    ),
    "one made by hand": (
        environment("tensorflow", "2.21.0+custom", existing="/x", imported_from="/runs"),
        "2.21.0-custom",
        INSIDE,
        "",
    ),
    "another framework": (environment("torch", "2.5.1"), "2.5.1+cpu", INSIDE, ""),
    "an existing one": (
        environment("tensorflow", "2.15.1", existing="/x", imported_from="/opt/tf"),
        "2.15.1",
        "/opt/tf/tensorflow/__init__.py",
        "",
    ),
    "an existing one that moved": (
        environment("tensorflow", "2.15.1", existing="/x", imported_from="/opt/tf"),
        "2.15.1",
        INSIDE,
        "tensorflow was imported from outside the folder it was found in",
    ),
}


@pytest.mark.parametrize(("asked", "version", "file", "reason"), TABLE.values(), ids=TABLE.keys())
def test_the_verdict(
    asked: Environment, version: str | None, file: str | None, reason: str
) -> None:
    assert verdict(asked, version, file) == reason


PYTHONS = {"3.11.7": "", "3.12.1": "asked for Python 3.11, started 3.12.1", "3.1.1": "asked for"}


@pytest.mark.parametrize(("started", "reason"), PYTHONS.items())
def test_pure_python_is_told_by_its_version_alone(started: str, reason: str) -> None:
    asked = environment("python", "3.11", module="sys")
    assert verdict(asked, None, None, started).startswith(reason)
    assert bool(verdict(asked, None, None, started)) is bool(reason)
