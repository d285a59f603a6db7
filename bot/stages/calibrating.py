"""Owns the two ends of a calibration: a run whose versions are all alike, and what it teaches."""

from bot.core.calibration import Calibration, are_alike, learn
from bot.core.config import Config
from bot.engine.journal import Journal
from bot.errors import BadRunFolder
from bot.run_folder import RunFolder


def all_alike(config: Config, *, candidates: int) -> Config:
    """Compare the baseline with itself, installed anew for every candidate."""
    alike: dict[str, object] = {"versions": (config.baseline,) * candidates, "subject": None}
    if config.dependencies == "project":  # a project has two locks, which may differ
        alike["dependencies"] = "release-date"
    return config.model_copy(update=alike)


def calibrate(folder: RunFolder) -> Calibration:
    """Read a finished run of like versions again, and write down what it teaches."""
    if not are_alike(folder.read_plan()):
        raise BadRunFolder(
            "this run compares versions that differ, so its alarms may be true ones",
            where=str(folder.plan),
            next_step="compare a release with itself: tfperf calibrate RELEASE",
        )
    report = folder.read_report()
    with folder.held(), Journal(folder.samples) as journal:
        calibration = learn(report, journal.records())
        folder.write(folder.calibration, calibration)
    return calibration
