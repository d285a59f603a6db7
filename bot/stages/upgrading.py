"""Owns the stage that upgrades scripts for TensorFlow 1.x: what they would be in 2.x, and the diff.

What it makes lies in the run folder and is made once: a resumed run measures the same copy.
"""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.core import upgrades
from bot.core.plan import Case, Plan, Script
from bot.core.releases import release_number
from bot.core.report import UpgradeReport
from bot.core.table import Table
from bot.engine.upgrade_tool import tool_of, upgrade
from bot.environments.preparation import Prepared
from bot.errors import BadRunFolder
from bot.run_folder import RunFolder
from bot.stages.house import House

NO_TOOL = "none of the releases here has tf_upgrade_v2, which comes with 1.13 and newer"


def upgrade_scripts(
    plan: Plan, prepared: Mapping[str, Prepared], folder: RunFolder, house: House
) -> None:
    """Upgrade the scripts that ask for it, before they are measured."""
    for case in upgrades.scripts_to_upgrade(plan):
        _upgrade_once(case, prepared, folder, house, is_measured=True)


def upgrade_failed(
    table: Table, prepared: Mapping[str, Prepared], folder: RunFolder, house: House
) -> None:
    """See what the tool would change in the scripts that failed in 2.x."""
    for case in upgrades.scripts_that_failed(table.plan, failed_in(table)):
        _upgrade_once(case, prepared, folder, house, is_measured=False)


def failed_in(table: Table) -> set[tuple[str, str]]:
    """Return the cases that failed, each with the environment."""
    return {place for place, failures in table.failures.items() if failures}


def upgraded_copies(plan: Plan, folder: RunFolder) -> dict[str, Path]:
    """Return the copies that are measured, by workload."""
    copies = {}
    for report in upgrade_reports(plan, folder):
        if report.is_measured and report.reason is None:
            copies[report.workload] = folder.upgrade(report.workload).parent / report.script
    return copies


def upgrade_reports(plan: Plan, folder: RunFolder) -> tuple[UpgradeReport, ...]:
    """Return what became of every script that was upgraded, in the order of the plan."""
    workloads = dict.fromkeys(case.workload for case in plan.cases if case.script)
    there = (name for name in workloads if folder.upgrade(name).exists())
    return tuple(folder.read_upgrade(name) for name in there)


def _upgrade_once(
    case: Case,
    prepared: Mapping[str, Prepared],
    folder: RunFolder,
    house: House,
    *,
    is_measured: bool,
) -> None:
    """Upgrade a script, unless that was done before; that it cannot be done is a result, too."""
    written = folder.upgrade(case.workload)
    if case.script is None or written.exists():
        return
    house.progress.note(f"upgrading {Path(case.script.path).name} with tf_upgrade_v2")
    report = _upgraded(case, case.script, _newest_first(prepared.values()), folder, house)
    folder.write(written, report.model_copy(update={"is_measured": is_measured}))


def _newest_first(prepared: Iterable[Prepared]) -> list[Prepared]:
    """Give one environment of each release; the baseline has two."""
    able = [each for each in prepared if upgrades.is_tensorflow(each.environment)]
    by_release = {release_number(each.environment.release): each for each in able}
    return [by_release[release] for release in sorted(by_release, reverse=True)]


def _upgraded(
    case: Case, script: Script, able: Iterable[Prepared], folder: RunFolder, house: House
) -> UpgradeReport:
    """Try the tool of the newest release first; an older one where that fails."""
    original, reasons = Path(script.path), list[str]()
    copies = folder.upgrade(case.workload).parent.resolve()
    for each in able:
        tool = tool_of(each.prefix)
        if tool is None:
            continue
        _make_anew(copies, owner=folder.upgraded)
        copy = copies / original.name
        reason = upgrade(
            original,
            copy=copy,
            report=copies / "report.txt",
            python=each.python,
            tool=tool,
            environ=house.environ,
        )
        if reason is None:
            return _report(case, original, copy, made_by=each.environment.label)
        reasons.append(f"{each.environment.release}: {reason}")
    name = original.name
    return UpgradeReport(workload=case.workload, script=name, reason="; ".join(reasons) or NO_TOOL)


def _make_anew(folder: Path, *, owner: Path) -> None:
    """Make an empty folder; what an interrupted run left there goes, and nothing of others."""
    if owner.resolve() not in folder.resolve().parents:
        raise BadRunFolder(
            "a folder that is to be made anew lies outside of the run folder",
            where=str(folder),
            cause=f"a link in {owner} leads there",
            next_step="remove the link",
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _report(case: Case, original: Path, copy: Path, *, made_by: str) -> UpgradeReport:
    before, after = (path.read_bytes().decode("utf-8", "replace") for path in (original, copy))
    diff, changed = upgrades.difference(before, after, name=original.name)
    copy.with_name(f"{copy.name}.diff").write_text(diff + "\n", encoding="utf-8")
    said = copy.with_name("report.txt").read_bytes().decode("utf-8", "replace")
    return UpgradeReport(
        workload=case.workload,
        script=original.name,
        made_by=made_by,
        changed_lines=changed,
        problems=upgrades.problems(said),
        diff=upgrades.shortened(diff),
    )
