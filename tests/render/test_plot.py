import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.plot import WIDTH, Axis, Interval, axis_of, draw

AXIS = Axis(low=0.8, high=1.25)


@pytest.mark.parametrize(
    ("ratio", "interval", "plot"),
    [
        (1.0, (0.9, 1.1), "·····├────●───┤······"),
        (1.2, (1.15, 1.22), "··········│·····├─●┤·"),
        (0.85, (None, 0.9), "◄──●─┤····│··········"),
        (1.1, (1.05, None), "··········│·├─●─────►"),
        (1.02, (None, None), "◄─────────┼●────────►"),
        (1.2, (1.1, 9.0), "··········│···├───●─►"),
        (1.2, (1.2, 1.2), "··········│·······●··"),
        (None, (None, None), ""),
        (float("nan"), (0.9, 1.1), ""),
        (-1.0, (0.9, 1.1), ""),
    ],
)
def test_an_interval_is_drawn_on_its_axis(
    ratio: float | None, interval: Interval, plot: str
) -> None:
    assert draw(AXIS, ratio, interval) == plot


def test_one_wide_interval_does_not_hide_the_others() -> None:
    axis = axis_of([(1.2, (1.1, 1.3)), (1.1, (0.01, 500.0))], threshold=0.05)

    assert axis.low == pytest.approx(1 / 1.05 / 1.5)
    assert axis.high == pytest.approx(1.2 * 1.5)


def test_an_axis_holds_the_thresholds_even_when_nothing_was_measured() -> None:
    axis = axis_of([(None, (None, None))], threshold=0.05)

    assert axis.low == pytest.approx(1 / 1.05)
    assert axis.high == pytest.approx(1.05)


RATIOS = st.one_of(st.none(), st.floats())


@settings(deadline=None)
@given(st.lists(st.tuples(RATIOS, st.tuples(RATIOS, RATIOS)), max_size=5), st.floats())
def test_all_plots_of_a_table_are_equally_wide(
    rows: list[tuple[float | None, Interval]], threshold: float
) -> None:
    axis = axis_of(rows, threshold=threshold)

    assert {len(draw(axis, *row)) for row in rows} <= {0, WIDTH}
