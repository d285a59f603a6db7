"""Owns what the action says about a run's folder: which files are there, and the verdict.

Only the standard library reads here, and only one word is believed: the report may come from a job
that ran anybody's code.
"""

import json
from pathlib import Path
from typing import Any

from bot.errors import BadRunFolder

VERDICTS = frozenset({"clean", "regression", "partly-measured", "nothing-measured"})
LARGEST_REPORT_BYTES = 64 * 2**20


def outputs(run_dir: Path) -> dict[str, str]:
    """Return the outputs of the action, from what is in the run's folder."""
    report, comment = run_dir / "report.json", run_dir / "comment.md"
    return {
        "run-dir": str(run_dir),
        "verdict": _verdict(report) if report.is_file() else "",
        "report": str(report) if report.is_file() else "",
        "comment": str(comment) if comment.is_file() else "",
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


def _read(report: Path) -> dict[str, Any]:
    size = report.stat().st_size
    try:
        value = json.loads(report.read_text("utf-8")) if size <= LARGEST_REPORT_BYTES else None
    except (ValueError, RecursionError) as error:
        value, reason = None, str(error)
    else:
        reason = f"{size} bytes" if value is None else "it is not an object"
    if not isinstance(value, dict):
        raise BadRunFolder(
            "the report cannot be read",
            where=f"{report}: {reason}",
            cause="it was cut short, or is not a report",
            next_step="measure again, or download the artifact again",
        )
    return value
