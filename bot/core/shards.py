"""Owns how a plan is divided among machines: parts, their seeds, and the numbers of blocks.

Blocks of the same cases run on every machine; baseline and candidate never part. The block `b` of
part `s` of `n` has the number `b * n + s - 1` in the merged journal: sorted by number, blocks come
in the fixed order (block, part), and the first of each machine are those below `n`. Whether part
`s` measures another block depends on its earlier blocks alone, which come before it in that order:
so the merged evidence is a martingale, wherever each part stops.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from bot.core.division import Part
from bot.core.plan import Plan
from bot.core.record import Record

SEEDS = 2**32


def digest(plan: Plan) -> str:
    """Fingerprint a plan: parts of plans with other fingerprints are never merged."""
    return sha256(plan.model_dump_json(by_alias=True).encode()).hexdigest()


def divided(plan: Plan, number: int) -> Plan:
    """Return what one machine carries out; `number` is from 1 to `plan.shards`."""
    if not 1 <= number <= plan.shards:
        raise ValueError(f"a plan for {plan.shards} machines has no part {number}")
    part = Part(number=number, seed=plan.seed, digest=digest(plan))
    return plan.model_copy(update={"part": part, "seed": seed_of(plan.seed, number)})


def seed_of(seed: int, number: int) -> int:
    """Derive the seed of a part: no two machines make the same random choices."""
    return int.from_bytes(sha256(f"{seed} part {number}".encode()).digest()[:4]) % SEEDS


def whole(part: Plan, numbers: Iterable[int]) -> Plan:
    """Return the plan that a part came from, as that of a folder with several parts in it."""
    if part.part is None:
        raise ValueError("only the plan of a part says which plan it came from")
    return part.model_copy(
        update={"part": None, "seed": part.part.seed, "merged": tuple(sorted(numbers))}
    )


def is_of_same_plan(one: Plan, other: Plan) -> bool:
    """Whether two merged runs came from one plan, whatever parts, on whatever machine."""

    def origin(plan: Plan) -> tuple[object, ...]:
        cases = [(case.name, case.file_digest) for case in plan.cases]
        ids = [environment.id for environment in plan.environments]
        return plan.created, plan.seed, plan.shards, plan.rule, ids, cases

    return origin(one) == origin(other)


def numbered(records: Iterable[Record], *, number: int, shards: int) -> Iterator[Record]:
    """Give the records of a part the numbers that their blocks have in the merged journal."""
    for record in records:
        yield replace(record, block=record.block * shards + number - 1)


def in_order(parts: Mapping[int, Sequence[Record]], shards: int) -> list[Record]:
    """Put the records of all parts in the one order that every merge of them has."""
    everything = [
        record
        for number in sorted(parts)
        for record in numbered(parts[number], number=number, shards=shards)
    ]
    return sorted(everything, key=lambda record: record.block)
