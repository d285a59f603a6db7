"""Templates are read and tried before anything is installed."""

from pathlib import Path

import pytest

from bot.core.config import load
from bot.errors import BadConfiguration
from bot.stages.appearing import appearance_of

EXTENDS = '{% extends "tfperf/comment.md.j2" %}'


def configured(text: str, base: Path) -> tuple[set[str], str | None]:
    config = load(text, source="tfperf.yml", environ={}, overrides={})
    chosen = appearance_of(config, base)
    return {*chosen.templates}, chosen.image_base


def test_without_the_keys_nothing_is_chosen(tmp_path: Path) -> None:
    assert configured("", tmp_path) == (set(), None)


def test_what_is_there_is_read(tmp_path: Path) -> None:
    (tmp_path / "look").mkdir()
    (tmp_path / "look" / "comment.md.j2").write_text(EXTENDS, encoding="utf-8")
    (tmp_path / "look" / "other.md.j2").write_text("{{ 1 + 1 }}", encoding="utf-8")
    text = "templates: look\nimage-base: https://example.org/x"
    assert configured(text, tmp_path) == ({"comment.md.j2"}, "https://example.org/x")


def test_a_folder_without_templates_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="there are no templates") as refused:
        configured("templates: look", tmp_path)
    assert refused.value.where == "templates: look"


@pytest.mark.parametrize(
    ("content", "where", "cause"),
    [
        (b"{{ 1 + 1 }}", "summary.md.j2:1", "add: a template only prints"),
        (b"\n{% if %}", "summary.md.j2:2", "Expected an expression"),
        (b"\n\n{{ view.oh }}", "summary.md.j2:3", "has no attribute 'oh'"),
        (b"\xff", "summary.md.j2", "can't decode byte"),
        (b"x" * 100_000, "summary.md.j2", "more than 65,536 characters"),
    ],
)
def test_a_broken_template_is_told_with_its_line(
    tmp_path: Path, content: bytes, where: str, cause: str
) -> None:
    (tmp_path / "summary.md.j2").write_bytes(content)
    with pytest.raises(BadConfiguration, match="a template cannot be") as refused:
        configured("templates: .", tmp_path)
    assert str(refused.value.where).endswith(where)
    assert cause in str(refused.value.cause)
    assert refused.value.next_step
