"""Owns what went wrong so far: the picture of a run keeps it, wherever the lines scroll."""

from bot.render import live_words


class Troubles:
    """Remembers each problem by its place, in the order in which each was last seen."""

    def __init__(self) -> None:
        self._said: dict[object, str] = {}

    def add(self, place: object, text: str) -> bool:
        """Remember a problem, the most recent one if it is news; return whether its place is."""
        is_new = place not in self._said
        if self._said.get(place) != text:
            self._said.pop(place, None)
            self._said[place] = text
        return is_new

    @property
    def all(self) -> tuple[str, ...]:
        """Every problem, the most recent last."""
        return tuple(self._said.values())


def latest(troubles: tuple[str, ...], most: int) -> list[str]:
    """Write at most so many lines: how many problems there are, and the most recent of them."""
    if not troubles or most < 1:
        return []
    shown = troubles[-(most - 1) :] if most > 1 else ()
    return [live_words.troubles(len(troubles), len(shown)), *shown]
