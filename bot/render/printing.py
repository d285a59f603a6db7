"""Owns how a page is printed: by our templates, or by those of a repository that extend them."""

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

from jinja2 import BaseLoader, StrictUndefined, TemplateError, TemplateNotFound, nodes
from jinja2.environment import Environment
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.core.appearance import TEMPLATES, TemplateName
from bot.errors import TfperfError
from bot.render.template_language import FILTERS, must_only_print
from bot.render.view import View

OURS: Final = "tfperf/"
"""Before the names of our templates, by which others extend them."""

MOST_TURNS: Final = 1_000_000
"""Of all loops together; 50,000 rows of a summary take half of them."""

MOST_PRINTED: Final = 8 * 2**20
MOST_SECONDS: Final = 20.0

_FOLDER = Path(__file__).parent / "templates"
_EXTENDABLE = frozenset(f"{OURS}{name}" for name in TEMPLATES)
T = TypeVar("T")


class CannotPrint(TfperfError):
    """A template of others cannot be printed; `where` has its name and line."""


def print_view(
    name: TemplateName, view: View, templates: Mapping[TemplateName, str] | None = None
) -> str:
    """Print what was decided; raise CannotPrint where a template of others cannot do it."""
    if not templates or name not in templates:
        return _BUILT_IN.get_template(f"{OURS}{name}").render(view=view)
    sandbox = _Sandbox(templates)
    try:
        return "".join(sandbox.bounded(sandbox.get_template(name).generate(view=view)))
    except RecursionError as error:
        raise CannotPrint("it never ends", where=name) from error
    except (TemplateError, TypeError, ValueError, LookupError) as error:
        where = f"{name}:{line}" if (line := _line(error, name)) else name
        raise CannotPrint(f"{error}".rstrip("."), where=where) from error


def _line(error: BaseException, name: str) -> int | None:
    """Find the line of the template that is to blame; Jinja puts it into the traceback."""
    if isinstance(error, TemplateSyntaxError) and error.name in {name, None}:
        return error.lineno
    found, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == f"<{name}>":
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


class _Loader(BaseLoader):
    """Finds our templates by `tfperf/`, those of others by their two names, and no file besides."""

    def __init__(self, templates: Mapping[TemplateName, str]) -> None:
        self.templates: dict[str, str] = {str(name): text for name, text in templates.items()}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002 (the interface's)
        """Return the text of a template, and the name that tracebacks give it."""
        if template in self.templates:
            return self.templates[template], f"<{template}>", None
        if template not in self.list_templates():
            raise TemplateNotFound(template)
        file = _FOLDER / template.removeprefix(OURS)
        return file.read_text(encoding="utf-8"), str(file), None

    def list_templates(self) -> list[str]:
        """Return the names of ours."""
        return [f"{OURS}{file.name}" for file in _FOLDER.glob("*.md.j2")]


class _Sandbox(ImmutableSandboxedEnvironment):
    """Knows no function and few filters; counts the turns of all loops, and what is printed."""

    def __init__(self, templates: Mapping[TemplateName, str]) -> None:
        super().__init__(
            loader=_Loader(templates),
            undefined=StrictUndefined,
            autoescape=False,  # Markdown: bot.render.escape has done it
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.of_others = {*templates}
        self.globals.clear()
        known = {name: self.filters[name] for name in FILTERS}
        self.filters.clear()
        self.filters.update(known, _counted=self._counted)
        self.turns = 0
        self.until = time.monotonic() + MOST_SECONDS

    def bounded(self, pieces: Iterable[str]) -> Iterator[str]:
        """Pass on what is printed, as long as there is not too much of it."""
        printed = 0
        for piece in pieces:
            printed += len(piece)
            if printed > MOST_PRINTED:
                raise TemplateError(f"it prints more than {MOST_PRINTED:,} characters")
            yield piece

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if name in self.of_others:
            must_only_print(tree, _EXTENDABLE)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.lineno)
        return tree

    def _counted(self, items: Iterable[T]) -> Iterator[T]:
        for item in items:
            self.turns += 1
            if self.turns > MOST_TURNS:
                raise TemplateError(f"its loops take more than {MOST_TURNS:,} turns")
            if time.monotonic() > self.until:
                raise TemplateError(f"it takes more than {MOST_SECONDS:.0f} seconds")
            yield item


_BUILT_IN = ImmutableSandboxedEnvironment(
    loader=_Loader({}),
    undefined=StrictUndefined,
    autoescape=False,  # Markdown: bot.render.escape has done it
    trim_blocks=True,
    lstrip_blocks=True,
)
