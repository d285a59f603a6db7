"""Owns the metrics: name, unit, kind, how much of a change matters, and which come first."""

from dataclasses import dataclass
from typing import Literal, get_args

MetricName = Literal[
    "step",
    "throughput",
    "wall",
    "cpu",
    "first_call",
    "build",
    "peak_rss",
    "rss_slope",
    "device_memory",
    "import",
    "import_rss",
]
Unit = Literal["seconds", "bytes", "bytes per 1,000 calls"]
MetricKind = Literal["typical", "throughput", "whole", "cold", "memory", "leak", "import"]
CaseKind = Literal["step", "benchmark", "script"]
Scale = Literal["ratio", "difference"]

CounterName = Literal["traces", "graph_nodes", "minor_faults", "modules"]
COUNTERS: tuple[CounterName, ...] = get_args(CounterName)

MEBIBYTE = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One measured quantity; all of ours are better when lower.

    `threshold` is the change worth telling: relative (0.05 = 5 %) on the scale of ratios, in `unit`
    on the scale of differences. `least_change` is an absolute change, in `unit`, below which a
    relative one is not worth telling either. Cells of primary metrics get blocks before others.
    On the scale of differences a score is a value divided by `score_unit`.
    """

    name: MetricName
    unit: Unit
    kind: MetricKind
    threshold: float
    meaning: str
    least_change: float = 0.0
    scale: Scale = "ratio"
    score_unit: float = 1.0
    is_primary: bool = False


METRICS: dict[MetricName, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="step",
            unit="seconds",
            kind="typical",
            threshold=0.05,
            meaning="wall time of one warm call, typically",
            is_primary=True,
        ),
        Metric(
            name="throughput",
            unit="seconds",
            kind="throughput",
            threshold=0.10,
            meaning="wall time of one warm call, on average: sees calls that are slow now and then",
        ),
        Metric(
            name="wall",
            unit="seconds",
            kind="whole",
            threshold=0.05,
            least_change=0.05,
            meaning="wall time of a script, from start to end",
            is_primary=True,
        ),
        Metric(
            name="cpu",
            unit="seconds",
            kind="whole",
            threshold=0.05,
            least_change=0.05,
            meaning="CPU time of a script and all it started",
            is_primary=True,
        ),
        Metric(
            name="first_call",
            unit="seconds",
            kind="cold",
            threshold=0.10,
            least_change=0.002,
            meaning="CPU time of the first call: tracing and compiling",
        ),
        Metric(
            name="build",
            unit="seconds",
            kind="cold",
            threshold=0.10,
            least_change=0.02,
            meaning="CPU time of loading the workload and building its step",
        ),
        Metric(
            name="peak_rss",
            unit="bytes",
            kind="memory",
            threshold=0.05,
            least_change=8 * MEBIBYTE,
            meaning="highest resident memory of the process",
            is_primary=True,
        ),
        Metric(
            name="rss_slope",
            unit="bytes per 1,000 calls",
            kind="leak",
            threshold=8 * MEBIBYTE,
            scale="difference",
            score_unit=64 * MEBIBYTE,
            meaning="resident memory gained in 1,000 warm calls: leaks",
        ),
        Metric(
            name="device_memory",
            unit="bytes",
            kind="memory",
            threshold=0.05,
            least_change=8 * MEBIBYTE,
            meaning="highest memory of the process on the GPU",
        ),
        Metric(
            name="import",
            unit="seconds",
            kind="import",
            threshold=0.10,
            least_change=0.02,
            meaning="CPU time of importing the framework",
            is_primary=True,
        ),
        Metric(
            name="import_rss",
            unit="bytes",
            kind="memory",
            threshold=0.05,
            least_change=8 * MEBIBYTE,
            meaning="resident memory after the import",
        ),
    )
}

IMPORT_METRICS: tuple[MetricName, ...] = ("import", "import_rss")
SCRIPT_METRICS: tuple[MetricName, ...] = ("wall", "cpu", "peak_rss")
CASE_METRICS: tuple[MetricName, ...] = tuple(
    name for name in METRICS if name not in {*IMPORT_METRICS, "wall", "cpu"}
)
KIND_METRICS: dict[CaseKind, tuple[MetricName, ...]] = {
    "step": CASE_METRICS,
    "benchmark": ("step", "peak_rss"),
    "script": SCRIPT_METRICS,
}
ROUND_METRICS: frozenset[MetricName] = frozenset({"step", "throughput", "rss_slope"})
"""What only rounds can tell; the others are known after the first call."""

REFERENCE_METRICS: tuple[MetricName, ...] = (
    "import",
    "step",
    "throughput",
    "first_call",
    "build",
    "peak_rss",
    "device_memory",
)
"""What is told of other frameworks: sizes and times that mean the same in each of them."""

RATIO_METRICS: tuple[MetricName, ...] = tuple(
    name for name, metric in METRICS.items() if metric.scale == "ratio"
)
"""Those for which a threshold in percent makes sense."""

IMPORT_CASE = "import"
