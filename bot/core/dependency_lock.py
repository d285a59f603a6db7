"""Owns what the lock files of Poetry, PDM and PEP 751 install: lines with hashes, for uv."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name

from bot.core.dependency_answer import applies, quoted
from bot.core.dependency_toml import Toml, locked, parse_toml, table

_MAIN = {"main", "default", "dev"}
_NOT_FROM_AN_INDEX = ("vcs", "directory", "archive", "git", "path", "url")


class NotHashed(ValueError):
    """A lock file has a package that cannot be installed by its hash."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Package:
    name: str
    version: str
    marker: str | None
    hashes: tuple[str, ...]
    dependencies: Toml

    def line(self) -> str:
        marker = f" ; {self.marker}" if self.marker else ""
        hashes = "".join(f" \\\n    --hash={each}" for each in self.hashes)
        return f"{self.name}=={self.version}{marker}{hashes}"


def hashed_lines(lock: str, *, roots: Iterable[str]) -> str:
    """Write what a lock file installs without groups and extras as a requirements file.

    `roots` are what the project itself depends on: a lock of an older Poetry does not say what is
    installed only for another system. Raises `NotHashed`, or `ValueError` where it is no TOML.
    """
    document = parse_toml(lock)
    packages = list(_packages(document))
    if any(package.dependencies for package in packages) and not _says_groups(document):
        packages = _reached(packages, {canonicalize_name(root) for root in roots})
    return "\n".join(package.line() for package in packages) + "\n"


def member_in(lock: str, folder: str) -> str | None:
    """Name the member of a workspace of uv that lies in a folder; None where the lock has none."""
    try:
        entries = locked(parse_toml(lock))
        for entry in entries:
            source, name = table(entry, "source"), entry.get("name")
            places = (source.get(kind) for kind in ("editable", "virtual", "directory"))
            if folder in places and isinstance(name, str):
                return name
    except ValueError:
        return None
    return None


def roots_of_poetry(pyproject: str) -> tuple[str, ...]:
    """List what a Poetry project depends on, by name; nothing where it is no TOML."""
    try:
        return tuple(table(parse_toml(pyproject), "tool", "poetry", "dependencies"))
    except ValueError:
        return ()


def _says_groups(document: Toml) -> bool:
    return any("groups" in package for package in locked(document))


def _packages(document: Toml) -> Iterator[_Package]:
    older = table(document, "metadata", "files")
    for entry in locked(document):
        name, version = entry.get("name"), entry.get("version")
        if not isinstance(name, str) or not isinstance(version, str) or not _is_wanted(entry):
            continue
        source = table(entry, "source").get("type")
        if source in _NOT_FROM_AN_INDEX or any(key in entry for key in _NOT_FROM_AN_INDEX):
            raise NotHashed(f"{quoted(name)} is not from a package index, and has no hash there")
        hashes = tuple(dict.fromkeys(_hashes(entry, older.get(name))))
        if not hashes:
            raise NotHashed(f"{quoted(name)} {quoted(version)} has no hash")
        yield _Package(
            name=name,
            version=version,
            marker=_marker(entry),
            hashes=hashes,
            dependencies=table(entry, "dependencies"),
        )


def _is_wanted(entry: Toml) -> bool:
    """Whether it is installed without groups and extras."""
    groups = entry.get("groups")
    if isinstance(groups, list) and not _MAIN - {"dev"} & {str(group) for group in groups}:
        return False
    marker = _marker(entry)
    if marker and ("dependency_groups" in marker or "extra" in marker):
        return False
    return entry.get("optional") is not True and entry.get("category") in {None, "main"}


def _marker(entry: Toml) -> str | None:
    written = entry.get("markers", entry.get("marker"))
    if isinstance(written, dict):  # by group
        written = next((text for group, text in written.items() if group in _MAIN), None)
    if not isinstance(written, str):
        return None
    try:
        return str(Marker(written))
    except InvalidMarker as error:
        raise NotHashed(f"the marker {quoted(written)} was not understood") from error


def _hashes(entry: Toml, older: object) -> Iterator[str]:
    """Give the hashes of a package's files, whichever way a lock writes them."""
    for files in (entry.get("files"), older, entry.get("wheels"), [entry.get("sdist")]):
        for file in files if isinstance(files, list) else ():
            if not isinstance(file, dict):
                continue
            named = file.get("hash")
            found = [named] if isinstance(named, str) else []
            found += [f"{kind}:{value}" for kind, value in table(file, "hashes").items()]
            yield from (each for each in found if each.replace(":", "").isalnum())


def _reached(packages: list[_Package], roots: set[str]) -> list[_Package]:
    """Leave out what only another system needs: what no dependency leads to on Linux."""
    by_name: dict[str, list[_Package]] = {}
    for package in packages:
        by_name.setdefault(canonicalize_name(package.name), []).append(package)
    seen: set[str] = set()
    todo = [root for root in roots if root in by_name]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for package in by_name[name]:
            needed = (n for n, how in package.dependencies.items() if _is_needed(how))
            todo += [its for its in map(canonicalize_name, needed) if its in by_name]
    return [package for package in packages if canonicalize_name(package.name) in seen]


def _is_needed(how: object) -> bool:
    options = how if isinstance(how, list) else [how]
    return any(_applies(option) for option in options)


def _applies(option: object) -> bool:
    if not isinstance(option, Mapping):
        return True
    written = option.get("markers")
    try:
        marker = Marker(written) if isinstance(written, str) else None
    except InvalidMarker:
        return True
    # What an extra brings is kept: more than is needed does no harm, less would.
    return applies(marker) or (isinstance(written, str) and "extra" in written)
