"""Owns what benchmarks report of themselves beside their timing: told, and never judged."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from statistics import median

from bot.core.plan import Environment, Plan
from bot.core.report import ReportedValue


class Reported:
    """The values that came with every (case, arm), block by block."""

    def __init__(self) -> None:
        self._values: defaultdict[tuple[str, str], dict[str, list[float]]] = defaultdict(dict)

    def add(self, case: str, arm: str, values: Mapping[str, float]) -> None:
        """Take what one more process reported."""
        for name, value in values.items():
            self._values[case, arm].setdefault(name, []).append(value)

    def of(self, case: str) -> dict[tuple[str, str], dict[str, list[float]]]:
        """Return what was reported of a case, by case and arm."""
        return {key: dict(values) for key, values in self._values.items() if key[0] == case}

    def show(self, case: str, reported: Mapping[tuple[str, str], dict[str, list[float]]]) -> None:
        """Show what was reported of a case on one machine, and nothing of the others."""
        for mine in self.of(case):
            del self._values[mine]
        self._values.update(reported)

    def rows(self, plan: Plan) -> Iterator[ReportedValue]:
        """Give medians over the blocks: of both installs of the baseline, then of candidates."""
        columns: list[tuple[Environment, tuple[str, ...]]]
        columns = [(plan.baseline, (plan.baseline.id, plan.control.id))]
        columns += [(each, (each.id,)) for each in plan.candidates]
        for case in plan.cases:
            for environment, arms in columns:
                for name, values in self._together(case.name, arms).items():
                    yield ReportedValue(
                        case=case.name,
                        environment=environment.label,
                        role=environment.role,
                        name=name,
                        value=median(values),
                    )

    def _together(self, case: str, arms: tuple[str, ...]) -> dict[str, list[float]]:
        together: defaultdict[str, list[float]] = defaultdict(list)
        for arm in arms:
            for name, values in self._values.get((case, arm), {}).items():
                together[name] += values
        return together
