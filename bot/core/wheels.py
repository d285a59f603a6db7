"""Owns what the file name of a wheel says: its package, its release, the Pythons it is for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from bot.core.plan import FRAMEWORKS
from bot.errors import BadConfiguration

_NEWEST_MINOR = 14
_EXAMPLE = "tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl"


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelFacts:
    """What a wheel is called after; no `pythons`: it is for any."""

    package: str
    version: str
    pythons: tuple[str, ...]


def is_address(wheel: str) -> bool:
    """Whether a wheel is fetched, and no file of this machine."""
    return "://" in wheel


def wheel_facts(wheel: str) -> WheelFacts:
    """Read the name of a wheel's file, or that at the end of its address."""
    try:
        name = unquote(PurePosixPath(urlsplit(wheel).path if is_address(wheel) else wheel).name)
        package, version, _, tags = parse_wheel_filename(name)
    except (InvalidWheelFilename, ValueError) as error:
        raise BadConfiguration(
            f'"{wheel[-60:]}" is not the name of a wheel',
            next_step=f"call the file as it was when it was built, such as {_EXAMPLE}",
        ) from error
    if not ("tensorflow" in package or package.startswith("tf-nightly") or package in FRAMEWORKS):
        raise BadConfiguration(
            f"{package} is no framework this tool compares",
            next_step="name a wheel of tensorflow",
        )
    return WheelFacts(package=package, version=str(version), pythons=_pythons(tags))


def _pythons(tags: Iterable[Tag]) -> tuple[str, ...]:
    minors: set[int] = set()
    for tag in tags:
        match = re.fullmatch(r"cp3([0-9]{1,2})", tag.interpreter)
        if match is None:
            return ()
        first = int(match[1])
        minors.update(range(first, _NEWEST_MINOR + 1) if tag.abi == "abi3" else [first])
    return tuple(f"3.{minor}" for minor in sorted(minors))
