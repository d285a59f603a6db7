"""Owns the merged table: blocks of several machines judged as one run, and where they disagree.

Evidence is made of ratios within a block, so blocks of all machines count. Values, counters and
results belong to one machine: those of a cell come from the machine that has most of its blocks,
what is compared exactly from the first machine that has it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import expm1

from bot.core.bias import Bias, biases, is_watched
from bot.core.metric import IMPORT_CASE, METRICS, MetricName
from bot.core.plan import Environment, Plan
from bot.core.record import Record
from bot.core.report import CounterReport, NumericReport, NumericVerdict
from bot.core.shards import in_order, numbered
from bot.core.table import CellKey, Table
from bot.core.units import format_percent
from bot.core.verdict import Cell

BLOCKS_OF_A_SIGN = 3
"""A machine with fewer blocks of a cell has no say about the direction of its change."""

MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """One machine's blocks, judged alone by the rule of the whole run."""

    number: int
    table: Table


def shard_tables(
    plan: Plan,
    records: Mapping[int, Sequence[Record]],
    unavailable: Mapping[int, Mapping[str, str]],
) -> tuple[Shard, ...]:
    """Judge every machine's blocks alone; `unavailable` says what each could not install."""
    return tuple(
        Shard(number=number, table=_filled(plan, unavailable[number], own))
        for number in sorted(records)
        for own in [numbered(records[number], number=number, shards=plan.shards)]
    )


def merged_table(
    plan: Plan, records: Mapping[int, Sequence[Record]], shards: Sequence[Shard]
) -> Table:
    """Judge the blocks of all machines together; the order in which they are given is no matter."""
    nowhere = {
        each.id: shards[0].table.unavailable[each.id]
        for each in plan.environments
        if shards and all(each.id in shard.table.unavailable for shard in shards)
    }
    table = _filled(plan, nowhere, in_order(records, plan.shards))
    for case in (IMPORT_CASE, *(case.name for case in plan.cases)):
        _take_up_again(table, case, shards)
        if (counting := _first_counting(plan, case, shards)) is not None:
            table.counts.show(case, counting.table.counts.of(case))
        if (widest := _with_most_blocks(case, shards)) is not None:
            table.reported.show(case, widest.table.reported.of(case))
    for key in (*table.cells, *table.references):
        if shards:
            most = max(shards, key=lambda shard: shard.table.blocks_of(key))
            table.shown.show(key, most.table.shown.of(key))
    return table


def _filled(plan: Plan, unavailable: Mapping[str, str], records: Iterable[Record]) -> Table:
    table = Table(plan, unavailable=unavailable)
    for record in records:
        table.add(record)
    return table


def _take_up_again(table: Table, case: str, shards: Sequence[Shard]) -> None:
    """Believe one machine that measured a case to its end over others that gave it up."""
    for environment in table.plan.environments:
        if any(
            shard.table.given_up(case, environment) is None
            and _was_measured(shard.table, case, environment)
            for shard in shards
        ):
            table.take_up_again(case, environment)


def _was_measured(table: Table, case: str, environment: Environment) -> bool:
    if case != IMPORT_CASE:
        return table.was_measured(case, environment)
    is_imported = table.blocks_of((IMPORT_CASE, "import", environment.id)) > 0
    return is_imported or any(table.was_measured(c.name, environment) for c in table.plan.cases)


def _first_counting(plan: Plan, case: str, shards: Sequence[Shard]) -> Shard | None:
    """Return the first machine that counted a case in most candidates."""
    counted = {shard.number: _counted(plan, case, shard) for shard in shards}
    best = max(shards, key=lambda shard: counted[shard.number], default=None)
    return best if best is not None and counted[best.number] else None


def _counted(plan: Plan, case: str, shard: Shard) -> int:
    return sum(
        any(shard.table.counts.compare(case, _compared_with(plan, candidate.id), candidate.id))
        for candidate in plan.candidates
    )


def _compared_with(plan: Plan, candidate: str) -> tuple[str, ...]:
    (environment,) = (each for each in plan.environments if each.id == candidate)
    return tuple(each.id for each in plan.opponents(environment))


def _with_most_blocks(case: str, shards: Sequence[Shard]) -> Shard | None:
    def blocks(shard: Shard) -> int:
        return sum(len(cell.trials) for key, cell in shard.table.cells.items() if key[0] == case)

    return max(shards, key=blocks, default=None)


def biases_anywhere(table: Table, shards: Sequence[Shard]) -> tuple[Bias, ...]:
    """Find where installs differ, together or on one machine; of each metric the largest margin.

    Every machine has installs of its own: where they differ in opposite directions, the merged
    control sees nothing, and the differences are there all the same.
    """
    tables = [table, *(shard.table for shard in shards)]
    largest: dict[MetricName, Bias] = {}
    for each in tables:
        for bias in biases(each, tables=len(tables)):
            known = largest.setdefault(bias.metric, bias)
            if bias.margin > known.margin:
                largest[bias.metric] = bias
    return tuple(largest.values())


def doubt_divided(table: Table, found: Collection[Bias], shards: Sequence[Shard]) -> None:
    """Take back alarms whose direction the machines do not share, where installs differ.

    Every machine has installs of its own: what their differences make has another sign on another
    machine, what the release makes has the same.
    """
    margins = {bias.metric: bias.margin for bias in found}
    for key, cell in table.candidate_cells.items():
        if cell.decision not in {"slower", "faster"} or cell.is_doubted or key[1] not in margins:
            continue
        if is_watched(table, key[2]) and not _is_shared(cell, _parts_of(key, shards)):
            cell.doubted_below = margins[key[1]]


def _parts_of(key: CellKey, shards: Sequence[Shard]) -> dict[int, Cell]:
    return {
        shard.number: cell
        for shard in shards
        if (cell := shard.table.cells.get(key)) is not None and cell.trials
    }


def _is_shared(cell: Cell, parts: Mapping[int, Cell]) -> bool:
    sign = +1 if cell.decision == "slower" else -1
    middles = [p.span()[1] for p in parts.values() if len(p.trials) >= BLOCKS_OF_A_SIGN]
    return all(sign * middle > 0 for middle in middles)


def notes_on_cells(table: Table, shards: Sequence[Shard]) -> Iterator[str]:
    """Name the decided cells whose change depends on the machine: intervals that do not meet."""
    labels = {each.id: each.label for each in table.plan.candidates}
    for key, cell in table.candidate_cells.items():
        case, metric, candidate = key
        if cell.decision is None or METRICS[metric].scale == "difference":
            continue
        parts = _parts_of(key, shards)
        spans = {number: part.span() for number, part in parts.items()}
        lowest = min(spans, key=lambda number: spans[number][2], default=0)
        highest = max(spans, key=lambda number: spans[number][0], default=0)
        if spans and spans[lowest][2] < spans[highest][0]:
            changes = (
                f"{format_percent(expm1(spans[number][1]))} on machine {number}"
                for number in sorted((lowest, highest))
            )
            where = f"{case} {metric} in {labels[candidate]}"
            yield f"{where} depends on the machine: {', '.join(changes)}"


def notes_on_counters(shards: Sequence[tuple[int, Sequence[CounterReport]]]) -> Iterator[str]:
    """Name the counters that are compared exactly, and come out otherwise on another machine."""
    said: dict[tuple[str, str], dict[str, None]] = {}
    words: dict[tuple[str, str, str], str] = {}
    for _, counters in shards:
        for row in counters:
            if row.comparison not in {"SAME", "MORE", "FEWER"}:
                continue
            word = words.setdefault((row.case, row.candidate, row.counter), row.comparison)
            if word != row.comparison:
                said.setdefault((row.case, row.candidate), {})[row.counter] = None
    if said:
        places = [f"{case} in {version}" for case, version in said]
        names = ", ".join(dict.fromkeys(name for each in said.values() for name in each))
        yield f"counters ({names}) that depend on the machine: {_named(places)}"


def merged_numerics(
    plan: Plan, shards: Sequence[tuple[int, Sequence[NumericReport]]]
) -> tuple[list[NumericReport], list[str]]:
    """Return what is said of results, and where machines disagree.

    The first machine that has results says what they are; but a result that is wrong on one
    machine is wrong, whatever the others computed.
    """
    found: dict[tuple[str, str], dict[int, NumericReport]] = {}
    for number, rows in shards:
        for row in rows:
            found.setdefault((row.case, row.candidate), {})[number] = row
    reports, notes = [], []
    for case in plan.cases:
        for candidate in plan.candidates:
            by_machine = found.get((case.name, candidate.label), {})
            if not by_machine:
                continue
            reports.append(_first_or_wrong(list(by_machine.values())))
            words = {number: row.verdict for number, row in by_machine.items()}
            if len(set(words.values())) > 1:
                where = f"{case.name} in {candidate.label}"
                notes.append(f"results of {where} depend on the machine: {_by_word(words)}")
    return reports, notes


def _first_or_wrong(rows: Sequence[NumericReport]) -> NumericReport:
    can_say = [row for row in rows if row.verdict != "NOT_COMPARABLE"] or rows
    return next((row for row in can_say if row.verdict == "WRONG"), can_say[0])


def _by_word(words: Mapping[int, NumericVerdict]) -> str:
    by_word: dict[str, list[int]] = {}
    for number, word in words.items():
        by_word.setdefault(word.lower().replace("_", " "), []).append(number)
    return ", ".join(f"{word} on {machines(numbers)}" for word, numbers in by_word.items())


def machines(numbers: Collection[int]) -> str:
    """Name machines by their numbers."""
    names = ", ".join(str(number) for number in sorted(numbers))
    return f"machine {names}" if len(numbers) == 1 else f"machines {names}"


def _named(places: Sequence[str]) -> str:
    more = f" and {len(places) - MOST_NAMED} more" if len(places) > MOST_NAMED else ""
    return ", ".join(places[:MOST_NAMED]) + more
