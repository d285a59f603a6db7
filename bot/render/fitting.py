"""Owns making a page that fits: printed ever shorter, by a repository's template or by ours."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bot.core.appearance import Appearance, TemplateName
from bot.render import template_words
from bot.render.escape import prose
from bot.render.printing import CannotPrint, print_view
from bot.render.view import View

Fits = Callable[[str], bool]
Ladder = Callable[[View], Iterator[View]]


def fitting(
    name: TemplateName, view: View, appearance: Appearance, *, steps: Ladder, fits: Fits, most: int
) -> str | None:
    """Print the longest page that fits; null where none does.

    A template of the repository that cannot be printed, or leaves no room, is told, and ours used.
    """
    try:
        text = _first(name, steps(view), appearance.templates, fits)
    except CannotPrint as error:
        told = template_words.replaced(name, error.where or name, error.what)
    else:
        if text is not None or name not in appearance.templates:
            return text
        told = template_words.replaced(name, name, template_words.too_long(most))
    told_view = replace(view, notes=(prose(told), *view.notes))
    return _first(name, steps(told_view), {}, fits)


def _first(
    name: TemplateName, steps: Iterator[View], templates: Mapping[TemplateName, str], fits: Fits
) -> str | None:
    texts = (print_view(name, step, templates) for step in steps)
    return next((text for text in texts if fits(text)), None)
