"""Owns what is said in the place of a picture, to those who cannot see it."""

from bot.render.words import count


def forest(counts: str) -> str:
    """Describe the forest plot; `counts` is the line of counts."""
    return f"Forest plot: the largest changes with their 95 % intervals. Of {counts}."


def timeline(versions: int, counts: str) -> str:
    """Describe the time line."""
    return f"Time line: ratios of the cases over {count(versions, 'version')}. Of {counts}."
