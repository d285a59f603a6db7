"""Owns the making of an artifact: what one arm writes before a case is measured and all read."""

from pathlib import Path

from bot.core.outcome import Failed, Skipped
from bot.core.plan import Case
from bot.engine.arm import Arm
from bot.engine.reply import CaseFailed


def make_artifact(arm: Arm, case: Case, path: Path, *, is_forked: bool) -> Failed | Skipped | None:
    """Have an arm write the artifact in a process of its own; say why it did not."""
    failure: Failed | Skipped | None = None
    try:
        arm.ask("open", file=case.file, case=case.case, fork=is_forked)
        arm.ask("make_artifact", artifact=str(path))
    except CaseFailed as ended:
        failure = ended.failure
    try:
        if arm.is_serving:
            arm.ask("close")
    except CaseFailed as ended:
        failure = failure or ended.failure
    return failure
