"""Where a line may end: between words, never between a number and its unit."""

import pytest
from rich.cells import cell_len

from bot.render.wrap import wrapped


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two", 10, ["one two"]),
        ("one two three", 8, ["one two", "three"]),
        ("used 14 min 2 s of it", 14, ["used", "14 min 2 s of", "it"]),
        ("took 1 h 4 min now", 9, ["took", "1 h 4 min", "now"]),
        ("about 411 MiB", 9, ["about", "411 MiB"]),
        ("up by +20.0 %", 10, ["up by", "+20.0 %"]),
        ("3.41 ms more", 8, ["3.41 ms", "more"]),
        ("4 steps", 5, ["4", "steps"]),  # not 4 s
        ("an_endless_name", 6, ["an_end", "less_n", "ame"]),
        ("a an_endless_name", 6, ["a", "an_end", "less_n", "ame"]),
        ("🔴 ab cd", 5, ["🔴 ab", "cd"]),  # two columns wide
    ],
)
def test_lines(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


@pytest.mark.parametrize("width", [1, 2, 3, 7, 20, 50])
def test_no_line_is_wider_and_no_word_is_lost(width: int) -> None:
    text = "🔴 TensorFlow 2.15.1 → 2.21.0: step ×1.31 +31.0 % after 14 min 2 s, 名前[fit] 411 MiB"
    lines = wrapped(text, width)

    assert max(map(cell_len, lines)) <= max(width, 2)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
