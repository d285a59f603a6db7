"""Owns how a configuration names a release: a text, or a mapping with what goes with it."""

from dataclasses import replace

from bot.core.config_mistakes import Unexpected, at_steps, nearest
from bot.core.config_values import knob, knob_value, pairs, python, text, texts
from bot.core.plan import FRAMEWORKS
from bot.core.ranges import MOST_CANDIDATES, expand, is_several
from bot.core.releases import (
    AUTO,
    CATALOGUED,
    KINDS,
    LATEST,
    PACKAGES,
    Spec,
    find,
    nearest_releases,
    of_kind,
    parse_requirement,
    parse_spec,
)
from bot.errors import BadConfiguration

RELEASE = "a release such as 2.15.1, 2.9..2.21, latest, tensorflow-cpu==2.9.3 or 2.21.0@3.13"
_NAMES = (*PACKAGES, *(name for name in FRAMEWORKS if name != "python"), *KINDS)
_BESIDE = ("python", "with", "knobs")


def baseline(value: object) -> Spec:
    """Read the one release that everything is compared with."""
    read = spec(value)
    if is_several(read):
        raise Unexpected("one release, such as 2.15.1, 2.16 or latest-1; a range is for `versions`")
    if read.is_reference:
        expected = f"a release of TensorFlow; {read.package} is a reference, for `versions`"
        raise Unexpected(expected)
    return read


def candidates(value: object) -> list[object]:
    """Read the list of `versions`, which may be empty; a key without a value is a mistake."""
    if value is None:
        raise Unexpected("a list")
    return texts(0, MOST_CANDIDATES)(value)


def candidate(value: object) -> Spec:
    """Read one of `versions`: a release, or the word that leaves it to the pull request."""
    return Spec(version=AUTO) if value == AUTO else spec(value)


def auto_first(value: tuple[Spec, ...]) -> tuple[Spec, ...]:
    """See that `auto` is alone or first: what follows is compared where a pull request has none."""
    for number, each in enumerate(value):
        if each.is_auto and number:
            raise Unexpected("the word auto first, and once", at=(number,))
    return value


def must_compare(versions: tuple[Spec, ...], *, subject: str | None) -> None:
    """See that there is a candidate, or a project of one's own that is there at both sides."""
    if not versions and subject is None:
        expected = "a release to compare with; the list may be empty only together with `subject`"
        raise Unexpected(expected, at=("versions",))


def spec(value: object) -> Spec:
    """Read a release: a text, or a mapping with a package, its Python and what goes with it."""
    if isinstance(value, Spec):
        return value
    read = _spec_from_mapping(value) if isinstance(value, dict) else _spec_from_text(value)
    if read.existing is None and read.wheel is None:
        _must_exist(read)
    return read


def _must_exist(read: Spec) -> None:
    if read.package not in CATALOGUED:
        if is_several(read) or read.version.startswith(f"{LATEST}-"):
            expected = f"one release of {read.package} (its newest: {read.package})"
            raise Unexpected(expected)
        return
    prefix = "" if read.package == PACKAGES[0] else f"{read.package}=="
    try:
        for each in expand(read, {}):
            find(each.package, each.version)
    except BadConfiguration as error:
        if is_several(read) or read.version.startswith(LATEST):
            expected = f"a range of releases that exist ({error.what}; {error.next_step})"
            raise Unexpected(expected) from error
        close = tuple(prefix + version for version in nearest_releases(read.package, read.version))
        raise Unexpected("a release that exists", nearest=close) from error


def _spec_from_text(value: object) -> Spec:
    written = str(value or "")
    try:
        return parse_spec(written)
    except BadConfiguration as error:
        if written.strip().startswith(tuple(f"{kind}:" for kind in KINDS)):
            raise Unexpected(f"an environment ({error.what}; {error.next_step})") from error
        package, equals, version = written.partition("==")
        close = nearest(package, (*PACKAGES, *FRAMEWORKS))[:1] if equals else ()
        meant = tuple(f"{name}=={version}" for name in close if name != package)
        words = () if equals else nearest(written, ("latest", "latest-1", "every-minor", AUTO))
        raise Unexpected(RELEASE, nearest=meant or words) from error


def _spec_from_mapping(value: dict[object, object]) -> Spec:
    """Read `{tensorflow: 2.21.0, python: "3.13", with: ["keras==3.5.0"], knobs: {A: "1"}}`."""
    valid = (*_NAMES, *_BESIDE)
    for key in value:
        if key not in valid:
            close = nearest(str(key), valid)
            raise Unexpected(f"one of {', '.join(valid)}", nearest=close, at=(str(key),))
    named = [name for name in _NAMES if name in value]
    if len(named) > 1 or not (named or "python" in value):
        raise Unexpected(f"exactly one of {', '.join(_NAMES)}, or `python` alone")
    read = _named(named[0] if named else "python", value)
    if read.existing is not None:
        _must_be_as_it_is(value)
        return replace(read, knobs=_knobs(value.get("knobs")))
    with at_steps("python"):
        pinned = python(value.get("python")) or read.python
    return replace(
        read,
        python=pinned,
        requirements=_requirements(value.get("with")),
        knobs=_knobs(value.get("knobs")),
    )


def _named(name: str, value: dict[object, object]) -> Spec:
    """Read what the key that names a package, an interpreter or a wheel says."""
    version = str(value[name] or "")
    if name in KINDS:
        with at_steps(name):
            written = text(value[name])
        try:
            return of_kind(name, written, None)
        except BadConfiguration as error:
            raise Unexpected(f"{error.what}; {error.next_step}", at=(name,)) from error
    try:
        return parse_spec(f"{name}=={version}" if version or name == PACKAGES[0] else name)
    except BadConfiguration as error:
        raise Unexpected("a version such as 2.21.0", at=(name,)) from error


def _must_be_as_it_is(value: dict[object, object]) -> None:
    for key in ("python", "with"):
        if key in value:
            expected = "nothing: an existing interpreter is used as it is, without additions"
            raise Unexpected(expected, at=(key,))


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
