"""Owns conda's `environment.yml`: its match specifications, and the section of pip."""

import re

from packaging.requirements import InvalidRequirement

from bot.core.config_source import Node, Series, Table, Text, read_yaml
from bot.core.dependency_answer import NAMES, Asked, Reading, mention, quoted, release, unreadable
from bot.errors import BadConfiguration

_MATCH = re.compile(
    r"(?:[^\s:]+::)?(?P<name>[A-Za-z0-9._-]+?)\s*"
    r"(?:(?P<equals>==?)\s*(?P<version>[0-9][0-9A-Za-z.]*)(?:\s*=\s*\S+)?"
    r"|\s(?P<spaced>[0-9][0-9A-Za-z.]*)(?:\s+\S+)?|(?P<rest>[\s<>!~=*\[].*)?)"
)
_WHOLE = 2
"""`tensorflow=2.15` is any 2.15 for conda; with two dots it is a release."""


def read_conda(file: str, text: str) -> Reading:
    """Read the dependencies of an environment file."""
    try:
        document, _ = read_yaml(text, source=file)
    except BadConfiguration as error:
        return unreadable(file, error.what)
    except RecursionError:
        return unreadable(file, "its values are nested too deeply")
    asked: list[Asked] = []
    notes: list[str] = []
    listed = document.entries.get("dependencies")
    for node in listed.items if isinstance(listed, Series) else ():
        for text_node, is_pip in _texts(node):
            line = _line(text_node)
            try:
                found = _read(text_node, is_pip, file, line)
            except InvalidRequirement:
                if "tensorflow" in (text_node.text or "").casefold():
                    notes.append(f"{file}:{line} was not understood")
                continue
            asked += [found] if found else []
    return Reading(asked=tuple(asked), notes=tuple(notes))


def _texts(node: Node) -> list[tuple[Text, bool]]:
    """Give the requirements of an entry, and whether they are pip's."""
    match node:
        case Text():
            return [(node, False)]
        case Table(entries={"pip": Series(items=items)}):
            return [(item, True) for item in items if isinstance(item, Text)]
        case _:
            return []


def _read(node: Text, is_pip: bool, file: str, line: int) -> Asked | None:
    written = (node.text or "").strip()
    if is_pip:
        return None if written.startswith("-") else mention(written, file=file, line=line)
    match = _MATCH.fullmatch(written)
    package = NAMES.get(match["name"].lower()) if match else None
    if match is None or package is None:
        return None
    number = match["version"] or match["spaced"]
    is_whole = number is not None and (match["equals"] == "==" or number.count(".") >= _WHOLE)
    version = release(number) if is_whole else None
    return Asked(
        package=package,
        version=version,
        written=quoted(written),
        file=file,
        line=line,
        strength="pin" if version else "range",
    )


def _line(node: Text) -> int:
    number = node.where.rpartition(", line ")[2]
    return int(number) if number.isdigit() else 1
