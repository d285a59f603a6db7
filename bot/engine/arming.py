"""Owns how an arm is started: its command, its environment variables, its log."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.core.plan import Case, Device, Environment, Plan
from bot.core.upgrades import runs_upgraded
from bot.engine.arm import Arm
from bot.errors import DISK_FULL, CannotStart

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
"""No token, no runner variable and no setting of ours reaches a workload by accident."""

_DEVICE: dict[Device, dict[str, str]] = {
    "cpu": {"CUDA_VISIBLE_DEVICES": "-1"},
    "gpu": {"TF_FORCE_GPU_ALLOW_GROWTH": "true"},  # or the first arm takes all memory there is
}

MOST_PADDING = 4096
"""Environment size moves the stack; a random size makes that noise instead of bias."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Armoury:
    """Everything that does not change from arm to arm.

    `upgrades` has the upgraded copies of scripts, by workload.
    """

    plan: Plan
    pythons: Mapping[str, Path]
    worker: Path
    folder: Path
    environ: Mapping[str, str]
    upgrades: Mapping[str, Path] = field(default_factory=dict)

    def start(self, environment: Environment, random: Random) -> Arm:
        """Start the worker of one environment; it imports nothing until it is asked."""
        keras_home = self.folder / "keras" / environment.id
        keras_home.mkdir(parents=True, exist_ok=True)
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        python = str(self.pythons[environment.id])
        try:
            return Arm(
                [python, "-s", "-B", str(self.worker), "serve"],
                environ=self._environ(environment, random) | {"KERAS_HOME": str(keras_home)},
                log=logs / f"{environment.id}.log",
                timeout_seconds=self.plan.timeout_seconds,
            )
        except OSError as error:
            if error.errno in DISK_FULL:
                raise
            raise CannotStart(
                f"the worker of {environment.label} cannot be started: {error.strerror}",
                where=python,
                cause="the environment was removed, or there is no memory for another process",
                next_step=f"tfperf resume {self.folder}",
            ) from error

    def printed(self, environment: Environment, case: Case) -> Path:
        """Return where a script's output goes; that of the run before is replaced."""
        folder = self.folder / "logs" / environment.id
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{case.name}.log"

    def upgraded(self, environment: Environment, case: Case) -> Path | None:
        """Return the copy of its script that an environment runs; None: the original."""
        copy = self.upgrades.get(case.workload)
        return copy if copy is not None and runs_upgraded(case, environment) else None

    def _environ(self, environment: Environment, random: Random) -> dict[str, str]:
        home = Path(self.environ.get("HOME", os.sep))
        keras_cache = self.environ.get("KERAS_HOME", str(home / ".keras"))
        return {
            **{name: self.environ[name] for name in PASSED_ON if name in self.environ},
            **self._threads(),
            **_DEVICE[self.plan.device],
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "TFPERF_KERAS_CACHE": keras_cache,
            "PYTHONHASHSEED": str(random.randrange(1, 2**32)),
            "TFPERF_PADDING": "x" * random.randrange(MOST_PADDING),
            **self.plan.knobs,
            **environment.knobs,
        }

    def _threads(self) -> dict[str, str]:
        if self.plan.threads == "all":
            return {}
        count = str(self.plan.threads)
        names = (
            "TFPERF_THREADS",
            "TF_NUM_INTRAOP_THREADS",
            "TF_NUM_INTEROP_THREADS",
            "OMP_NUM_THREADS",
        )
        return dict.fromkeys(names, count)
