"""Owns which source of a value wins: command line over environment over file."""

from collections.abc import Mapping

from bot.core.config_mistakes import Mistake, nearest, quote
from bot.core.config_source import Node, Table, Text, from_python, plain, read_environ, read_yaml

Keys = tuple[str, ...]


def layered(
    text: str | None,
    *,
    source: str,
    environ: Mapping[str, str],
    overrides: Mapping[str, object],
    keys: Keys,
) -> tuple[Table, list[Mistake]]:
    """Lay the sources over each other; every value remembers where it came from."""
    entries, mistakes = _from_file(text, source, keys)
    from_environ, misspelt = read_environ(environ, keys)
    entries |= from_environ
    mistakes += misspelt
    for path, value in overrides.items():
        if value is not None:
            mistakes += _override(entries, path, value, keys)
    return Table(entries=entries, where=source), mistakes


def _from_file(text: str | None, source: str, keys: Keys) -> tuple[dict[str, Node], list[Mistake]]:
    if text is None:
        return {}, []
    table, mistakes = read_yaml(text, source=source)
    known = {key: node for key, node in table.entries.items() if key in keys}
    unknown = {key: node for key, node in table.entries.items() if key not in keys}
    return known, mistakes + [unknown_key(key, node.where, keys) for key, node in unknown.items()]


def _override(entries: dict[str, Node], path: str, value: object, keys: Keys) -> list[Mistake]:
    """Put one value on top; a path into a mapping keeps the mapping's other entries."""
    key, _, inner = path.partition(".")
    where = "command line"
    if key not in keys:
        return [unknown_key(key, where, keys)]
    node = from_python(value, where)
    if inner:
        match entries.get(key):
            case None | Text(text=None):
                node = Table(entries={inner: node}, where=where)
            case Table(entries=others, where=around):
                node = Table(entries={**others, inner: node}, where=around)
            case other:
                expected = f"a mapping, for {path} on the command line to change one entry of"
                found = quote(plain(other))
                return [Mistake(where=other.where, key=key, found=found, expected=expected)]
    entries[key] = node
    return []


def unknown_key(key: str, where: str, keys: Keys) -> Mistake:
    """Say that there is no such key, and which one was meant."""
    close = nearest(key, keys)
    expected = "a key of the configuration" if close else f"one of {', '.join(keys)}"
    found = f"the unknown key {quote(key)}"
    return Mistake(where=where, key="", found=found, expected=expected, nearest=close)
