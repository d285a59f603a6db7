"""What is shown can be published: the strict reader takes every situation that a run can write."""

from types import SimpleNamespace

import pytest

from bot.core.clean_report import cleaned
from bot.core.conclusion import decide_again
from bot.core.report import Report
from bot.core.strict_report import BadReport, parse_report
from tests.render.situations.conftest import SITUATIONS

AGAINST_ITS_ROWS = {"not_failing", "inconclusive_by_budget"}
"""Situations that say of themselves what their rows do not."""

OF_ODD_NAMES = {"hostile_names"}


def written(report: Report) -> bytes:
    return report.model_dump_json(by_alias=True).encode()


@pytest.mark.parametrize("name", sorted(SITUATIONS.keys() - AGAINST_ITS_ROWS - OF_ODD_NAMES))
def test_it_is_read_as_it_was_written(name: str, reports: SimpleNamespace) -> None:
    report = SITUATIONS[name](reports)

    assert parse_report(written(report)) == report


@pytest.mark.parametrize("name", sorted(AGAINST_ITS_ROWS))
def test_what_contradicts_its_rows_is_refused(name: str, reports: SimpleNamespace) -> None:
    report = SITUATIONS[name](reports)

    with pytest.raises(BadReport, match="as the rows say"):
        parse_report(written(report))
    parse_report(written(decide_again(report)))


@pytest.mark.parametrize("name", sorted(OF_ODD_NAMES))
def test_odd_names_are_refused_and_read_once_cleaned(name: str, reports: SimpleNamespace) -> None:
    report = SITUATIONS[name](reports)
    told = tuple(
        each.model_copy(update={"kind": "exit", "environment": "*"}) for each in report.failures
    )
    rows = (*report.cells, *report.control.cells)
    cases = tuple(dict.fromkeys(row.case for row in rows))
    named = report.model_copy(update={"cases": cases, "failures": told})

    with pytest.raises(BadReport):
        parse_report(written(named))
    parse_report(written(decide_again(cleaned(named))))
