"""Owns the words of the page that comment and terminal do not have."""

from bot.core.units import TIMES
from bot.render import labels
from bot.render.words import count

OVERVIEW = "Overview"
MAP = "Cases and versions"
CELLS = "All cells"
CHARTS = "Charts"
FAILURES = "Failures"
BEHIND = "Behind the figures"
DATA = "Data"

SKIP = "Skip to the content"
THEME = "Dark or light"
SEARCH = "Search case, metric, version, verdict"
METRIC, VERSION, VERDICT = "Metric", "Version", "Verdict"
ALL = "all"
RESET = "Show all"
SORTED = "Choose a heading to sort by it."
KEYS = "Keys: / searches, arrows move in the map, Enter opens a case, Escape closes it."
NO_SCRIPT = (
    "Without JavaScript the tables below are complete; sorting, searching and the figures of single"
    " cases need it."
)
NO_MATCH = "No cell is left: choose less."
NO_CELLS = "Nothing was compared."
OFFLINE = "This page is one file: it needs no network, and asks none."
NO_DETAILS = (
    "The samples are not on this page: it was written where only the report was. The folder of the"
    " run has them (samples.jsonl); `tfperf report RUN` writes the page with them."
)

KINDS = {
    "worse": "worse",
    "excused": labels.EXCUSED,
    "missing": "not measured",
    "undecided": "undecided",
    "small": "small change",
    "better": "better",
    "unchanged": "unchanged",
}

SCRIPT = {
    "shown": "{n} of {all} cells shown",
    "close": "Back to all cases",
    "previous": "Previous case",
    "next": "Next case",
    "unknown": "There is no such case in this report.",
    "cells": "Cells of this case",
    "metric": METRIC,
    "ratios": "Every block",
    "ratiosSay": "Each point is one block: fresh processes, started for it. The band is what would"
    " not matter.",
    "samples": "Samples, round after round",
    "samplesSay": "Seconds per call of every arm in one block, in the order in which they were"
    " taken.",
    "warmUp": "Warm-up",
    "warmUpSay": "Seconds of the first call and of those before the samples; medians over blocks.",
    "spread": "Distribution",
    "spreadSay": "All samples of all blocks: the middle half as a box, 5 to 95 % as a line, the"
    " median as a stroke.",
    "sizes": "Memory, import and cold start",
    "sizesSay": "Medians over blocks. The line is the baseline.",
    "numerics": "Results",
    "failures": "Failures",
    "counters": "Counters",
    "asTable": "The figures as a table",
    "block": "Block",
    "round": "round",
    "call": "call",
    "arm": "Arm",
    "arms": "Arms shown",
    "median": "median",
    "n": "samples",
    "thinned": "Samples of every {n}. block are kept here; samples.jsonl has all.",
    "noSamples": "There are no samples of this case here.",
    "machine": "The machine, block after block",
    "stolen": labels.NOISE["stolen"],
    "others": labels.NOISE["others"],
    "queued": labels.NOISE["queued"],
    "share": "share of the time, %",
    "mhz": f"{labels.CLOCK}, MHz",
}


def kind_count(number: int, kind: str) -> str:
    """Count cells of a kind: 3 worse, 1 small change, 2 small changes."""
    if kind == "small":
        return count(number, KINDS[kind])
    return f"{number} {KINDS[kind]}"


def heatmap_title(metric: str, baseline: str) -> str:
    """Say what the tiles are; no `baseline` where versions are compared with different ones."""
    return f"{metric}, next to {baseline}" if baseline else metric


def tile_title(word: str, change: str, interval: str) -> str:
    """Say a tile in words."""
    inner = f"{change} ({interval})" if interval else change
    return f"{word}: {inner}" if inner else word


def since_title(number: int) -> str:
    """Announce since which release what is slower."""
    return f"Since when: {count(number, 'finding')}"


def axis(low: str, high: str) -> str:
    """Say what the intervals are drawn on."""
    return f"95 % interval, from {low} to {high}, the line is {TIMES}1"


def total(cells: int, cases: int, versions: int) -> str:
    """Say how much there is."""
    return f"{count(cells, 'cell')}: {count(cases, 'case')} in {count(versions, 'version')}"


def title(heading: str) -> str:
    """Name the window."""
    return f"{heading} - tf-perf-bot"
