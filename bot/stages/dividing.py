"""Owns how a plan travels: made on one machine, found to hold on another, a part carried out."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from bot.core.config import Config
from bot.core.division import Root
from bot.core.plan import Plan
from bot.core.portable import files_of, relocated, with_files
from bot.core.shards import divided
from bot.errors import BadConfiguration, BadRunFolder
from bot.locations import workloads_root
from bot.run_folder import read_plan_file, write_plan_file, writing_plan
from bot.stages.house import House
from bot.stages.planning import on_card
from bot.stages.preparing import check_workloads

PLANNED = "was planned"


def rooted(plan: Plan) -> Plan:
    """Remember where the paths of a plan start, so that they are found again elsewhere."""
    return plan.model_copy(update={"roots": {**roots_here(), **plan.roots}})


def write_plan(plan: Plan, config: Config, path: Path) -> Plan:
    """Write a plan that several machines will share, and what they install that no index has."""
    shared = rooted(plan.model_copy(update={"shards": config.shards}))
    with writing_plan(path):
        shared = with_copies(shared, files_beside(path))
        write_plan_file(path, shared)
    return shared


def files_beside(plan: Path) -> Path:
    """Name the folder beside a plan that travels with it; there may be none."""
    return plan.with_name(f"{plan.stem}.files")


def with_copies(plan: Plan, files: Path) -> Plan:
    """Copy wheels and locks into a folder that travels with the plan."""
    copied: dict[str, str] = {}
    for path in files_of(plan):
        content = _content(Path(path))
        copy = files.absolute() / hashlib.sha256(content).hexdigest()[:16] / Path(path).name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists():
            shutil.copyfile(path, copy)
        copied[path] = str(copy)
    moved = with_files(plan, copied)
    return moved.model_copy(update={"roots": {**moved.roots, "files": str(files.absolute())}})


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadRunFolder(
            f"what an environment is installed from cannot be read: {error.strerror}",
            where=str(path),
            cause="it was removed, or the folder beside the plan did not travel with it",
            next_step="plan again, and pass on plan.json with the folder plan.files beside it",
        ) from error


def planned_part(source: Path, number: int, shards: int, house: House) -> Plan:
    """Read one machine's part of a plan, and make sure that it can be carried out here."""
    plan = read_plan_file(source)
    if plan.part or plan.merged:
        raise BadConfiguration(
            "this is no plan to be shared, but that of a run folder",
            where=str(source),
            next_step="name the file that `tfperf plan --output` wrote",
        )
    if plan.shards != shards or not 1 <= number <= shards:
        raise BadConfiguration(
            f"the plan is for {plan.shards} machines; there is no part {number}/{shards}",
            where=f"--shard {number}/{shards}",
            next_step=f"give a part from 1/{plan.shards} to {plan.shards}/{plan.shards}",
        )
    return here(divided(plan, number), files_beside(source), house)


def here(plan: Plan, files: Path, house: House) -> Plan:
    """Find the files of a plan again on this machine; they must be the same."""
    moved = relocated(plan, {**roots_here(), "files": str(files.absolute())})
    check_workloads(moved, known=PLANNED)
    for path in files_of(moved):
        _content(Path(path))
    return moved.model_copy(
        update={"environments": on_card(moved.environments, moved.device, house)}
    )


def roots_here() -> Mapping[Root, str]:
    """Say where paths of a plan start on this machine, now."""
    return {"suite": os.fspath(workloads_root().resolve()), "start": os.fspath(Path.cwd())}
