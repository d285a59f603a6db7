"""Owns the words of the heading: one sentence about what a version makes of how many cases."""

from collections.abc import Sequence

from bot.render.words import count, listed

THIS_PULL_REQUEST = "this pull request"
UNDECIDED = "could not be decided"
ONLY_FIGURES = "is shown in figures, without a verdict"
CONTRADICTION = "reported as a regression, yet no cell shows one: the report contradicts itself"


def verb(word: str, *, is_plural: bool) -> str:
    """Bend a verb: one version makes, several make."""
    return word if is_plural else f"{word}s"


def clauses(parts: Sequence[str]) -> str:
    """Join clauses; where one has a comma of its own, the others get theirs."""
    if not any("," in part for part in parts):
        return listed(parts)
    return ", and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def span(versions: Sequence[str], *, is_range: bool, most: int, noun: str = "version") -> str:
    """Name versions: a few one by one, many by the first and the last where they are in order."""
    if len(versions) <= most:
        return listed(versions)
    if is_range:
        return f"{versions[0]} to {versions[-1]}"
    return count(len(versions), noun)


def without_it(moves: str) -> str:
    """Begin the second sentence about a pull request: what the releases do by themselves."""
    return f"Without it, {moves}"


def made(kinds: Sequence[tuple[str, int]], total: int) -> str:
    """Count the cases that became something: 3 of 24 cases slower and 2 bigger."""
    (first, number), *others = kinds
    rest = [f"{other} {word}" for word, other in others]
    return listed([f"{number} of {count(total, 'case')} {first}", *rest])


def also_made(kinds: Sequence[tuple[str, int]]) -> str:
    """Count the same beside what is worse: 5 cases faster and 2 smaller."""
    (first, number), *others = kinds
    return listed([f"{count(number, 'case')} {first}", *(f"{other} {w}" for w, other in others)])


def import_made(kinds: Sequence[tuple[str, str]]) -> str:
    """Say what became of the import, which is no case: the import slower (×1.31)."""
    return f"the import {listed([f'{word} ({change})' for word, change in kinds])}"


def the(extreme: str, cell: str) -> str:
    """Point at one cell of several: the worst mnist_mlp[fit] step ×1.23."""
    return f"the {extreme} {cell}"


def wrong(number: int) -> str:
    """Count results that are wrong."""
    return f"{count(number, 'result')} wrong"


def changed(number: int) -> str:
    """Count results that drifted."""
    return count(number, "result")


def nothing_changed(decided: int, total: int, *, has_cells: bool, does_count: bool) -> str:
    """Say where no change matters; `does_count`: where some do, and do not count."""
    nothing = "nothing that counts" if does_count else "nothing that matters"
    if not total:
        return f"{nothing} in the {'import' if has_cells else 'results'}"
    if decided == total:
        return f"{nothing} in {count(total, 'case')}"
    return f"{nothing} in {decided} of {count(total, 'case')}"


def nothing_changed_in_cells(decided: int, total: int) -> str:
    """Say the same where no case was decided in all its metrics."""
    return f"nothing that matters in the {decided} of {count(total, 'cell')} that were decided"


def nothing_decided(total: int) -> str:
    """Say that a run ended without a single answer."""
    return f"could not be decided in any of {count(total, 'case')}" if total else UNDECIDED


def nothing_compared(missing: str) -> str:
    """Say that a run ended without a single comparison; `missing` is what could not be had."""
    why = f"because {missing} could not be measured" if missing else "nothing was measured"
    return f"could not be compared{', ' if missing else ': '}{why}"


def no_more(number: int) -> str:
    """Count cases that ran before, and fail now."""
    does = "does" if number == 1 else "do"
    return f"{count(number, 'case')} {does} not run any more"


def unmeasurable(number: int) -> str:
    """Count cases that failed, whoever is to blame."""
    return f"{count(number, 'case')} could not be measured"


def unmeasured(number: int) -> str:
    """Count cases that nobody came to."""
    return f"{count(number, 'case')} not measured"


def versions_missing(names: Sequence[str], *, most: int) -> str:
    """Name versions of which nothing could be measured."""
    named = listed(names) if len(names) <= most else count(len(names), "version")
    return f"{named} could not be measured"


def undecided(number: int, *, is_import_open: bool) -> str:
    """Count cases of which some metric is open."""
    parts = [f"{count(number, 'case')} not fully decided"] if number else []
    return listed([*parts, *(["the import not decided"] if is_import_open else [])])


def counters_grew(number: int) -> str:
    """Count counters that are larger, where the run fails on them."""
    return f"{count(number, 'counter')} grew"


def acknowledged(number: int) -> str:
    """Count the findings that somebody accepts, so that a green heading hides none."""
    return f"{count(number, 'finding')} acknowledged"


def refuted(number: int) -> str:
    """Count the alarms that a second measurement did not find again."""
    return f"{count(number, 'alarm')} refuted"


def results(number: int, word: str) -> str:
    """Count results of a kind that is neither good nor bad."""
    return f"{count(number, 'result')} {word}"
