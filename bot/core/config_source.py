"""Owns the text of a configuration: a tree that remembers where each value was written.

Scalars stay the text that was written. YAML 1.1 would turn the version `2.10` into the number 2.1,
`on` into a truth value and `1:30` into ninety; here only the model decides what a text means.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import yaml

from bot.core.config_mistakes import Mistake, bad_configuration, nearest, quote
from bot.errors import BadConfiguration

MOST_CHARACTERS = 256 * 1024
MOST_NODES = 10_000
DEEPEST = 8
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
PREFIX = "TFPERF_"
LISTED = frozenset({"versions"})
"""Keys that a variable may give as a list, because an item can be a mapping."""

Plain = str | None | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A scalar as it was written; None where nothing was."""

    text: str | None
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A list."""

    items: tuple["Node", ...]
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A mapping."""

    entries: dict[str, "Node"]
    where: str


Node = Text | Series | Table


def plain(node: Node) -> Plain:
    """Forget the places: what the model reads."""
    match node:
        case Text(text=text):
            return text
        case Series(items=items):
            return [plain(item) for item in items]
        case Table(entries=entries):
            return {key: plain(value) for key, value in entries.items()}


def place(node: Node, path: tuple[str | int, ...]) -> str:
    """Say where the value at `path` was written, or the nearest thing around it."""
    for step in path:
        match node:
            case Table(entries=entries) if step in entries:
                node = entries[str(step)]
            case Series(items=items) if isinstance(step, int) and step < len(items):
                node = items[step]
            case _:
                break
    return node.where


def read_yaml(text: str, *, source: str) -> tuple[Table, list[Mistake]]:
    """Read the file's text; raise when it is no YAML, return mistakes that leave it readable."""
    root, mistakes = _document(text, source)
    match root:
        case Table():
            return root, mistakes
        case Text(text=None):
            return Table(entries={}, where=source), mistakes
        case _:
            raise _refused(root.where, quote(plain(root)), "a mapping of keys to values")


def _document(text: str, source: str) -> tuple[Node, list[Mistake]]:
    if len(text) > MOST_CHARACTERS:
        raise _refused(source, f"more than {MOST_CHARACTERS // 1024} KiB", "a smaller file")
    builder = _Builder(text, source)
    try:
        return builder.document(), builder.mistakes
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, source) from error
    except yaml.YAMLError as error:
        raise _refused(source, str(error).partition("\n")[0], "YAML") from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets chr() and int() complain for themselves.
        raise _refused(source, "an escape that stands for no character", "YAML") from error


def read_environ(
    environ: Mapping[str, str], keys: tuple[str, ...]
) -> tuple[dict[str, Node], list[Mistake]]:
    """Read `TFPERF_<KEY>`; a blank variable counts as not given, as GitHub passes unset inputs.

    `TFPERF_VERSIONS` may be a list in square brackets, as in the file: `[2.16, {wheel: a.whl}]`.
    """
    names = {PREFIX + key.upper().replace("-", "_"): key for key in keys}
    found: dict[str, Node] = {}
    mistakes = []
    for name in sorted(environ):
        where = f"environment variable {name}"
        if name in names and (text := environ[name].strip()):
            found[names[name]], wrong = _value(names[name], text, where)
            mistakes += wrong
        elif name.startswith(PREFIX) and name not in names:
            mistakes += _misspelt_variable(name, names, where)
    return found, mistakes


def _value(key: str, text: str, where: str) -> tuple[Node, list[Mistake]]:
    if key in LISTED and text.startswith("["):
        return _document(text, where)
    return Text(text=text, where=where), []


def from_python(value: object, where: str) -> Node:
    """Bring a value from the command line into the form that everything else has."""
    match value:
        case None:
            return Text(text=None, where=where)
        case bool():
            return Text(text=str(value).lower(), where=where)
        case Mapping():
            entries = {str(key): from_python(item, where) for key, item in value.items()}
            return Table(entries=entries, where=where)
        case list() | tuple():
            return Series(items=tuple(from_python(item, where) for item in value), where=where)
        case _:
            return Text(text=str(value), where=where)


def _misspelt_variable(name: str, valid: Iterable[str], where: str) -> list[Mistake]:
    """Report a near miss only: the harness has variables of its own under this prefix."""
    bare = [variable.removeprefix(PREFIX) for variable in valid]
    close = nearest(name.removeprefix(PREFIX), bare, likeness=0.8)
    meant = tuple(PREFIX + variable for variable in close)
    expected = "the name of a key of the configuration"
    mistake = Mistake(where=where, key="", found="no such key", expected=expected, nearest=meant)
    return [mistake] if meant else []


def _refused(where: str, found: str, expected: str) -> BadConfiguration:
    return bad_configuration([Mistake(where=where, key="", found=found, expected=expected)])


def _syntax_error(error: yaml.MarkedYAMLError, source: str) -> BadConfiguration:
    mark = error.problem_mark or error.context_mark
    at = f"{source}, line {mark.line + 1}, column {mark.column + 1}" if mark else source
    return BadConfiguration(
        f"{at}: {error.problem or error.context}",
        where=at,
        cause="this is no YAML; a value that starts with * or contains ': ' needs quotes",
        next_step="correct the line",
    )


class _Builder:
    """Builds the tree from parser events; bounded, so that a hostile file costs nothing."""

    def __init__(self, text: str, source: str) -> None:
        self.source = source
        self.mistakes: list[Mistake] = []
        self._nodes = 0
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))

    def document(self) -> Node:
        """Read the only document; an empty file is an empty scalar."""
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise self._refuse(event, "a second document", "one document")
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, depth=0)
        return root or Text(text=None, where=self.source)

    def _node(self, event: yaml.Event, *, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._refuse(event, f"more than {MOST_NODES} values", "a configuration")
        if depth > DEEPEST:
            raise self._refuse(event, "values nested this deeply", f"at most {DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            raise self._refuse(event, f"the alias *{event.anchor}", f'"*{event.anchor}" in quotes')
        if getattr(event, "tag", None) is not None:
            raise self._refuse(event, "a tag", "a value without a tag")
        where = self._where(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return Series(items=tuple(self._items(depth)), where=where)
        if isinstance(event, yaml.MappingStartEvent):
            return Table(entries=self._entries(depth), where=where)
        return Text(text=self._scalar(cast("yaml.ScalarEvent", event)), where=where)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth=depth + 1)

    def _entries(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refuse(event, "a key that is no text", "a name")
            where = self._where(event)
            value = self._node(next(self._events), depth=depth + 1)
            if event.value in entries:
                expected = f"each key once (it is also at {entries[event.value].where})"
                self.mistakes.append(
                    Mistake(where=where, key=event.value, found="it again", expected=expected)
                )
            entries[event.value] = value
        return entries

    def _scalar(self, event: yaml.ScalarEvent) -> str | None:
        text = str(event.value)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._refuse(event, "half a character", "text")
        return None if event.style is None and text in NOTHING else text

    def _where(self, event: yaml.Event) -> str:
        mark = event.start_mark
        return f"{self.source}, line {mark.line + 1}" if mark else self.source

    def _refuse(self, event: yaml.Event, found: str, expected: str) -> BadConfiguration:
        return _refused(self._where(event), found, expected)
