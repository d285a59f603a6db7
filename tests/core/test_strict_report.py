"""The strict reader takes every report of ours, and knows a limit for every place of one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core import report_kinds as kinds
from bot.core import report_limits as limits
from bot.core.clean_report import LEFT_OUT, cleaned
from bot.core.conclusion import decide_again
from bot.core.report import Report
from bot.core.showable import first_unshowable, showable
from bot.core.strict_report import BadReport, parse_report
from bot.render.comment import render_comment
from tests.publish.hostile import report_with, written

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(
        st.sampled_from("\x1b[31m\x9b\0\u202e\u200b\ud800\ufeff\u0301|`<>@#\n\t\r ab1"), max_size=60
    ),
    st.sampled_from(["x" * 30_000, "\u0301" * 50, " ", "", "\n\n", "=" * 3_000, "\u3164"]),
)


def places() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every place of a report, `Model.field`, with what its schema says of it."""
    schema = Report.model_json_schema(by_alias=False)
    for model, described in {"Report": schema, **schema["$defs"]}.items():
        for name, field in described.get("properties", {}).items():
            yield f"{model}.{name}", field


def types(field: dict[str, Any]) -> set[str]:
    """The types of the values at a place: of the items of a list, of the entries of a mapping."""
    found = {field["type"]} if "type" in field else set()
    for part in (*field.get("anyOf", ()), *field.get("prefixItems", ())):
        found |= types(part)
    for inner in ("items", "additionalProperties"):
        if isinstance(field.get(inner), dict):
            found |= types(field[inner])
    return found


PLACES = dict(places())


def of_type(*wanted: str) -> set[str]:
    return {place for place, field in PLACES.items() if types(field) & set(wanted)}


def test_every_text_has_a_limit() -> None:
    keys = {f"{place}{{}}" for place in of_type("object")}

    assert set(limits.TEXTS) == of_type("string") | keys


def test_every_number_has_bounds() -> None:
    assert set(limits.NUMBERS) == of_type("number", "integer")


def test_every_list_and_mapping_has_a_length() -> None:
    assert set(limits.MOST) == of_type("array", "object")


def test_a_report_of_ours_is_read_as_it_was_written() -> None:
    report = report_with()

    assert parse_report(written(report)) == report


def test_a_refusal_quotes_little_of_what_it_refuses() -> None:
    report = json.loads(written(report_with()))
    report["x" * 5_000] = "y" * 5_000

    with pytest.raises(BadReport) as refusal:
        parse_report(json.dumps(report).encode())

    assert len(refusal.value.what) < 300


@settings(deadline=None, max_examples=200)
@given(TEXTS, TEXTS, TEXTS)
@example("", "", "")
@example("\x1b[31m", "\ud800", "a\u0301" * 9)
def test_whatever_a_run_was_told_its_report_is_read(text: str, log: str, label: str) -> None:
    report = decide_again(cleaned(report_with(text, log=log, label=label)))

    read = parse_report(written(report))

    assert read == report
    assert cleaned(read) == read


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=5, unique=True))
def test_names_stay_as_different_as_they_were(labels: list[str]) -> None:
    report = report_with().model_copy(update={"candidates": tuple(labels), "cases": tuple(labels)})

    clean = cleaned(report)

    assert len(set(clean.candidates)) == len(labels)
    assert len(set(clean.cases)) == len(labels)


def test_names_that_are_fine_stay_what_they_are() -> None:
    report = report_with()

    assert cleaned(report) == report


def test_the_end_of_a_long_log_is_kept() -> None:
    report = cleaned(report_with(log="a" * 50_000 + "\nthe error"))

    assert report.failures[0].detail.endswith("\nthe error")
    assert len(report.failures[0].detail) == kinds.LOG.longest


def test_logs_that_are_too_long_together_are_left_out_and_it_says_so() -> None:
    failure = report_with(log="a" * 20_000).failures[0]
    many = report_with().model_copy(update={"failures": (failure,) * 400})

    clean = cleaned(many)

    assert [f.detail for f in clean.failures].count(
        LEFT_OUT
    ) == 400 - limits.MOST_LOG_BYTES // 20_000
    assert sum(len(f.detail) for f in clean.failures) < limits.MOST_BYTES


def test_a_place_that_no_annotation_could_name_is_left_out() -> None:
    places = {"matmul[512]": {"path": "../x.py"}, "keras_lstm[fit]": {"path": "bench/x.py"}}
    report = Report.model_validate({**json.loads(written(report_with())), "places": places})

    assert set(cleaned(report).places) == {"keras_lstm[fit]"}


@given(TEXTS, st.sampled_from(["", "\n\t"]))
def test_what_is_made_showable_can_be_shown(text: str, allowed: str) -> None:
    assert first_unshowable(showable(text, allowed=allowed), allowed=allowed) is None


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("a.py", True),
        ("bench/a b.py", True),
        (".github/x", True),
        ("...", True),
        ("..", False),
        ("a/../b", False),
        ("/a", False),
        ("a//b", False),
        ("a\\b", False),
        ("C:/a", False),
        ("./a", False),
        ("", False),
    ],
)
def test_a_path_stays_within_the_repository(path: str, is_one: bool) -> None:
    assert kinds.PATH.form is not None
    assert (kinds.PATH.form.fullmatch(path) is not None) == is_one


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(st.data(), VALUES)
def test_a_report_with_anything_anywhere_is_read_or_refused(data: st.DataObject, put: Any) -> None:
    tree = json.loads(written(report_with()))
    node: Any = tree
    while True:
        keys = sorted(node) if isinstance(node, dict) else range(len(node))
        key = data.draw(st.sampled_from(keys)) if keys else None
        if key is None or not isinstance(node[key], dict | list) or data.draw(st.booleans()):
            break
        node = node[key]
    if key is not None:
        node[key] = put

    try:
        report = parse_report(json.dumps(tree).encode())
    except BadReport:
        return
    render_comment(report)


@settings(deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(st.sampled_from('{}[]",:\\u1e9 '), max_size=60).map(str.encode)
)
def test_bytes_that_are_no_report_are_refused(data: bytes) -> None:
    with pytest.raises(BadReport):
        parse_report(data)
