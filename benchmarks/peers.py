"""The same question through other tools and through us: time to a verdict, false alarms, misses.

    python -m benchmarks.peers [--release R] [--only TOOL] [--disturbed] [--seed N] [--quick]
                               [--json FILE]

Three steps (`workloads/_steps.py`) in four versions of one TensorFlow release: the baseline, a copy
of it (A/A), and with 5 % and 10 % more work. Every tool is the real one, with its defaults and its
own rule of what is slower (each says so in `peer_tools/`), on the same interpreters, one thread,
one after the other on the same machine. With `--disturbed`, each works beside the same disturber.

A false alarm is a difference seen in the copy; a miss is a slowdown that is not called slower. Time
is that of the whole command or commands; installing is left out.

Must show: we need at most a third of pyperf's time; fewer false alarms and misses than any peer.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.disturber import disturbing
from benchmarks.injected import EXTRAS, HOME, STEPS, interpreters
from benchmarks.peer_tools.by_asv import Asv
from benchmarks.peer_tools.by_hyperfine import Hyperfine
from benchmarks.peer_tools.by_pyperf import Pyperf
from benchmarks.peer_tools.by_pytest_benchmark import PytestBenchmark
from benchmarks.peer_tools.by_us import Ourselves
from benchmarks.peer_tools.trial import GIVEN, Call, CannotCompare, Tool, Trial, Version
from benchmarks.tables import Target, print_table, print_targets

NAMES = ("baseline", "copy", "plus5", "plus10")
TIMES_FASTER = 3
DEADLINE_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of one tool; `why_not` says why there are no calls."""

    tool: str
    rule: str
    seconds: float = 0.0
    calls: tuple[Call, ...] = ()
    why_not: str = ""

    @property
    def false_alarms(self) -> int:
        """Differences seen where there is none."""
        return sum(call.is_false_alarm for call in self.calls)

    @property
    def misses(self) -> int:
        """Slowdowns that were not seen."""
        return sum(call.is_miss for call in self.calls)

    def found(self, extra: float) -> str:
        """Count the slowdowns of one size that were seen."""
        asked = [call for call in self.calls if call.extra == extra]
        return f"{sum(not call.is_miss for call in asked)} of {len(asked)}"


def ask(tool: Tool, trial: Trial, *, seed: int | None) -> Answer:
    """Let one tool answer; a `seed` is that of the disturber beside it."""
    trial.folder.mkdir(parents=True)
    began = time.monotonic()
    try:
        tool.install(trial)
        beside = (
            nullcontext() if seed is None else disturbing(seconds=trial.deadline_seconds, seed=seed)
        )
        with beside:
            began = time.monotonic()
            calls = tuple(tool.compare(trial))
    except CannotCompare as error:
        return Answer(tool=tool.name, rule=tool.rule, why_not=str(error))
    return Answer(tool=tool.name, rule=tool.rule, seconds=time.monotonic() - began, calls=calls)


def targets(answers: Iterable[Answer]) -> list[Target]:
    """Say what had to be shown, and whether it was; a peer without an answer proves nothing."""
    by_name = {answer.tool: answer for answer in answers}
    ours = by_name.pop(Ourselves.name)
    pyperf = by_name[Pyperf.name]
    factor = pyperf.seconds / ours.seconds if ours.calls else 0.0
    wrong = {name: each.false_alarms + each.misses for name, each in by_name.items() if each.calls}
    own = ours.false_alarms + ours.misses
    others = ", ".join(f"{name} {number}" for name, number in wrong.items())
    silent = "".join(f", {name} no answer" for name in by_name if name not in wrong)
    return [
        Target(
            what=f"pyperf needs at least {TIMES_FASTER} times our time",
            got=f"x{factor:.1f}" if pyperf.calls and ours.calls else "no answer",
            is_met=factor >= TIMES_FASTER,
        ),
        Target(
            what="fewer false alarms and misses than every peer",
            got=f"{own if ours.calls else 'no answer'}; {others}{silent}",
            is_met=bool(ours.calls) and not silent and all(own < each for each in wrong.values()),
        ),
    ]


def show(answers: Sequence[Answer]) -> None:
    """Print the tools side by side, then every call of each."""
    slowdowns = [extra for extra in EXTRAS if extra]
    heads = ("tool", "time", "false alarms", *(f"{extra:+.0%} found" for extra in slowdowns))
    print_table((*heads, "rule"), [_row(answer, slowdowns) for answer in answers])
    print_table(
        ("tool", "step", "truth", "said", "figure", ""),
        [(answer.tool, *_call(call)) for answer in answers for call in answer.calls],
    )


def _row(answer: Answer, slowdowns: Sequence[float]) -> tuple[str, ...]:
    if answer.why_not:
        reason = answer.why_not.splitlines()[0]
        return (answer.tool, "none", *["-"] * (1 + len(slowdowns)), reason)
    alike = sum(call.extra == 0 for call in answer.calls)
    found = (answer.found(extra) for extra in slowdowns)
    alarms = f"{answer.false_alarms} of {alike}"
    return (answer.tool, f"{answer.seconds:.0f} s", alarms, *found, answer.rule)


def _call(call: Call) -> tuple[str, ...]:
    wrong = "FALSE ALARM" if call.is_false_alarm else "MISSED" if call.is_miss else ""
    return (call.step, f"{call.extra:+.0%}", call.said, call.figure, wrong)


def seconds_per_process(trial: Trial) -> float:
    """Time one process that imports TensorFlow and does little: all tools are made of these."""
    began = time.monotonic()
    command = (trial.baseline.python, GIVEN / "whole_process.py", trial.steps[0], "50")
    trial.folder.mkdir(parents=True, exist_ok=True)
    trial.run(list(map(str, command)), trial.environ(trial.baseline))
    return time.monotonic() - began


def ask_all(tools: Sequence[Tool], trial: Trial, *, seed: int | None) -> list[Answer]:
    """Let one tool after the other answer, and say how long it is going to take."""
    each = seconds_per_process(trial)
    left = sum(tool.processes(trial) for tool in tools) * each
    answers = []
    for tool in tools:
        own = tool.processes(trial) * each
        _say(f"{tool.name}: about {own / 60:.0f} min; all that is left: {left / 60:.0f} min")
        answer = ask(tool, replace(trial, folder=trial.folder / tool.name), seed=seed)
        _say(f"{tool.name}: {_summary(answer)}")
        answers.append(answer)
        left -= own
    return answers


def _summary(answer: Answer) -> str:
    if answer.why_not:
        return answer.why_not
    alarms, misses = answer.false_alarms, answer.misses
    return f"{answer.seconds:.0f} s, {alarms} false alarms, {misses} slowdowns missed"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def trial_of(release: str, *, is_quick: bool) -> Trial:
    """Install the versions; what is asked of all tools."""
    pythons = interpreters(release)
    extras = (0.0, *EXTRAS)
    return Trial(
        versions=tuple(
            Version(name=name, python=python, extra=extra)
            for name, python, extra in zip(NAMES, pythons, extras, strict=True)
        ),
        steps=STEPS[-1:] if is_quick else STEPS,
        folder=HOME / "bench" / f"peers-{datetime.now(UTC):%Y%m%d-%H%M%S}",
        shop=HOME / "bench" / "tools",
        deadline_seconds=300.0 if is_quick else DEADLINE_SECONDS,
        is_quick=is_quick,
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--release", default="2.15.1")
    parser.add_argument("--only", action="append", metavar="TOOL", help="and no targets")
    parser.add_argument("--disturbed", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="one step, tiny sizes: is it alive")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    every: list[Tool] = [
        Ourselves(options.release, options.seed),
        Asv(),
        Pyperf(),
        PytestBenchmark(),
        Hyperfine(),
    ]
    unknown = set(options.only or ()) - {tool.name for tool in every}
    if unknown:
        parser.error(f"no such tool: {', '.join(unknown)}")
    tools = [tool for tool in every if not options.only or tool.name in options.only]
    trial = trial_of(options.release, is_quick=options.quick)
    answers = ask_all(tools, trial, seed=options.seed if options.disturbed else None)
    show(answers)
    shown = [] if options.only else targets(answers)
    print_targets(shown)
    if options.json:
        found = {
            "release": options.release,
            "is_disturbed": options.disturbed,
            "seed": options.seed,
            "answers": [asdict(answer) for answer in answers],
            "targets": [asdict(target) for target in shown],
        }
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
