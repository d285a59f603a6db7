"""Owns the words readers meet: one for every verdict, metric, kind of failure and section."""

from bot.core.counts import Comparison
from bot.core.framework_rows import ReferenceWord
from bot.core.metric import CounterName, MetricName, Unit
from bot.core.plan import Dependencies
from bot.core.report import ConfirmationWord, NumericVerdict, Verdict
from bot.core.run_facts import StoppedBy
from bot.core.units import TIMES
from bot.render.standing import Standing

SUMMARY = "the job summary"
REPORT_FILE = "`report.json`"
PAGE = "`report.html` of the run"
"""It lies in the run folder, and in the artifact with the raw data."""

ICONS: dict[Standing, str] = {
    Standing.ACT: "🔴",
    Standing.LOOK: "🟡",
    Standing.NO_ANSWER: "⚪",
    Standing.INCOMPLETE: "🟡",
    Standing.DOUBTFUL: "🟡",
    Standing.UNDECIDED: "⚪",
    Standing.FIGURES: "⚪",
    Standing.CLEAR: "🟢",
}

DUTIES: dict[Standing, str] = {
    Standing.ACT: "Look at this before you upgrade: the run fails on it.",
    Standing.LOOK: "Look at this before you upgrade.",
    Standing.NO_ANSWER: "No answer: nothing was shown to be fine, so measure again.",
    Standing.INCOMPLETE: "Nothing alarming, but incomplete: see below what is missing.",
    Standing.DOUBTFUL: (
        "Measure again: the A/A control found a difference between two installs of the baseline,"
        " so this run cannot be trusted."
    ),
    Standing.UNDECIDED: "Nothing to do, but not everything could be shown to be fine.",
    Standing.FIGURES: "Figures to look at: no version was named that could be judged.",
    Standing.CLEAR: "Nothing to do.",
}
DUTIES_OF_PULL_REQUEST: dict[Standing, str] = {
    **DUTIES,
    Standing.ACT: "Look at this before you merge: the run fails on it.",
    Standing.LOOK: "Look at this before you merge.",
}
EXCUSED = "acknowledged or refuted"
WORSE_ICON, BETTER_ICON = "🔴", "🟢"

PACKAGES = {
    "tensorflow": "TensorFlow",
    "tensorflow-cpu": "TensorFlow (CPU)",
    "tf-nightly": "TensorFlow nightly",
    "torch": "PyTorch",
    "numpy": "NumPy",
    "python": "Python",
}

METRICS: dict[MetricName, str] = {
    "step": "step",
    "throughput": "throughput",
    "wall": "wall time",
    "cpu": "CPU time",
    "first_call": "first call",
    "build": "build",
    "peak_rss": "peak memory",
    "rss_slope": "growth per 1,000 calls",
    "device_memory": "GPU memory",
    "import": "import",
    "import_rss": "memory after import",
}
COUNTERS: dict[CounterName, str] = {
    "traces": "traces of tf.functions",
    "graph_nodes": "nodes in graphs",
    "minor_faults": "page faults",
    "modules": "modules imported",
}

_VERDICTS: dict[Verdict, str] = {
    "REGRESSION": "slower",
    "IMPROVEMENT": "faster",
    "EQUIVALENT": "unchanged",
    "INCONCLUSIVE": "undecided",
    "NOT_MEASURED": "not measured",
}
_VERDICTS_BY_UNIT: dict[Unit, dict[Verdict, str]] = {
    "seconds": _VERDICTS,
    "bytes": {"REGRESSION": "bigger", "IMPROVEMENT": "smaller"},
    "bytes per 1,000 calls": {"REGRESSION": "leaking more", "IMPROVEMENT": "leaking less"},
}

RESULTS: dict[NumericVerdict, str] = {
    "WRONG": "wrong",
    "DRIFTED": "drifted",
    "NON_DETERMINISTIC": "not reproducible",
    "NOT_COMPARABLE": "not comparable",
    "WITHIN_TOLERANCE": "within tolerance",
    "IDENTICAL": "identical",
}

CONFIRMATIONS: dict[ConfirmationWord, str] = {
    "confirmed": "confirmed on a fresh machine",
    "refuted": "refuted on a fresh machine",
    "unclear": "neither confirmed nor refuted on a fresh machine",
}

FAILURES = {
    "import": "import failed",
    "version": "not the version asked for",
    "exception": "raised an error",
    "exit": "ended early",
    "signal": "killed by a signal",
    "timeout": "timed out",
    "protocol": "answered garbage",
    "memory": "out of memory",
    "skipped": "skipped",
    "unavailable": "not available",
    "workload": "not a workload",
}

STOPPED: dict[StoppedBy, str] = {
    "decided": "stopped when all was decided",
    "too_noisy": "stopped when what was left was too noisy",
    "nothing_left": "stopped when nothing was left that could be decided",
    "budget": "stopped by the time budget",
    "most_blocks": "stopped at the most blocks allowed",
    "interrupted": "interrupted",
    "nothing": "nothing ran",
}

VERSION_WORDS: dict[str, str] = {
    "slower": "slower",
    "faster": "faster",
    "mixed": "slower in some cases, faster in others",
    "undecided": "neither slower nor faster for sure",
}

COMPARISONS: dict[Comparison, str] = {
    "SAME": "the same",
    "MORE": "more",
    "FEWER": "fewer",
    "NOT_CONSTANT": "varies",
    "NOT_COUNTED": "counted too rarely",
}

PHASES = {
    "import": "import",
    "artifact": "artifacts",
    "build": "build",
    "first_call": "first call",
    "count": "counting",
    "warm_up": "warm-up",
    "timed": "timed calls",
    "untimed": "untimed calls",
    "waiting": "waiting and bookkeeping",
}

DEPENDENCIES: dict[Dependencies, str] = {
    "release-date": "dependencies as of each release's own date",
    "newest": "the newest dependencies each release accepts",
    "project": "what the project itself pins",
}

LIKENESS: dict[ReferenceWord, str] = {
    "IDENTICAL": "identical",
    "WITHIN_TOLERANCE": "within tolerance",
    "DIFFERENT": "different",
    "NOT_COMPARABLE": "not comparable",
}

CHANGES = "Changes that matter"
CHANGES_OF_PULL_REQUEST = "This pull request, under each release"
WITHOUT_IT, WITH_IT = "Without it", "With it"
BEFORE, AFTER, CANDIDATE = "Before", "After", "Candidate"
NOT_MEASURED = "Failed or not measured"
PICTURES = {"forest": "The changes in a picture", "timeline": "The versions in a picture"}
MATRIX = "Worst cell of each workload"
COUNT_IN_MATRIX = "In brackets: how many cells of the workload are worse, of how many."
RESULTS_TITLE = "Results"
EVERY_CASE, EVERY_VERSION = "every case", "every version"
INTERVAL = f"95 % interval (│ is {TIMES}1)"
ABSENT = "none"
OPEN = "open"
FLAGGED = "flagged"
MATTERS_FROM, AT_LEAST_BY = "Matters from", "and at least by"
OFF_FLOAT64 = "Error against float64"
BUILT_FROM, COMPILER, INSTALLED_SIZE = "built from", "compiler", "installed size"
OWN_KNOBS = "knobs of its own"
TOOL = "tf-perf-bot"
CLOCK = "clock of the cores"
NOISE = {
    "stolen": "CPU time taken by the host",
    "others": "CPU time used by other programs",
    "queued": "time a measured process had no core",
    "waiting": "time some process waited for a core",
    "gpu": "time the busiest GPU worked",
}
ACKNOWLEDGED, REFUTED, SMALL = "acknowledged", "refuted", "below the threshold"
DIFFERS = "differs"
WALL = "wall"
NO_BOUNDS = "no bounds yet"
OTHERS_BELOW = "…"
WORST, BEST, LARGEST = "worst", "best", "largest"
OWN_THRESHOLDS = "A workload may set its own thresholds; then the tables show them."
COMMAND_TOO_LONG = "# too long to show: run.command in report.json"

_STARTS: frozenset[MetricName] = frozenset({"build", "first_call"})
_SIZES: dict[Unit, int] = {"seconds": 0, "bytes": 2, "bytes per 1,000 calls": 3}


def effect(kind: Verdict, metric: MetricName, unit: Unit) -> tuple[int, str]:
    """Name what became of a case, with its rank: running, then starting, then sizes."""
    if metric in _STARTS:
        return 1, f"{verdict(kind, unit)} to start"
    return _SIZES[unit], verdict(kind, unit)


def verdict(kind: Verdict, unit: Unit) -> str:
    """Name a verdict on a time, on a size or on a growth."""
    return _VERDICTS_BY_UNIT[unit].get(kind, _VERDICTS[kind])
