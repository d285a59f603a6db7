"""Which cases a pattern names."""

import pytest

from bot.core.plan import Case
from bot.core.selection import select, usual
from bot.errors import BadConfiguration

CASES = [
    Case(name=f"{workload}[{case}]", workload=workload, case=case, file="/f.py", tags=tags)
    for workload, case, tags in [
        ("geometric_series", "eager", ("small",)),
        ("geometric_series", "graph", ("small",)),
        ("mnist_mlp", "fit", ("keras",)),
        ("mnist_mlp", "predict_one", ("keras",)),
    ]
]


@pytest.mark.parametrize(
    ("patterns", "tags", "names"),
    [
        (["*"], [], "eager graph fit predict_one"),
        (["geometric_series"], [], "eager graph"),
        (["geometric_series*"], [], "eager graph"),
        (["mnist_mlp[fit]"], [], "fit"),
        (["*[eager]", "*[fit]"], [], "eager fit"),
        (["mnist_mlp[p*]"], [], "predict_one"),
        (["*"], ["keras"], "fit predict_one"),
    ],
)
def test_patterns_and_tags_choose(patterns: list[str], tags: list[str], names: str) -> None:
    assert " ".join(case.case for case in select(CASES, patterns, tags)) == names


def test_a_pattern_that_names_nothing_offers_the_nearest() -> None:
    with pytest.raises(BadConfiguration) as told:
        select(CASES, ["mnist_mlp[predict]", "*"], [])
    assert "mnist_mlp[predict_one]" in str(told.value)


def test_unknown_tags_list_the_known() -> None:
    with pytest.raises(BadConfiguration) as told:
        select(CASES, ["*"], ["slow"])
    assert "keras, small" in str(told.value)


def test_where_nobody_chooses_it_is_the_core_of_the_suite_or_all_of_ones_own() -> None:
    suite = [
        Case(name=name, workload="w", case=name, file="/suite/w.py", tags=tags)
        for name, tags in (("a", ("core", "x")), ("b", ("x",)))
    ]
    own = Case(name="c", workload="mine", case="c", file="/mine/mine.py")
    assert [case.name for case in usual(suite, ())] == ["a"]
    assert [case.name for case in usual([*suite, own], {"/mine/mine.py"})] == ["c"]
