"""Every sentence stands in a words module, once, and in one file that people can read."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.render.catalogue import RENDER, ROOT, WORDS, Sentence, catalogue, page, sentences

PAGE = ROOT / "docs" / "words.md"

OF_ERRORS = {"comment", "pictures", "printing", "summary", "template_check", "template_language"}
"""Modules that raise errors: what, cause and next step of one stand where it is raised."""

NO_SENTENCE = {"chart_axes", "escape", "page", "picture", "wrap"}
"""Patterns, expressions and markup of ours."""


def test_the_page_has_every_sentence(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("update_golden", default=False):
        PAGE.write_text(page(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page(), "pytest tests/render --update-golden"


def others() -> Iterator[Path]:
    for path in sorted(RENDER.rglob("*.py")):
        if path not in WORDS and path.stem not in OF_ERRORS | NO_SENTENCE:
            yield path


@pytest.mark.parametrize("path", [*others()], ids=lambda path: str(path.relative_to(RENDER)))
def test_no_other_module_says_a_sentence(path: Path) -> None:
    said = [each.text for each in sentences(path) if each.is_sentence]

    assert not said, "give it a name in one of the words modules"


def test_no_sentence_is_said_twice() -> None:
    said = Counter(each.text for each in catalogue() if each.is_sentence)

    assert not [text for text, times in said.items() if times > 1]


def test_the_catalogue_reads_what_functions_and_tables_say(tmp_path: Path) -> None:
    module = tmp_path / "some_words.py"
    module.write_text(
        '"""Not said."""\n'
        'A: dict[str, str] = {"key": "one word more"}\n'
        "def f(number: int) -> str:\n"
        '    """Not said either."""\n'
        '    return f"{number} of {number + 1} cells" if number == "x" else "none at all"\n'
    )

    assert [*sentences(module)] == [
        Sentence(module="some_words", name="A", text="one word more"),
        Sentence(module="some_words", name="f", text="{number} of {…} cells"),
        Sentence(module="some_words", name="f", text="none at all"),
    ]
