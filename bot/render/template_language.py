"""Owns what a template of others may say: it prints, chooses and loops, and does nothing else.

It neither calculates nor calls, so no text grows in it except by being printed, which is counted.
"""

from collections.abc import Collection, Iterator
from typing import Final

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

FILTERS: Final = frozenset(
    {"default", "first", "last", "length", "lower", "rejectattr", "selectattr", "trim", "upper"}
)
MACROS: Final = "tfperf/blocks.md.j2"
"""The one file whose macros may be called."""

IMPORTED: Final = "blocks"
"""Under this name they are in every page."""

_STATEMENTS = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Extends, nodes.Block, nodes.Scope,
    nodes.If, nodes.For, nodes.Assign, nodes.Import,
)  # fmt: skip
_EXPRESSIONS = (
    nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Tuple, nodes.List,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Keyword, nodes.Call,
)  # fmt: skip


def must_only_print(tree: nodes.Template, ours: Collection[str]) -> None:
    """Refuse what a template of others has no need of; `ours` may be extended."""
    callable_names = {IMPORTED, *(each.target for each in tree.find_all(nodes.Import))}
    for node in _every(tree):
        if refused := _refused(node, ours, callable_names):
            raise TemplateSyntaxError(refused, node.lineno)


def _every(node: nodes.Node) -> Iterator[nodes.Node]:
    for child in node.iter_child_nodes():
        yield child
        yield from _every(child)


def _refused(node: nodes.Node, ours: Collection[str], callable_names: Collection[str]) -> str:
    """Say why a node is refused, if it is."""
    why = ""
    match node:
        case nodes.Name(ctx="store", name=name) if name in callable_names:
            why = f"gives {name!r} another meaning"
        case nodes.For(recursive=True):
            why = "a loop that is recursive"
        case nodes.Extends(template=template) if _text(template) not in ours:
            why = f"extends what is none of {', '.join(sorted(ours))}"
        case nodes.Import(template=template) if _text(template) != MACROS:
            why = f"imports what is not {MACROS}"
        case nodes.Call(node=called) if not _is_known(called, callable_names):
            why = "calls something: only super() and the macros of ours can be called"
        case nodes.Filter(name=name) if name not in FILTERS:
            why = f"the filter {name!r}: there are {', '.join(sorted(FILTERS))}"
        case _ if not isinstance(node, _STATEMENTS + _EXPRESSIONS):
            why = f"{type(node).__name__.lower()}: a template only prints, chooses and loops"
        case _:
            pass
    return why


def _text(node: nodes.Node) -> object:
    """Return what a constant says; null for anything that is to be found out first."""
    return node.value if isinstance(node, nodes.Const) else None


def _is_known(called: nodes.Node, names: Collection[str]) -> bool:
    match called:
        case nodes.Name(name="super"):
            return True
        case nodes.Getattr(node=nodes.Name(name=name)):
            return name in names
        case _:
            return False
