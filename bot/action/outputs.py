"""Owns what the action says about a run: which files are there, the verdict, what comes next.

A report may come from a job that ran anybody's code: of one that is only published, one word is
believed, and the standard library reads it.
"""

import json
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from bot.core.check import alarms, waits_for_confirmation
from bot.core.report import Report
from bot.errors import BadRunFolder

VERDICTS = frozenset({"clean", "regression", "partly-measured", "nothing-measured"})
LARGEST_REPORT_BYTES = 64 * 2**20
MOST_SHARDS = 256
"""GitHub's limit of the jobs of a matrix."""


def outputs(run_dir: Path) -> dict[str, str]:
    """Return the outputs of the action, from what is in the run's folder."""
    report, comment = run_dir / "report.json", run_dir / "comment.md"
    page = run_dir / "report.html"
    return {
        "run-dir": str(run_dir),
        "verdict": _verdict(report) if report.is_file() else "",
        "report": str(report) if report.is_file() else "",
        "comment": str(comment) if comment.is_file() else "",
        "page": str(page) if page.is_file() else "",
    }


def alarm_outputs(run_dir: Path) -> dict[str, str]:
    """Return how many alarms count, and whether they are to be measured again before they do."""
    path = run_dir / "report.json"
    if not path.is_file():
        return {"alarms": "", "confirm": "false"}
    try:
        report = Report.model_validate_json(path.read_bytes())
    except ValidationError as error:
        _unreadable(path, str(error).partition("\n")[0])
    waits = "true" if waits_for_confirmation(report) else "false"
    return {"alarms": str(len([*alarms(report)])), "confirm": waits}


def plan_outputs(plan: Path) -> dict[str, str]:
    """Return where the plan is, and its parts as the matrix of a job."""
    shards = _read(plan).get("shards")
    if not isinstance(shards, int) or not 1 <= shards <= MOST_SHARDS:
        _unreadable(plan, f"{shards!r} is no number of parts")
    parts = [
        {"shard": number, "shards": shards, "name": f"{number}/{shards}"}
        for number in range(1, shards + 1)
    ]
    return {"plan": str(plan), "matrix": json.dumps({"include": parts})}


def gate_outputs(decision: Path) -> dict[str, str]:
    """Return where it may be measured, and which two commits."""
    read = _read(decision)
    return {
        "runs-on": json.dumps(read["runs-on"]),
        "environment": str(read["environment"] or ""),
        "commit": str(read["commit"] or ""),
        "base": str(read["base"] or ""),
    }


def _verdict(report: Path) -> str:
    overall = _read(report).get("overall")
    if not isinstance(overall, str) or overall not in VERDICTS:
        raise BadRunFolder(
            "the report has no verdict",
            where=str(report),
            cause="it was written by another version of the tool, or changed",
            next_step="use the same version of the action for measuring and publishing",
        )
    return overall


def _read(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    if size > LARGEST_REPORT_BYTES:
        _unreadable(path, f"{size} bytes")
    try:
        value = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        _unreadable(path, str(error))
    if not isinstance(value, dict):
        _unreadable(path, "it is not an object")
    return value


def _unreadable(path: Path, reason: str) -> NoReturn:
    raise BadRunFolder(
        f"the {path.stem} cannot be read",
        where=f"{path}: {reason}",
        cause=f"it was cut short, or is not a {path.stem}",
        next_step="measure again, or download the artifact again",
    )
