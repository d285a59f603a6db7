"""Owns the sentences about why a verdict can be believed: control, machine, noise, time."""

from bot.core.metric import METRICS
from bot.core.report import BiasReport, Control, ControlHistory
from bot.core.run_facts import StoppedBy
from bot.core.units import format_duration, format_growth, format_percent, format_threshold
from bot.render import labels
from bot.render.escape import NO_BREAK_SPACE
from bot.render.words import count, listed


def control(baseline: str, seen: Control) -> str:
    """Say what the tool saw where there is nothing to see, and what it could have seen."""
    if not seen.cells:
        return "A/A control: not measured"
    parts = [
        f"A/A control ({baseline} against itself): {seen.flagged} of {len(seen.cells)} flagged"
    ]
    if seen.history and seen.history.runs > 1:
        parts.append(_history(seen.history))
    if seen.noise_floor is not None:
        parts.append(f"noise floor {format_percent(seen.noise_floor, signed=False)}")
    if seen.detectable is not None:
        parts.append(f"would notice a step {format_percent(seen.detectable, signed=False)} slower")
    return ", ".join(parts)


def _history(history: ControlHistory) -> str:
    bound = format_percent(history.upper_bound, signed=False)
    return (
        f"{history.flagged} of {history.controls} in {count(history.runs, 'run')} here"
        f" (false alarms: at most {bound})"
    )


def history_is_damaged(lines: tuple[int, ...]) -> str:
    """Say that what was remembered of earlier runs cannot be read in full."""
    which = listed([str(line) for line in lines[:4]])
    return f"control-history.jsonl: {count(len(lines), 'damaged line')} left out (line {which})"


def biased(baseline: str, bias: BiasReport) -> str:
    """Warn that installs of one release differ, and say what follows."""
    is_ratio = METRICS[bias.metric].scale == "ratio"
    write = format_percent if is_ratio else format_growth
    return (
        f"Biased: two installs of {baseline} differ in {labels.METRICS[bias.metric]} by"
        f" {write(bias.shift)}, so changes of it below {write(bias.margin, signed=False)} are not"
        " believed. `tfperf doctor` says what to look at."
    )


def disturbed(what: str) -> str:
    """Say what disturbed the machine."""
    return f"The machine was not quiet: {what}."


def machine_title(disturbance: str | None) -> str:
    """Sum up the machine and where the time went."""
    return f"Machine and time: {disturbance or 'nothing that disturbed was seen'}"


def share(part: float, whole: float) -> str:
    """Write a part of the wall time."""
    percent = format_threshold(round(part / whole, 3)) if whole else "0 %"
    return f"{format_duration(part)} ({percent})"


def machine(cpu: str, cores: int) -> str:
    """Say where it ran, and that no other machine had a part in it."""
    return machines(1, f"{cpu}, {count(cores, 'core')}")


def machines(number: int, kinds: str) -> str:
    """Say the same of a run that several machines shared."""
    on = "on one machine" if number == 1 else f"on each of {number} machines"
    return f"interleaved {on} ({kinds})"


def other_kinds(number: int) -> str:
    """Count kinds of machines that are not named."""
    return f"{number} other kinds"


def time_used(seconds: float, budget: float, stopped_by: StoppedBy) -> str:
    """Say how much of the budget was used."""
    used = f"{format_duration(seconds)} of {format_duration(budget)}".replace(" ", NO_BREAK_SPACE)
    return f"{used}, {labels.STOPPED[stopped_by]}"


def control_title(flagged: int, cells: int) -> str:
    """Sum up the A/A control."""
    return f"A/A control: {flagged} of {count(cells, 'cell')} flagged"
