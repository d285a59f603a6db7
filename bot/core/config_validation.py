"""Owns the way from a tree of written values to a model: every mistake is told with its place."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.core.config_mistakes import Mistake, Unexpected, key_path, quote, within
from bot.core.config_source import Table, place, plain

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], tree: Table, mistakes: Sequence[Mistake]) -> M | list[Mistake]:
    """Read the tree as a model; where it is none, or has `mistakes` already, return them all."""
    try:
        read = model.model_validate(plain(tree))
    except ValidationError as error:
        found = [_mistake(detail, tree) for detail in error.errors(include_url=False)]
        return [*mistakes, *found]
    return list(mistakes) if mistakes else read


def _mistake(detail: ErrorDetails, tree: Table) -> Mistake:
    """Turn an error of the model into what a person wrote, where, and what was expected."""
    cause = detail.get("ctx", {}).get("error")
    path = tuple(step for step in detail["loc"] if step != "[key]")
    found: object = detail["input"]
    expected = detail["msg"]
    close: tuple[str, ...] = ()
    if detail["type"] == "missing":
        return Mistake(where=tree.where, key=key_path(path), found="nothing", expected="a value")
    if isinstance(cause, Unexpected):
        expected, close = cause.expected, cause.nearest
        path += cause.at
        for step in cause.at:
            found = within(found, step)
    where, key = place(tree, path), key_path(path)
    return Mistake(where=where, key=key, found=quote(found), expected=expected, nearest=close)
