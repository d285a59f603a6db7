"""Owns the comparison by ourselves: `tfperf compare`, judging steps only.

All versions take turns in fresh processes, block after block, until every step of every candidate
is decided. Next to the candidates it measures one version more than the others do: the baseline's
second install. Its time has everything but installing: looking for workloads, the report, too.

Its rule: a sequential test, one false alarm in a hundred runs, all cells together.
"""

from benchmarks.injected import Asked, carry_out
from benchmarks.peer_tools.trial import Call, CannotCompare, Said, Trial
from bot.core.report import Report, Verdict

VERDICTS: dict[Verdict, Said] = {
    "REGRESSION": "slower",
    "IMPROVEMENT": "faster",
    "EQUIVALENT": "no difference",
    "INCONCLUSIVE": "undecided",
}
PROCESSES_IN_A_BLOCK = 6.5
"""Five arms that import, and three cases in each."""


class Ourselves:
    """The command line as anybody has it."""

    name = "tfperf"
    rule = "blocks until decided, sequential test, 1 % for the whole table"

    def __init__(self, release: str, seed: int) -> None:
        self._release = release
        self._seed = seed

    def install(self, trial: Trial) -> None:
        """Nothing is missing: the environments are those that all tools get."""

    def processes(self, trial: Trial) -> float:
        return (3 if trial.is_quick else 12) * PROCESSES_IN_A_BLOCK

    def compare(self, trial: Trial) -> list[Call]:
        asked = Asked(
            release=self._release,
            steps=trial.steps,
            metrics=("step",),
            most_blocks=3 if trial.is_quick else 30,
            seed=self._seed,
        )
        return read_report(carry_out(asked, trial.folder / "ours"), trial)


def read_report(report: Report, trial: Trial) -> list[Call]:
    """Read the verdict on every step of every candidate."""
    extras = dict(zip(report.candidates, trial.candidates, strict=True))
    calls = []
    for cell in report.cells:
        if cell.verdict == "NOT_MEASURED":
            raise CannotCompare(f"{cell.case} {cell.candidate}: {cell.reason}")
        ratio = "" if cell.ratio is None else f"{cell.ratio - 1:+.1%} after {cell.blocks} blocks"
        step = cell.case.partition("[")[2].rstrip("]")
        extra = extras[cell.candidate].extra
        calls.append(Call(step=step, extra=extra, said=VERDICTS[cell.verdict], figure=ratio))
    return calls
