"""Owns the metrics: name, unit, kind, how much of a change matters."""

from dataclasses import dataclass
from typing import Literal

MetricName = Literal["step", "first_call", "peak_rss", "import"]
Unit = Literal["seconds", "bytes"]
MetricKind = Literal["typical", "cold", "memory", "import"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One measured quantity; all of ours are better when lower.

    `threshold` is the relative change worth telling (0.05 = 5 %); `least_change` is an absolute
    change, in `unit`, below which a relative one is not worth telling either.
    """

    name: MetricName
    unit: Unit
    kind: MetricKind
    threshold: float
    least_change: float
    meaning: str


MEBIBYTE = 2**20

METRICS: dict[MetricName, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="step",
            unit="seconds",
            kind="typical",
            threshold=0.05,
            least_change=0.0,
            meaning="wall time of one warm call",
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
            name="peak_rss",
            unit="bytes",
            kind="memory",
            threshold=0.05,
            least_change=8 * MEBIBYTE,
            meaning="highest resident memory of the process",
        ),
        Metric(
            name="import",
            unit="seconds",
            kind="import",
            threshold=0.10,
            least_change=0.02,
            meaning="CPU time of importing the framework",
        ),
    )
}

CASE_METRICS: tuple[MetricName, ...] = ("step", "first_call", "peak_rss")
IMPORT_CASE = "import"
