"""Owns the division of a plan: among machines, and down to what is measured again."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.core.metric import MetricName

Root = Literal["suite", "files", "start"]
"""Where paths of a plan start: the workloads that come with the tool, copies of what is installed,
the folder in which it was planned."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Part(_Model):
    """The part of a plan that one machine carries out, where several share it."""

    number: Annotated[int, Field(ge=1, description="which one, from 1 on")]
    seed: Annotated[int, Field(description="of the whole plan; each part has its own")]
    digest: Annotated[str, Field(description="SHA-256 of the plan that was divided")]


class Suspect(_Model):
    """A finding of an earlier run that is measured again."""

    case: str
    candidate: Annotated[str, Field(description="id of its environment")]
    metric: Annotated[MetricName | None, Field(description="null: its results")]


class Division(_Model):
    """Which part of everything one folder is about."""

    shards: Annotated[int, Field(ge=1, description="how many machines share the blocks")] = 1
    part: Annotated[Part | None, Field(description="null: this is not a part of a plan")] = None
    merged: Annotated[
        tuple[int, ...], Field(description="parts whose blocks lie in this folder together")
    ] = ()
    suspects: Annotated[
        tuple[Suspect, ...] | None, Field(description="what alone is judged; null: everything")
    ] = None
    confirms: Annotated[
        str | None, Field(description="the run whose findings are measured again: id and start")
    ] = None
    roots: Annotated[
        dict[Root, str], Field(description="where paths started when it was planned")
    ] = Field(default_factory=dict)

    @property
    def first_blocks(self) -> int:
        """How many blocks, from number 0 on, are the first on a machine."""
        return self.shards if self.merged else 1

    def is_asked(self, case: str, metric: MetricName | None, candidates: set[str]) -> bool:
        """Whether one of some candidates has a cell (without a metric: results) to judge."""
        return self.suspects is None or any(
            (suspect.case, suspect.metric) == (case, metric) and suspect.candidate in candidates
            for suspect in self.suspects
        )
