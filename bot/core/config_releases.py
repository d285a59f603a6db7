"""Owns how a configuration names a release: a text, or a mapping with what goes with it."""

from bot.core.config_mistakes import Unexpected, at_steps, nearest
from bot.core.config_values import knob, knob_value, pairs, python, text
from bot.core.releases import (
    PACKAGES,
    Spec,
    find,
    nearest_releases,
    parse_requirement,
    parse_spec,
)
from bot.errors import BadConfiguration

RELEASE = "a release such as 2.15.1, tensorflow-cpu==2.9.3 or 2.21.0@3.13"


def spec(value: object) -> Spec:
    """Read a release: a text, or a mapping with a package, its Python and what goes with it."""
    if isinstance(value, Spec):
        return value
    read = _spec_from_mapping(value) if isinstance(value, dict) else _spec_from_text(value)
    try:
        find(read.package, read.version)
    except BadConfiguration as error:
        prefix = "" if read.package == PACKAGES[0] else f"{read.package}=="
        close = tuple(prefix + version for version in nearest_releases(read.package, read.version))
        raise Unexpected("a release that exists", nearest=close) from error
    return read


def _spec_from_text(value: object) -> Spec:
    try:
        return parse_spec(str(value or ""))
    except BadConfiguration as error:
        package, equals, version = str(value or "").partition("==")
        close = nearest(package, PACKAGES)[:1] if equals else ()
        raise Unexpected(
            RELEASE, nearest=tuple(f"{name}=={version}" for name in close if name != package)
        ) from error


def _spec_from_mapping(value: dict[object, object]) -> Spec:
    """Read `{tensorflow: 2.21.0, python: "3.13", with: ["keras==3.5.0"], knobs: {A: "1"}}`."""
    valid = (*PACKAGES, "python", "with", "knobs")
    for key in value:
        if key not in valid:
            close = nearest(str(key), valid)
            raise Unexpected(f"one of {', '.join(valid)}", nearest=close, at=(str(key),))
    packages = [package for package in PACKAGES if package in value]
    if len(packages) != 1:
        raise Unexpected(f"exactly one of {' and '.join(PACKAGES)}")
    (package,) = packages
    version = str(value[package] or "")
    try:
        named = parse_spec(f"{package}=={version}")
    except BadConfiguration as error:
        raise Unexpected("a version such as 2.21.0", at=(package,)) from error
    with at_steps("python"):
        pinned = python(value.get("python")) or named.python
    return Spec(
        package=package,
        version=named.version,
        python=pinned,
        requirements=_requirements(value.get("with")),
        knobs=_knobs(value.get("knobs")),
    )


def _requirements(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise Unexpected('a list of requirements such as "keras==3.5.0"', at=("with",))
    read = []
    for number, item in enumerate(items):
        try:
            read.append(parse_requirement(text(item)))
        except (BadConfiguration, Unexpected) as error:
            expected = "a requirement such as keras==3.5.0"
            raise Unexpected(expected, at=("with", number)) from error
    return tuple(read)


def _knobs(value: object) -> tuple[tuple[str, str], ...]:
    """Read the knobs of one release; they are checked as those of all releases are."""
    with at_steps("knobs"):
        named = pairs(value)
        if not isinstance(named, dict):
            raise Unexpected("a mapping of names to values")
        read = []
        for name, setting in named.items():
            with at_steps(name):
                read.append((knob(name), knob_value(setting)))
        return tuple(read)
