"""Owns the catalogue of sentences: what the words modules say, read from their source.

`docs/words.md` is this catalogue as one page, for who edits or checks wording; a test keeps it true
(`nox -s tests -- tests/render/test_words.py --update-golden` writes it anew).
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RENDER = ROOT / "bot" / "render"
OWN_SCREENS = ("answers", "calibration", "doctor", "versions")
"""Modules that own the words of a screen of their own, which shares none with a report."""

WORDS = (
    *(RENDER / "labels.py", RENDER / "words.py"),
    *sorted(RENDER.glob("*_words.py")),
    *(RENDER / f"{name}.py" for name in OWN_SCREENS),
    ROOT / "bot" / "core" / "reasons.py",
)
INTRODUCTION = """\
What readers of comment, summary, page, charts and terminal are told, read from the modules that
own it. `{name}` is put in, `{…}` is calculated. What words mean is in the [glossary](glossary.md).
Made by `tests/render/catalogue.py`; do not edit."""
_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """Something readers are told; `text` has places for what is put in."""

    module: str
    name: str
    text: str

    @property
    def is_sentence(self) -> bool:
        """Whether it is more than a word or two."""
        return len(_WORD.findall(re.sub(r"\{[^}]*\}", "", self.text))) > 2


def catalogue() -> list[Sentence]:
    """Read all words modules, in their order."""
    return [sentence for path in WORDS for sentence in sentences(path)]


def sentences(path: Path) -> Iterator[Sentence]:
    """Read every text of a module, with the name of the function or constant it belongs to."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        name = _name(node)
        if name is None:
            continue
        for text in _texts(node):
            yield Sentence(module=path.stem, name=name, text=text)


def _name(node: ast.stmt) -> str | None:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name), *_]):
            return name
        case ast.Assign(targets=[ast.Tuple(elts=[*parts])]):
            return ", ".join(part.id for part in parts if isinstance(part, ast.Name))
        case _:
            return None


def _texts(node: ast.stmt) -> Iterator[str]:
    """Read the texts in a statement; parts of one f-string are one text, docstrings are none."""
    skipped: set[int] = set()
    for each in ast.walk(node):
        skipped |= _not_said(each)
        if id(each) in skipped:
            continue
        if isinstance(each, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(each)}
            yield _template(each)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _not_said(node: ast.AST) -> set[int]:
    """What is no text: docstrings, annotations, keys of a table and what is compared with."""
    said: list[ast.AST | None] = []
    match node:
        case ast.Expr(value=ast.Constant() as docstring):
            said = [docstring]
        case ast.FunctionDef(args=arguments, returns=returns):
            said = [*ast.walk(arguments), *(ast.walk(returns) if returns else ())]
        case ast.AnnAssign(annotation=annotation):
            said = [*ast.walk(annotation)]
        case ast.Dict(keys=keys):
            said = [*keys]
        case ast.Compare():
            said = [*ast.walk(node)]
        case ast.Subscript(slice=inner) | ast.match_case(pattern=inner):
            said = [*ast.walk(inner)]
        case _:
            pass
    return {id(each) for each in said if each is not None}


def _template(text: ast.JoinedStr) -> str:
    """Write an f-string with the names of what is put in, or … where that is calculated."""
    return "".join(
        part.value
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
        else f"{{{part.value.id}}}"
        if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name)
        else "{…}"
        for part in text.values
    )


def page() -> str:
    """Write the catalogue as Markdown."""
    lines = [
        "# Every sentence",
        "",
        INTRODUCTION,
    ]
    module = ""
    for each in catalogue():
        if not _WORD.search(each.text):
            continue
        if each.module != module:
            module = each.module
            lines += ["", f"## {module}", "", "| where | says |", "|---|---|"]
        said = each.text.replace("|", "\\|").replace("\n", " ").strip()
        lines.append(f"| `{each.name}` | {_code(said)} |")
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"
