"""Owns the arms of one block: started together, imported a few at a time."""

import selectors
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from bot.core.outcome import Failed, Imported
from bot.core.plan import Environment
from bot.engine.arm import Arm
from bot.engine.arming import Armoury
from bot.engine.identity import wrong_version
from bot.engine.reply import CaseFailed, Reply, mapping, number, text


@dataclass(kw_only=True)
class Crew:
    """Workers on their way to having imported their framework, and those that have.

    Importing goes on whenever `advance` is called, and to its end when `finish` is: so a crew can
    be made ready behind a block that is being measured.
    """

    armoury: Armoury
    random: Random
    arms: dict[str, Arm] = field(default_factory=dict)
    imported: dict[str, Imported | Failed] = field(default_factory=dict)
    origins: dict[str, dict[str, str | None]] = field(default_factory=dict)
    _to_ask: deque[Environment] = field(default_factory=deque)
    _asked: dict[str, Environment] = field(default_factory=dict)

    def start(self, environments: Iterable[Environment]) -> None:
        """Start a process for each; one that was there before is replaced."""
        for environment in environments:
            if environment.id in self.arms:
                self.arms[environment.id].kill()
            # Not in a thread: a worker dies with the thread that started it.
            self.arms[environment.id] = self.armoury.start(environment, self.random)
            self._to_ask.append(environment)

    def advance(self, *, width: int) -> None:
        """Collect what was imported meanwhile; keep `width` imports going. Never waits."""
        for environment in list(self._asked.values()):
            if _is_due(self.arms[environment.id]):
                self._collect(environment)
        while self._to_ask and len(self._asked) < width:
            self._ask(self._to_ask.popleft())

    def finish(self, *, width: int) -> None:
        """Wait until every arm has imported or failed to, at most until its deadline."""
        while self._to_ask or self._asked:
            self.advance(width=width)
            if self._asked:
                _wait([self.arms[name] for name in self._asked])

    def _ask(self, environment: Environment) -> None:
        try:
            self.arms[environment.id].post("import", module=environment.module, paths=[])
        except CaseFailed as ended:
            self._note(environment, ended.failed)
        else:
            self._asked[environment.id] = environment

    def _collect(self, environment: Environment) -> None:
        del self._asked[environment.id]
        try:
            reply = self.arms[environment.id].collect()
            cost = _cost(mapping(reply, "import"))
            origin = {fact: text(reply, fact) for fact in ("git_version", "compiler")}
            python = self.armoury.pythons[environment.id]
            wrong = wrong_version(environment, reply, python)
        except CaseFailed as ended:
            self._note(environment, ended.failed)
            return
        self.origins[environment.id] = origin
        self._note(environment, wrong or cost)

    def _note(self, environment: Environment, ending: Imported | Failed) -> None:
        self.imported[environment.id] = ending
        if isinstance(ending, Failed):
            self.arms[environment.id].kill()

    def failure(self, environment: Environment) -> Failed | None:
        """Say why an arm does not have its framework; None when it does, or is on its way."""
        ending = self.imported.get(environment.id)
        return ending if isinstance(ending, Failed) else None

    def able(self, environments: Iterable[Environment]) -> list[Environment]:
        """Leave out those that do not have their framework."""
        return [each for each in environments if self.failure(each) is None]

    def has(self, environment: Environment) -> bool:
        """Whether an arm is there, was there, or is on its way."""
        return environment.id in self.arms

    def is_alive(self, environment: Environment) -> bool:
        """Whether an arm can be asked."""
        return self.has(environment) and self.arms[environment.id].is_alive

    @property
    def rss_bytes(self) -> float:
        """Resident memory of all arms after their imports."""
        return sum(each.rss_bytes for each in self.imported.values() if isinstance(each, Imported))

    def keep(self, environments: Iterable[Environment]) -> None:
        """Let everybody else go."""
        names = {environment.id for environment in environments}
        for name in self.arms.keys() - names:
            self.arms.pop(name).kill()
            self.imported.pop(name, None)
            self._asked.pop(name, None)
        self._to_ask = deque(each for each in self._to_ask if each.id in names)

    def stop(self) -> None:
        """Let every process leave; one that is in the middle of something is killed."""
        for name, arm in self.arms.items():
            arm.kill() if name in self._asked else arm.stop()
        self.arms.clear()

    def kill(self) -> None:
        """End every process at once: somebody may be in a hurry."""
        for arm in self.arms.values():
            arm.kill()
        self.arms.clear()


def _cost(reply: Reply) -> Imported:
    return Imported(
        cpu_seconds=number(reply, "cpu_seconds"),
        wall_seconds=number(reply, "wall_seconds"),
        rss_bytes=int(number(reply, "rss_bytes")),
        modules=int(number(reply, "modules")),
    )


def _is_due(arm: Arm) -> bool:
    """Whether collecting would not wait: something is there, or time is up."""
    with selectors.DefaultSelector() as selector:
        selector.register(arm, selectors.EVENT_READ)
        return bool(selector.select(0)) or time.monotonic() >= arm.deadline


def _wait(arms: list[Arm]) -> None:
    """Wait until one of the arms is due."""
    soonest = min(arm.deadline for arm in arms)
    with selectors.DefaultSelector() as selector:
        for arm in arms:
            selector.register(arm, selectors.EVENT_READ)
        selector.select(max(0.0, soonest - time.monotonic()))
