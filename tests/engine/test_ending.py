"""What is shown of what a process said last."""

from bot.engine.ending import last_lines


def test_lines_without_end_are_cut() -> None:
    said = "first\n" + "x" * 65_000 + "\nlast"
    assert last_lines(said).splitlines() == ["first", "x" * 500, "last"]
    assert last_lines(said, most=1) == "last"
