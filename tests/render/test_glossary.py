"""Every word of a verdict, a metric, a result, a failure and an end stands in the glossary."""

from pathlib import Path

import pytest

from bot.render import labels
from bot.render.web.cells import SIGNS

GLOSSARY = " ".join((Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8").split())
WORDS = {
    *labels.METRICS.values(),
    *labels.COUNTERS.values(),
    *labels.RESULTS.values(),
    *labels.LIKENESS.values(),
    *labels.CONFIRMATIONS.values(),
    *labels.FAILURES.values(),
    *labels.STOPPED.values(),
    *labels.VERSION_WORDS.values(),
    *labels.COMPARISONS.values(),
    *labels.ICONS.values(),
    *SIGNS.values(),
    *(
        labels.verdict(verdict, unit)
        for verdict in ("REGRESSION", "IMPROVEMENT", "EQUIVALENT", "INCONCLUSIVE", "NOT_MEASURED")
        for unit in ("seconds", "bytes", "bytes per 1,000 calls")
    ),
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_word_is_explained(word: str) -> None:
    assert word in GLOSSARY
