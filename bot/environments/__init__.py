"""Door: from a release to a locked, installed, isolated environment, or to the reason why not."""

from bot.environments.install import prepare
from bot.environments.interpreters import available, find_interpreter
from bot.environments.preparation import Preparation, Prepared, Progress, State, Unavailable

__all__ = [
    "Preparation",
    "Prepared",
    "Progress",
    "State",
    "Unavailable",
    "available",
    "find_interpreter",
    "prepare",
]
