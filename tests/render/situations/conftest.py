"""The situations that have golden files; `r` are the factories of the folder above."""

from types import SimpleNamespace

import pytest

from bot.core.report import Report
from tests.render.situations import crowds, gaps, pull_requests, surroundings, verdicts

SITUATIONS = {
    make.__name__: make
    for make in (
        verdicts.all_equal, verdicts.one_regression, verdicts.not_failing,
        verdicts.improvement_only, verdicts.wrong_and_drifted, verdicts.drifted,
        verdicts.import_slower, verdicts.several_candidates, verdicts.small_changes,
        verdicts.everything_known,
        gaps.failures_only, gaps.some_fail, gaps.nothing_measured, gaps.inconclusive_by_budget,
        gaps.baseline_unavailable, gaps.missing_interpreter, gaps.control_flagged,
        gaps.biased_harness, gaps.interrupted, gaps.interrupted_and_resumed, gaps.budget_used_up,
        gaps.partial_shards,
        surroundings.other_frameworks, surroundings.only_other_frameworks,
        surroundings.accepted_and_refuted, surroundings.confirmed_and_refuted,
        surroundings.on_a_graphics_card, surroundings.script_upgraded,
        pull_requests.pull_request_under_one_release, pull_requests.pull_request_fails,
        crowds.hostile_names, crowds.forty_releases, crowds.five_thousand_cells,
    )
}  # fmt: skip

TOO_LARGE = {"five_thousand_cells"}
"""Situations of which only the comment is looked at: the summary has up to a megabyte."""


@pytest.fixture(params=SITUATIONS)
def situation(request: pytest.FixtureRequest, reports: SimpleNamespace) -> tuple[str, Report]:
    """A name and its report, one after the other."""
    return request.param, SITUATIONS[request.param](reports)
