"""Owns one script in one block: a whole run in each arm, one after the other."""

import contextlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.core.outcome import Failed, Outcome, Ran
from bot.core.plan import Case, Environment, Script
from bot.core.script_ending import exit_reason
from bot.engine import ending
from bot.engine.arm import Arm
from bot.engine.arming import Armoury
from bot.engine.case_run import shuffled
from bot.engine.reply import CaseFailed, Reply, number

_MOST_READ = 1 << 16
"""Tracebacks through a framework are long, and their first lines say where they began."""

MOST_KEPT = 8 << 20
"""Of what a script printed: the part that the worker searches for numbers."""


@dataclass(kw_only=True)
class ScriptRun:
    """Runs a script once in each arm and keeps what came of it.

    Each run has a worker of its own that imported nothing: a process inherits the highest resident
    memory of the one that started it.
    """

    case: Case
    armoury: Armoury
    random: Random
    outputs_paths: Callable[[Sequence[Environment], Case], Mapping[str, Path]]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    phases: dict[str, float] = field(default_factory=dict)

    def run(self, environments: Sequence[Environment]) -> None:
        """Run the script everywhere, in an order of arms that is new every time."""
        outputs = self.outputs_paths(environments, self.case)
        for environment in shuffled(self.random, environments):
            began = time.perf_counter()
            self.outcomes[environment.id] = self._run(environment, outputs.get(environment.id))
            self.phases["timed"] = self.phases.get("timed", 0.0) + time.perf_counter() - began

    def _run(self, environment: Environment, outputs: Path | None) -> Outcome:
        script = self.case.script
        if script is None:
            raise ValueError(f"{self.case.name} is no script")
        printed = self.armoury.printed(environment, self.case)
        request = self._request(environment, script, printed, outputs)
        try:
            with self.armoury.start(environment, self.random) as arm:
                return _outcome(arm.ask("script", **request), arm, script, _said(printed))
        except CaseFailed as ended:
            return ending.with_detail(ended.failure, ending.last_lines(_said(printed)))
        finally:
            _keep_end(printed)

    def _request(
        self, environment: Environment, script: Script, printed: Path, outputs: Path | None
    ) -> dict[str, object]:
        program, paths = Path(script.path), list[str]()
        upgraded = self.armoury.upgraded(environment, self.case)
        if upgraded is not None:  # what is beside the original is not beside the copy
            program, paths = upgraded, [str(program.parent)]
        return {
            "file": str(program),
            "arguments": script.arguments,
            "folder": script.folder,
            "paths": paths,
            "printed": str(printed),
            "numbers": script.numbers,
            "outputs": outputs and str(outputs),
        }


def _outcome(reply: Reply, arm: Arm, script: Script, said: str) -> Ran | Failed:
    if reply.get("signal"):
        return ending.death(reply, "script", said=said, had_oom_kill=arm.had_oom_kill)
    if reply.get("exit_code") != 0:
        code = int(number(reply, "exit_code"))
        reason = exit_reason(code, said, script=script.path)
        return Failed(kind="exit", reason=reason, detail=ending.last_lines(said))
    return Ran(
        wall_seconds=number(reply, "wall_seconds"),
        cpu_seconds=number(reply, "cpu_seconds"),
        peak_rss_bytes=int(number(reply, "peak_rss_bytes")),
    )


def _said(printed: Path) -> str:
    """Return the end of what the script printed; it may have had no time to begin."""
    try:
        return ending.last_words(printed, most=_MOST_READ)
    except FileNotFoundError:
        return ""


def _keep_end(printed: Path) -> None:
    """Forget the beginning of a long output: there is one for each environment and case."""
    with contextlib.suppress(FileNotFoundError), printed.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size > MOST_KEPT:
            file.seek(size - MOST_KEPT)
            end = file.read(MOST_KEPT)
            file.seek(0)
            file.write(end)  # in place: a disk that the output has filled has no room for a copy
            file.truncate()
