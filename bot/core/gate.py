"""Owns where code of a pull request may be measured: which runners, and who has to agree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.config import Config
from bot.core.request import Request
from bot.errors import BadConfiguration

HOSTED = re.compile(r"(ubuntu|windows|macos)-(latest|[0-9]{2,4}(\.[0-9]{2})?)(-arm|-intel)?")
"""Labels of GitHub's own runners of standard size; each job there gets a machine of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Where it may be measured; `environment` is what a person has to approve first, if any.

    `commit` and `base` are the two sides that a comment asked for; null: what the event says.
    """

    runs_on: tuple[str, ...]
    environment: str | None
    commit: str | None = None
    base: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return it as the action reads it; one label is a text, as `runs-on` wants it."""
        labels: object = self.runs_on[0] if len(self.runs_on) == 1 else list(self.runs_on)
        return {
            "runs-on": labels,
            "environment": self.environment,
            "commit": self.commit,
            "base": self.base,
        }


def is_hosted(labels: Sequence[str]) -> bool:
    """Whether labels mean a machine of GitHub's that is thrown away after the job.

    Several labels, and any other one, stand for runners of one's own or for larger ones.
    """
    return len(labels) == 1 and HOSTED.fullmatch(labels[0]) is not None


def decide(config: Config, *, is_foreign: bool, request: Request | None = None) -> Decision:
    """Choose the runner; refuse code from outside on a runner that outlives the job.

    `config` is that of the base branch, and `is_foreign` whether the code is in no branch of the
    repository itself. Where an environment is named in the answer, it still has to be seen that
    somebody has to approve there.
    """
    labels = config.runs_on.get(config.device)
    if labels is None:
        raise BadConfiguration(
            f"no runner is named for `device: {config.device}`",
            where="`runs-on` of tfperf.yml on the base branch",
            cause="GitHub has no standard runner with a graphics card",
            next_step="name the labels of yours there: `runs-on: {gpu: [self-hosted, gpu]}`",
        )
    is_safe = is_hosted(labels) or not is_foreign
    if config.environment is None and not is_safe:
        raise BadConfiguration(
            f"code from a fork is not measured on {', '.join(labels)}",
            where="`runs-on` of tfperf.yml on the base branch",
            cause="a runner of your own, or a larger one, is not thrown away after each job, or "
            "costs money: whoever may open a pull request would run code there",
            next_step="let somebody approve each time: create an environment with required "
            "reviewers in the settings of the repository, and name it: `environment: NAME`",
        )
    return Decision(
        runs_on=labels,
        environment=None if is_safe else config.environment,
        commit=request.commit if request else None,
        base=request.base if request else None,
    )
