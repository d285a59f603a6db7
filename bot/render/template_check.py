"""Owns the trial of templates: printed once with a page that has everything, before it matters."""

from collections.abc import Mapping
from typing import Final, get_args

from bot.core.appearance import MOST_CHARACTERS, TemplateName
from bot.errors import BadConfiguration
from bot.render.printing import CannotPrint, print_view
from bot.render.view import Column, Section, SectionName, Table, View

_TABLE: Final = Table(columns=(Column(title="Case"),), rows=(("case",),), more="and 1 more row")
_WHOLE: Final = View(
    heading="What merging means",
    duty="What to do.",
    counts="1 cell: 1 unchanged",
    news="Since the comment before (run 1): nothing new.",
    trust="Why to believe it",
    notes=("a note",),
    sections=tuple(
        Section(name=name, title="Title", is_folded=is_folded, table=_TABLE, text="Text.")
        for name in get_args(SectionName)
        for is_folded in (True, False)
    ),
    shortened="Shortened to fit.",
)
_BARE: Final = View(
    heading="Heading", duty="Duty.", counts="No cells.", news="", trust="Trust", notes=(),
    sections=(Section(name="rule", title="Rule"),),
)  # fmt: skip


def check_templates(templates: Mapping[TemplateName, str], folder: str) -> None:
    """Raise BadConfiguration for a template that cannot be printed; `folder` is where they lie."""
    for name, text in templates.items():
        if len(text) > MOST_CHARACTERS:
            raise _bad(f"{folder}/{name}", f"it has more than {MOST_CHARACTERS:,} characters")
        for view in (_WHOLE, _BARE):
            try:
                print_view(name, view, {name: text})
            except CannotPrint as error:
                raise _bad(f"{folder}/{error.where}", error.what) from error


def _bad(where: str, cause: str) -> BadConfiguration:
    return BadConfiguration(
        "a template cannot be used",
        where=where,
        cause=cause,
        next_step="mend it; docs/templates.md says what a template may say, and what it sees",
    )
