"""Owns what is told without a test: whole versions, counters, and where the time went."""

from collections import Counter

from bot.core.report import CounterReport, Report, VersionReport
from bot.core.units import format_bytes, format_ratio, format_threshold
from bot.render import labels, trust_words, words
from bot.render.escape import MARKDOWN, Medium, code_in_table, prose
from bot.render.estimate import unbroken, version_in_table
from bot.render.view import Column, Row, Section, table

_TELLING = ("MORE", "FEWER")
_MOST_VERSIONS = 2
"""Whole versions that are told without unfolding anything."""


def versions(report: Report) -> Section | None:
    """Say of each version what it does to all steps together, where that can be said."""
    lines = version_lines(report, MARKDOWN)
    if not lines:
        return None
    if len(lines) <= _MOST_VERSIONS:
        return Section(name="versions", title=f"{'; '.join(lines)}.", is_folded=True)
    kinds = Counter(each.word for each in _telling(report))
    title = words.versions_title([(labels.VERSION_WORDS[kind], n) for kind, n in kinds.items()])
    text = "\n".join(f"- {line}" for line in lines)
    return Section(name="versions", title=title, is_folded=True, text=text)


def version_lines(report: Report, medium: Medium) -> list[str]:
    """Say the same, a line for each version."""
    return [
        words.version_as_a_whole(
            medium.version(each.candidate),
            labels.VERSION_WORDS[each.word],
            "" if each.typical_ratio is None else format_ratio(each.typical_ratio),
            each.cases,
        )
        for each in _telling(report)
    ]


def _telling(report: Report) -> list[VersionReport]:
    return [each for each in report.versions if each.word != "undecided" and each.cases > 1]


def counters(report: Report) -> Section | None:
    """List the counters that differ; of the others, only how many there are."""
    if not report.counters:
        return None
    differing = [each for each in report.counters if each.comparison in _TELLING]
    is_pair = report.subject is not None
    before = labels.BEFORE if is_pair else version_in_table(report.baseline)
    after = labels.AFTER if is_pair else labels.CANDIDATE
    has_versions = len(report.candidates) > 1
    columns = (
        Column(title="Case"),
        Column(title="Version"),
        Column(title="Counter"),
        Column(title=before, is_number=True),
        Column(title=after, is_number=True),
        Column(title=""),
    )
    rows = [_counter(each, has_versions=has_versions) for each in differing]
    return Section(
        name="counters",
        title=words.counters_title(len(differing), len(report.counters)),
        is_folded=True,
        table=table(columns, rows) if rows else None,
    )


def _counter(counter: CounterReport, *, has_versions: bool) -> Row:
    return (
        code_in_table(counter.case),
        version_in_table(counter.candidate) if has_versions else "",
        labels.COUNTERS[counter.counter],
        _whole(counter.baseline_value),
        _whole(counter.candidate_value),
        labels.COMPARISONS[counter.comparison],
    )


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def machine(report: Report) -> Section | None:
    """Say what the machine did meanwhile, and where the time went."""
    if not report.noise.blocks:
        return None
    columns = (Column(title=""), Column(title="", is_number=True))
    title = trust_words.machine_title(prose(report.noise.disturbance or ""))
    body = table(columns, machine_rows(report))
    return Section(name="machine", title=title, is_folded=True, table=body)


def machine_rows(report: Report) -> list[Row]:
    """Pair names with figures: the noise first, then the phases, the longest first."""
    return [*_noise(report), *_phases(report)]


def _noise(report: Report) -> list[Row]:
    noise = report.noise
    shares = {
        labels.NOISE["stolen"]: noise.stolen_share,
        labels.NOISE["others"]: noise.others_share,
        labels.NOISE["queued"]: noise.queued_share,
        labels.NOISE["waiting"]: noise.waiting_share,
        labels.NOISE["gpu"]: noise.gpu_share,
    }
    rows: list[Row] = [
        (name, unbroken(format_threshold(round(share, 4))))
        for name, share in shares.items()
        if share is not None
    ]
    facts = [("memory", format_bytes(report.machine.memory_bytes))]
    if noise.mhz:
        facts.append((labels.CLOCK, f"{noise.mhz:,.0f} MHz"))
    return [*rows, *((name, unbroken(fact)) for name, fact in facts)]


def _phases(report: Report) -> list[Row]:
    phases = report.run.phases
    whole = sum(phases.values())
    return [
        (
            f"wall time: {labels.PHASES.get(name, prose(name))}",
            unbroken(trust_words.share(part, whole)),
        )
        for name, part in sorted(phases.items(), key=lambda item: -item[1])
    ]
