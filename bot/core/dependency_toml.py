"""Owns the project's TOML: pyproject.toml, and the lock files of uv, Poetry, PDM and PEP 751."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import chain

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from bot.core.dependency_answer import (
    NAMES,
    Asked,
    Reading,
    applies,
    exact,
    mention,
    quoted,
    release,
    unreadable,
)

Toml = Mapping[str, object]
_DEEPEST = 60


def parse_toml(text: str) -> dict[str, object]:
    """Read a document of which nothing is known; raise `ValueError` where it is none."""
    if max(map(text.count, "[{")) and _is_deep(text):
        raise ValueError("its values are nested too deeply")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("its values are nested too deeply") from error


def _is_deep(text: str) -> bool:
    return re.search(rf"[\[{{](?:\s*[\[{{]){{{_DEEPEST}}}", text) is not None


def read_pyproject(file: str, text: str) -> Reading:
    """Read what a project declares: PEP 621, dependency groups, and Poetry's own tables."""
    try:
        document = parse_toml(text)
    except ValueError as error:
        return unreadable(file, str(error))
    found: list[Asked] = []
    notes: list[str] = []
    for requirement in _declared(document):
        line = line_of(text, requirement)
        try:
            asked = mention(requirement, file=file, line=line)
        except InvalidRequirement:
            if "tensorflow" in requirement.casefold():
                notes.append(f"{file}:{line} was not understood")
            continue
        found += [asked] if asked else []
    found += _of_poetry(document, file, text)
    return Reading(asked=tuple(found), notes=tuple(notes))


def requires_python(text: str) -> tuple[SpecifierSet, int] | None:
    """Read which Pythons a project allows, and the line that says so; None: it does not say."""
    try:
        document = parse_toml(text)
    except ValueError:
        return None
    written = table(document, "project").get("requires-python")
    poetry = table(document, "tool", "poetry", "dependencies").get("python")
    key = "requires-python" if isinstance(written, str) else "python"
    try:
        if isinstance(written, str):
            specifier = SpecifierSet(written)
        elif isinstance(poetry, str):
            specifier = SpecifierSet(_pep440(poetry))
        else:
            return None
    except InvalidSpecifier:
        return None
    return specifier, line_of_key(text, (key,))


def read_lock(file: str, text: str) -> Reading:
    """Read a lock file: its packages are tables with a name and a version, whoever wrote it."""
    try:
        document = parse_toml(text)
    except ValueError as error:
        return unreadable(file, str(error))
    asked = []
    for package in locked(document):
        name, version = package.get("name"), package.get("version")
        if not isinstance(name, str) or not isinstance(version, str):
            continue
        measured = NAMES.get(canonicalize_name(name))
        if measured is None or not _is_for_linux(package):
            continue
        number = release(version)
        asked.append(
            Asked(
                package=measured,
                version=number,
                written=f"{quoted(name)} {quoted(version)}",
                file=file,
                line=_line_of_package(text, name, version),
                strength="lock",
            )
        )
    return Reading(asked=_without_parts(asked))


def _without_parts(asked: list[Asked]) -> tuple[Asked, ...]:
    """Leave out what TensorFlow brings for another machine beside itself."""
    whole = [each for each in asked if each.written.startswith(f"{each.package} ")]
    return tuple(whole or asked)


def locked(document: Toml) -> Iterator[Toml]:
    """Give the packages of a lock file: `[[package]]`, or `[[packages]]` of PEP 751."""
    for key in ("package", "packages"):
        entries = document.get(key)
        if isinstance(entries, list):
            yield from (entry for entry in entries if isinstance(entry, dict))


def table(document: Toml, *path: str) -> Toml:
    """Follow a path of tables; an empty one where it leads nowhere."""
    node: object = document
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def line_of(text: str, written: str) -> int:
    """Say on which line a value was written; 1 where it was escaped and cannot be found."""
    at = text.find(written)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def line_of_key(text: str, keys: tuple[str, ...]) -> int:
    """Say on which line one of the keys stands."""
    names = "|".join(map(re.escape, keys))
    found = re.search(rf"(?m)^[ \t]*[\"']?(?:{names})[\"']?[ \t]*[=.]", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _declared(document: Toml) -> Iterator[str]:
    project = table(document, "project")
    lists = [
        project.get("dependencies"),
        *table(project, "optional-dependencies").values(),
        *table(document, "dependency-groups").values(),
        table(document, "tool", "uv").get("dev-dependencies"),
        *table(document, "tool", "pdm", "dev-dependencies").values(),
    ]
    for each in lists:
        if isinstance(each, list):
            yield from (item for item in each if isinstance(item, str))


def _of_poetry(document: Toml, file: str, text: str) -> Iterator[Asked]:
    poetry = table(document, "tool", "poetry")
    groups = table(poetry, "group")
    tables = [table(poetry, "dependencies"), table(poetry, "dev-dependencies")]
    tables += [table(groups, name, "dependencies") for name in groups]
    for name, value in chain.from_iterable(each.items() for each in tables):
        package = NAMES.get(canonicalize_name(name))
        if package is None:
            continue
        for constraint in value if isinstance(value, list) else [value]:
            written = _constraint(constraint)
            if written is None:
                continue
            version = _exact_of_poetry(written)
            yield Asked(
                package=package,
                version=version,
                written=f"{name} {quoted(written)}",
                file=file,
                line=line_of_key(text, (name,)),
                strength="pin" if version else "range",
            )


def _constraint(value: object) -> str | None:
    """Read the version of a dependency; None where it is not for Linux."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return None
    markers, platform = value.get("markers"), value.get("platform")
    if isinstance(markers, str) and not _marker_applies(markers):
        return None
    if isinstance(platform, str) and "linux" not in platform:
        return None
    version = value.get("version")
    return version if isinstance(version, str) else "*"


def _exact_of_poetry(written: str) -> str | None:
    try:
        return exact(SpecifierSet(_pep440(written)))
    except InvalidSpecifier:
        return None


def _pep440(written: str) -> str:
    """Turn a constraint of Poetry into one of PEP 440; a bare version is exactly that one."""
    return ",".join(_part(part.strip()) for part in written.split(",") if part.strip())


def _part(part: str) -> str:
    if part == "*":
        return ""
    caret = re.fullmatch(r"\^\s*([0-9]+(?:\.[0-9]+)*)", part)
    if caret is not None:
        numbers = [int(number) for number in caret[1].split(".")]
        first = next((at for at, number in enumerate(numbers) if number), len(numbers) - 1)
        above = [*numbers[:first], numbers[first] + 1]
        return f">={caret[1]},<{'.'.join(map(str, above))}"
    tilde = re.fullmatch(r"~\s*([0-9]+(?:\.[0-9]+)*)", part)
    if tilde is not None:
        numbers = [int(number) for number in tilde[1].split(".")]
        above = [*numbers[:1], numbers[1] + 1] if len(numbers) > 1 else [numbers[0] + 1]
        return f">={tilde[1]},<{'.'.join(map(str, above))}"
    return part if part[:1] in {"<", ">", "=", "!", "~"} else f"=={part}"


def _is_for_linux(package: Toml) -> bool:
    written = package.get("marker", package.get("markers"))
    texts = list(written.values()) if isinstance(written, dict) else [written]
    known = [text for text in texts if isinstance(text, str)]
    return not known or any(map(_marker_applies, known))


def _marker_applies(text: str) -> bool:
    try:
        return applies(Marker(text))
    except InvalidMarker:
        return True


def _line_of_package(text: str, name: str, version: str) -> int:
    names, versions = re.escape(name), re.escape(version)
    block = rf"(?m)^\s*name\s*=\s*[\"']{names}[\"']\s*\n(?:(?!\s*\[\[).*\n)*?"
    found = re.search(rf"{block}\s*version\s*=\s*[\"']{versions}[\"']", text)
    return text.count("\n", 0, found.end()) + 1 if found else 1
