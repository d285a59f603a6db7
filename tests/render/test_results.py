"""Results as a reader sees them."""

import pytest

from bot.render.comment import render_comment
from tests.render.conftest import numeric_of, report_of


@pytest.mark.parametrize(
    ("ulps", "shown"), [(2600, "2,600"), (10**6, "1,000,000"), (10**12, "over 1,000,000")]
)
def test_more_units_in_the_last_place_than_anybody_reads_are_not_written_out(
    ulps: int, shown: str
) -> None:
    drifted = numeric_of(verdict="DRIFTED", max_ulp=ulps, max_relative_error=0.1)
    text = render_comment(report_of(numerics=(drifted,))).replace("\N{NO-BREAK SPACE}", " ")
    assert f"{shown} ULPs |" in text
