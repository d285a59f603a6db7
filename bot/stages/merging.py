"""Owns the merge: run folders of several machines become one, with one journal and one report."""

import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.core.cell_reports import counter_reports
from bot.core.conclusion import Findings
from bot.core.framework_rows import ReferenceResult
from bot.core.merging import (
    Shard,
    machines,
    merged_numerics,
    merged_table,
    notes_on_counters,
    shard_tables,
)
from bot.core.plan import Case, Environment, Plan
from bot.core.portable import relocated
from bot.core.record import Record
from bot.core.report import Report, ShardReport
from bot.core.run_facts import EnvironmentReport, Machine, StoppedBy
from bot.core.shards import in_order, is_of_same_plan, whole
from bot.core.table import Table
from bot.engine.journal import delivered, write_records
from bot.errors import BadRunFolder
from bot.results import numeric_reports, reference_results
from bot.run_folder import RunFolder
from bot.stages.concluding import findings, finish
from bot.stages.dividing import roots_here
from bot.stages.house import House
from bot.stages.measuring import Measurement


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What one machine delivered: its folder, its plan, and every whole record of its journal."""

    number: int
    folder: RunFolder
    plan: Plan
    records: list[Record]
    lost_bytes: int
    shard: ShardReport

    @property
    def blocks(self) -> int:
        """How many blocks it began; the last may be cut short."""
        return len({record.block for record in self.records})

    @property
    def seconds(self) -> float:
        """What its records cost."""
        return sum(record.seconds for record in self.records)

    def environment(self, environment: Environment) -> EnvironmentReport | None:
        """Return what one environment was made of there; None when it never came to that."""
        there = self.folder.environment(environment).exists()
        return self.folder.read_environment(environment) if there else None


def merge(runs: Sequence[RunFolder], folder: RunFolder, house: House) -> Report:
    """Judge what several machines measured as one run, and write it into a folder.

    It may hold an earlier merge of the same plan, which is replaced: parts may have gone on.
    """
    deliveries, empty = _deliveries(runs)
    plan = whole(deliveries[0].plan, [each.number for each in deliveries])
    with folder.held():
        if folder.plan.exists():
            _must_be_earlier(folder, plan)
            folder.clear_merged()
        if deliveries[0].folder.files.is_dir():
            shutil.copytree(deliveries[0].folder.files, folder.files, dirs_exist_ok=True)
        plan = relocated(plan, {**roots_here(), "files": str(folder.files.absolute())})
        records = {each.number: each.records for each in deliveries}
        shards = shard_tables(plan, records, {d.number: _unavailable(d) for d in deliveries})
        table = merged_table(plan, records, shards)
        write_records(folder.samples, in_order(records, plan.shards))
        for environment in plan.environments:
            folder.write(folder.environment(environment), _environment(environment, deliveries))
        _copy_results(plan, deliveries, folder)
        folder.write(folder.plan, plan)  # last: without it, this is no run
        return finish(
            table, _findings(table, shards, deliveries, folder, empty), folder, home=house.home
        )


def _must_be_earlier(folder: RunFolder, plan: Plan) -> None:
    """Let a merge replace an earlier one alone, and none whose alarms were measured again."""
    before = folder.read_plan()
    if not before.merged or not is_of_same_plan(before, plan):
        folder.must_be_new()
    if folder.confirmation.exists():
        raise BadRunFolder(
            "the alarms of this run were measured again already",
            where=str(folder.path),
            cause="merging the parts again would forget what came out",
            next_step="choose another --run-dir",
        )


def _deliveries(runs: Sequence[RunFolder]) -> tuple[list[Delivery], list[str]]:
    """Read what was delivered; folders without a plan are those of machines that never began."""
    began = [run for run in runs if run.plan.exists()]
    empty = [run.path.name for run in runs if not run.plan.exists()]
    if not began:
        raise BadRunFolder(
            "no machine delivered a run",
            where=", ".join(str(run.path) for run in runs),
            cause="every part failed before it began, or these are not their folders",
            next_step="name the folders that `tfperf run` wrote: --run-dir",
        )
    found = sorted((_delivery(run) for run in began), key=lambda each: each.number)
    for one, other in pairwise(found):
        if one.number == other.number:
            raise BadRunFolder(
                f"part {one.number} is there twice",
                where=f"{one.folder.path} and {other.folder.path}",
                cause="a folder was named twice, or a part was carried out again elsewhere",
                next_step="name one of them",
            )
    if len({each.plan.part.digest for each in found if each.plan.part}) > 1:
        raise BadRunFolder(
            "these are parts of different plans",
            where=", ".join(str(each.folder.path) for each in found),
            cause="the folder of another run was named, or it was planned anew meanwhile",
            next_step="merge parts of one plan",
        )
    return found, empty


def _delivery(run: RunFolder) -> Delivery:
    plan = run.read_plan()
    if plan.part is None:
        raise BadRunFolder(
            "this is not a part of a run",
            where=str(run.path),
            cause="one machine carried it out as a whole, or it is merged already",
            next_step="name the folders that `tfperf run` wrote: --run-dir",
        )
    records, lost = delivered(run.samples)
    number = plan.part.number
    unknown = ShardReport(
        number=number, machine=Machine(), blocks=0, seconds=0.0, stopped_by="interrupted"
    )
    return Delivery(
        number=number,
        folder=run,
        plan=plan,
        records=records,
        lost_bytes=lost,
        shard=run.read_shard() if run.shard.exists() else unknown,
    )


def _unavailable(delivery: Delivery) -> dict[str, str]:
    found: dict[str, str] = {}
    for environment in delivery.plan.environments:
        described = delivery.environment(environment)
        reason = described.unavailable if described else "the run ended before it was installed"
        if reason:
            found[environment.id] = reason
    return found


def _environment(environment: Environment, deliveries: Sequence[Delivery]) -> EnvironmentReport:
    """Describe an environment as the first machine that had it does."""
    seen = [found for each in deliveries if (found := each.environment(environment))]
    return next(
        (each for each in seen if not each.unavailable),
        next(
            iter(seen),
            EnvironmentReport(
                label=environment.label,
                role=environment.role,
                package=environment.package,
                release=environment.release,
                python=environment.python,
                unavailable="the run ended before it was installed",
            ),
        ),
    )


def _copy_results(plan: Plan, deliveries: Sequence[Delivery], folder: RunFolder) -> None:
    """Keep the results of the first machine that has the baseline's: one machine for each case."""
    for case in plan.cases:
        for each in deliveries:
            if each.folder.outputs(plan.baseline, case)[0].exists():
                _copy_case(plan, case, each.folder, folder)
                break
    for each in deliveries:
        if each.folder.upgraded.is_dir() and not folder.upgraded.exists():
            shutil.copytree(each.folder.upgraded, folder.upgraded)


def _copy_case(plan: Plan, case: Case, source: RunFolder, target: RunFolder) -> None:
    for environment in plan.environments:
        pairs = zip(
            source.outputs(environment, case), target.outputs(environment, case), strict=True
        )
        for original, copy in pairs:
            if original.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(original, copy)


def _findings(
    table: Table,
    shards: Sequence[Shard],
    deliveries: Sequence[Delivery],
    folder: RunFolder,
    empty: Collection[str],
) -> Findings:
    """Gather what each machine found, and say what is missing and where they disagree."""
    plan = table.plan
    results = [
        (each.number, tuple(numeric_reports(shard.table, each.folder)))
        for each, shard in zip(deliveries, shards, strict=True)
    ]
    numerics, differing = merged_numerics(plan, results)
    counted = [(shard.number, tuple(counter_reports(shard.table))) for shard in shards]
    reports = tuple(_shard_report(each) for each in deliveries)
    measurement = Measurement(
        table=table,
        seconds=max(each.seconds for each in reports),
        blocks=sum(each.blocks for each in reports),
        stopped_by=_stopped_by(table, reports),
    )
    return replace(
        findings(measurement, folder),
        numerics=tuple(numerics),
        reference_results=_reference_results(plan, deliveries),
        machine=max(reports, key=lambda each: each.blocks).machine,
        shards=reports,
        parts=tuple(shards),
        notes=(
            *_notes_on_deliveries(plan, deliveries, empty),
            *_notes_on_environments(plan, deliveries),
            *differing,
            *notes_on_counters(counted),
        ),
    )


def _shard_report(delivery: Delivery) -> ShardReport:
    """Count what is in the journal: a machine that was killed could not say it itself."""
    return delivery.shard.model_copy(
        update={"blocks": delivery.blocks, "seconds": delivery.seconds}
    )


ENDINGS: tuple[StoppedBy, ...] = (
    "interrupted",
    "budget",
    "most_blocks",
    "too_noisy",
    "nothing_left",
)
"""What is said of the whole when cells are open and its parts ended in different ways, the first
that holds: a machine that was stopped might have decided them."""


def _stopped_by(table: Table, reports: Sequence[ShardReport]) -> StoppedBy:
    if not any(each.blocks for each in reports):
        return "nothing"
    if all(cell.is_settled for cell in table.candidate_cells.values()):
        return "decided"
    ended = {each.stopped_by for each in reports}
    return next((ending for ending in ENDINGS if ending in ended), "nothing_left")


def _reference_results(plan: Plan, deliveries: Sequence[Delivery]) -> tuple[ReferenceResult, ...]:
    found: dict[tuple[str, str], ReferenceResult] = {}
    for each in deliveries:
        for row in reference_results(plan, each.folder):
            found.setdefault((row.case, row.reference), row)
    return tuple(found.values())


def _notes_on_deliveries(
    plan: Plan, deliveries: Sequence[Delivery], empty: Collection[str]
) -> Iterator[str]:
    """Say what is missing: nobody should take a part of the blocks for all of them."""
    missing = set(range(1, plan.shards + 1)) - {each.number for each in deliveries}
    if missing:
        named = f" ({', '.join(empty)} holds no run)" if empty else ""
        yield f"{machines(missing)} of {plan.shards} delivered nothing{named}"
    for each in deliveries:
        if each.shard.stopped_by == "interrupted":
            count = "1 block" if each.blocks == 1 else f"{each.blocks} blocks"
            yield f"{machines([each.number])} was interrupted after {count}"
        if each.lost_bytes:
            yield (
                f"the last {each.lost_bytes} bytes of the journal of "
                f"{machines([each.number])} were no whole record and are left out"
            )


def _notes_on_environments(plan: Plan, deliveries: Sequence[Delivery]) -> Iterator[str]:
    """Say which environments were not the same everywhere."""
    for environment in plan.environments:
        seen = {
            each.number: found for each in deliveries if (found := each.environment(environment))
        }
        had = {number: found for number, found in seen.items() if not found.unavailable}
        away = {number: found for number, found in seen.items() if found.unavailable}
        if had and away:
            reason = next(iter(away.values())).unavailable
            yield f"{environment.label} was not to be had on {machines(away)}: {reason}"
        if len({tuple(sorted(found.packages.items())) for found in had.values()}) > 1:
            yield f"{environment.label} has other packages on {machines(list(had)[1:])}"
