"""Owns what `tfperf calibrate` shows: plain lines for a terminal of 100 columns."""

from collections.abc import Iterator
from math import expm1
from statistics import median
from textwrap import wrap

from bot.core.calibration import CAPS, FEWEST_BLOCKS, THRESHOLDS, Alarms, Calibration, CaseNoise
from bot.core.detectable import LARGEST
from bot.core.report import FailureReport
from bot.core.rounds import LEAST_ROUNDS, MOST_ROUNDS
from bot.core.units import format_duration, format_percent, format_threshold
from bot.errors import ExitCode
from bot.render import labels, trust_words, words
from bot.render.escape import NO_BREAK_SPACE, clean
from bot.render.standing import EVERYTHING

WIDTH = 100
_LONGEST_CASE = 40
_LABELS = 15
_UNKNOWN = f"unknown: no step was measured in {FEWEST_BLOCKS} blocks or more"
_NO_TURNS = f"unknown: no case took turns in {FEWEST_BLOCKS} blocks or more"
_MEASURE_LONGER = "nothing yet; measure longer with --budget"
_BY_THRESHOLD = "by its threshold"
_QUIETEN = "nothing; quieten the machine first, `tfperf doctor` says how"

Said = tuple[str, str]
"""What was found about a setting, and what to write into tfperf.yml."""


def calibration_lines(calibration: Calibration) -> list[str]:
    """Write all of it, the verdict last, where the eye is at the end."""
    sections = (
        _title(calibration),
        _false_alarms(calibration),
        _noise(calibration),
        _advice(calibration),
        _failures(calibration),
        _wrapped(_verdict(calibration)),
    )
    lines = [line for section in map(list, sections) if section for line in (*section, "")]
    return [line.replace(NO_BREAK_SPACE, " ").rstrip() for line in lines[:-1]]


def _wrapped(text: str, *, label: str = "", indent: int = 0) -> list[str]:
    """Break a text into lines that fit, indented behind their label."""
    first = f"  {label}".ljust(indent) if indent else ""
    plain = text.replace(NO_BREAK_SPACE, " ")
    return wrap(plain, WIDTH, initial_indent=first, subsequent_indent=" " * indent)


def _row(label: str, text: str) -> list[str]:
    return _wrapped(text, label=label, indent=_LABELS)


def _title(calibration: Calibration) -> list[str]:
    run = calibration.run
    package = labels.PACKAGES.get(calibration.package, clean(calibration.package))
    what = f"{package} {clean(calibration.release)} on Python {clean(calibration.python)}"
    facts = (
        words.count(calibration.installs, "install"),
        words.count(run.blocks, "block"),
        format_duration(run.seconds),
        labels.STOPPED[run.stopped_by],
    )
    return _wrapped(f"{what}, compared with itself: {', '.join(facts)}")


def _false_alarms(calibration: Calibration) -> Iterator[str]:
    if not _cells(calibration):
        return
    yield "False alarms: nothing is different, so every alarm is one"
    yield from _alarms("candidates", calibration.candidates)
    yield from _alarms("A/A control", calibration.control)
    for bias in calibration.biases:
        yield from _row("!", trust_words.biased(clean(calibration.release), bias))


def _alarms(who: str, alarms: Alarms) -> Iterator[str]:
    seen = f"{len(alarms.flagged)} of {words.count(alarms.cells, 'cell')}"
    bound = format_percent(alarms.upper_bound, signed=False)
    yield from _row(who, f"{seen}; the rate is at most {bound}, with 95 % certainty")
    for alarm in alarms.flagged:
        place = f"{clean(alarm.case)} {labels.METRICS[alarm.metric]} in {clean(alarm.version)}"
        yield from _row("!", place)


def _noise(calibration: Calibration) -> Iterator[str]:
    """Draw a table; a dash is what is not known."""
    if not calibration.noise:
        return
    cases = [clean(case.case, limit=_LONGEST_CASE) for case in calibration.noise]
    form = f"  {{:<{max(map(len, cases))}}}  {{:>6}}  {{:>6}}  {{:>12}}  {{:>9}}  {{:>8}}"
    yield (
        "Noise of steps (robust standard deviation of log ratios), and the slowdown that"
        f" {words.blocks(calibration.most_blocks)} find"
    )
    yield form.format("", "blocks", "rounds", "of processes", "of rounds", "slowdown")
    for name, case in zip(cases, calibration.noise, strict=True):
        yield form.format(name, case.blocks, case.rounds, *_figures(case))


def _figures(case: CaseNoise) -> tuple[str, str, str]:
    processes = format_percent(case.of_processes, signed=False)
    rounds = "-" if case.of_rounds is None else format_percent(case.of_rounds, signed=False)
    return processes, rounds, _slowdown(case)


def _slowdown(case: CaseNoise) -> str:
    if case.detectable is not None:
        return format_percent(case.detectable)
    return f"> {format_threshold(expm1(LARGEST))}" if case.is_known else "-"


def _advice(calibration: Calibration) -> Iterator[str]:
    if not calibration.noise:
        return
    yield "What fits this machine, in nine of ten cases"
    for key, (says, setting) in {
        "rounds": _rounds(calibration),
        "most-blocks": _most_blocks(calibration),
        "threshold": _threshold(calibration),
    }.items():
        yield from _row(key, says)
        yield from _row("", f"tfperf.yml: {setting}")


def _rounds(calibration: Calibration) -> Said:
    wanted = calibration.advice.rounds
    adapts = f"nothing; a block takes {LEAST_ROUNDS} to {MOST_ROUNDS}, as many as it needs"
    if wanted is None:
        return _NO_TURNS, adapts
    taken = round(median(case.rounds for case in calibration.noise))
    says = f"{wanted} in a block keep their own part of the noise small; {taken} were taken"
    return says, adapts if wanted <= taken else "nothing; more blocks make up for fewer rounds"


def _most_blocks(calibration: Calibration) -> Said:
    if not _is_known(calibration):
        return _UNKNOWN, _MEASURE_LONGER
    found, allowed = calibration.advice.most_blocks, calibration.most_blocks
    if found is None:
        return _not_found(max(CAPS), _BY_THRESHOLD), _QUIETEN
    says = _found(found, _BY_THRESHOLD)
    return f"{says}; {allowed} were allowed", f"most-blocks: {found}"


def _threshold(calibration: Calibration) -> Said:
    if not _is_known(calibration):
        return _UNKNOWN, _MEASURE_LONGER
    found, blocks = calibration.advice.threshold, calibration.most_blocks
    if found is None:
        return _not_found(blocks, f"by {format_threshold(max(THRESHOLDS))}"), _QUIETEN
    size = format_threshold(found)
    says = _found(blocks, f"by {size}")
    return f"{size}: {says}", f"threshold: {{step: {size.replace(' ', '')}}}"


def _is_known(calibration: Calibration) -> bool:
    return any(case.is_known for case in calibration.noise)


def _found(blocks: int, by: str) -> str:
    return f"{blocks} blocks find a step slower {by} in 95 of 100 runs"


def _not_found(blocks: int, by: str) -> str:
    return f"not even {_found(blocks, by)}"


def _failures(calibration: Calibration) -> Iterator[str]:
    """Say what was not measured: it has shown nothing, neither alarms nor quiet."""
    # Installs of one release fail alike, and may be called alike.
    for line in dict.fromkeys(map(_failure, calibration.failures)):
        yield from _wrapped(line)


def _failure(failure: FailureReport) -> str:
    case, version = failure.case, failure.environment
    place = words.failure_line(
        clean(failure.kind),
        labels.EVERY_CASE if case == EVERYTHING else clean(case),
        labels.EVERY_VERSION if version == EVERYTHING else clean(version),
    )
    return place + clean(failure.reason)


def _cells(calibration: Calibration) -> int:
    return calibration.candidates.cells + calibration.control.cells


def _verdict(calibration: Calibration) -> str:
    cells = _cells(calibration)
    flagged = len(calibration.candidates.flagged) + len(calibration.control.flagged)
    if not cells:
        return "Nothing was measured, so nothing is known."
    so_far = " so far" if calibration.exit_code == ExitCode.INTERRUPTED else ""
    if not flagged:
        return f"No false alarm was seen{so_far} in {words.count(cells, 'cell')}."
    return (
        f"A FALSE ALARM was seen{so_far}: {flagged} of {words.count(cells, 'cell')} changed, and"
        f" nothing is different. {format_threshold(calibration.alpha)} of such runs may show one;"
        " if another run does too, do not trust this machine: `tfperf doctor` says what to look at."
    )
