"""Owns what a report says about other frameworks: rows beside the baseline, without a verdict."""

from typing import Annotated, Literal

from pydantic import Field

from bot.core.metric import MetricName, Unit
from bot.core.plan import Model

ReferenceWord = Literal["IDENTICAL", "WITHIN_TOLERANCE", "DIFFERENT", "NOT_COMPARABLE"]


class ReferenceReport(Model):
    """A case written in another framework, beside the baseline: figures, and never a verdict.

    `ratio` is reference / baseline, `interval` its anytime-valid 95 % interval. `reason` says why
    there are no figures.
    """

    case: str
    metric: MetricName
    reference: str
    ratio: float | None = None
    interval: tuple[float | None, float | None] = (None, None)
    blocks: int = 0
    baseline_value: float | None = None
    reference_value: float | None = None
    unit: Unit
    reason: str | None = None


class ReferenceResult(Model):
    """How far the results of another framework are from the baseline's, and both from the truth."""

    case: str
    reference: str
    word: ReferenceWord
    max_relative_error: Annotated[float | None, Field(description="against the baseline")] = None
    truth_error: Annotated[
        float | None, Field(description="of the framework, against the float64 reference")
    ] = None
    baseline_truth_error: float | None = None
    reason: str
