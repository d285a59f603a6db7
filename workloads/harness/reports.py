"""Owns what a benchmark reports of itself: checked, and bounded in number and length."""

import numbers
import re
import sys

MOST_VALUES = 32
LONGEST_NAME = 60
_ODD = re.compile(r"[^A-Za-z0-9_.:/ -]")


class Reports:
    """The calls of report_benchmark in one process."""

    def __init__(self):
        self._pending = []
        self._values = {}

    def add(self, name, figures, extras, metrics):
        """Take one report, as its caller made it; a wrong one is the caller's fault."""
        wall_time = figures["wall_time"]
        if wall_time is not None and not (_is_finite(wall_time) and wall_time > 0):
            raise ValueError(f"wall_time must be a positive, finite number, not {wall_time!r}")
        if not isinstance(extras, (dict, type(None))):
            raise TypeError("extras must be a dict")
        values = dict(figures)
        values.update({f"extras.{key}": value for key, value in (extras or {}).items()})
        for metric in metrics or ():
            if not isinstance(metric, dict) or not {"name", "value"} <= set(metric):
                raise TypeError("metrics must be a list of dicts with 'name' and 'value'")
            values[f"metrics.{metric['name']}"] = metric["value"]
        self._pending.append((name, values))

    def settled(self):
        """End one call: return the sum of its wall times, or None if it reported none."""
        reported, self._pending = self._pending, []
        for number, (name, values) in enumerate(reported, 1):
            prefix = "" if len(reported) == 1 else f"{name or number}."
            for key, value in values.items():
                self._keep(prefix + key, value)
        times = [values["wall_time"] for _, values in reported]
        known = [float(time) for time in times if time is not None]
        return sum(known) if known else None

    def _keep(self, name, value):
        name = _ODD.sub("_", name)[:LONGEST_NAME]
        is_known = name in self._values or len(self._values) < MOST_VALUES
        if is_known and _is_finite(value):
            self._values.setdefault(name, []).append(float(value))

    def medians(self):
        """Return the median over the calls of each value, by its name."""
        return {name: sorted(each)[len(each) // 2] for name, each in self._values.items()}


def _is_finite(value):
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return is_number and abs(value) <= sys.float_info.max
