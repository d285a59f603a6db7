"""Owns what a chart is: a specification that any Vega-Lite can draw, and the same in a sentence."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

ChartName = Literal["forest", "heatmap", "timeline"]
NAMES: tuple[ChartName, ...] = get_args(ChartName)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """One chart; `description` is for who cannot see it."""

    name: ChartName
    title: str
    description: str
    spec: dict[str, Any]
