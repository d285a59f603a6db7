"""What is new since the comment before, from one publishing run to the next."""

from typing import Any

import pytest

from bot.core.conclusion import decide_again
from bot.core.report import Report
from bot.publish.marker import read_marker
from tests.publish.fake_github import BOT
from tests.publish.scene import Scene, clean
from tests.render.conftest import CASES, cell_of, equal_cells, failure_of

A, B = CASES[:2]


def slower(*cases: str, **overrides: Any) -> Report:
    cells = (cell_of(case, "REGRESSION", ratio=1.25, interval=(1.2, 1.3)) for case in cases)
    return decide_again(clean(cells=equal_cells(*cells), **overrides))


def news(body: str) -> str:
    """The line about the comment before, or nothing."""
    lines = [line for line in body.splitlines() if line.startswith("Since the comment before")]
    return lines[0] if lines else ""


def test_a_first_comment_has_nothing_to_compare_with(scene: Scene) -> None:
    scene.publish(slower(A))
    assert news(scene.github.bodies()[0]) == ""


def test_the_same_verdict_again_says_that_nothing_is_new(scene: Scene) -> None:
    scene.of_run(12).publish(slower(A))
    scene.of_run(13).publish(slower(A))
    (body,) = scene.github.bodies()
    assert news(body) == "Since the comment before (run 12): nothing new; 1 finding as before."


def test_another_verdict_says_what_is_new_and_what_is_gone(scene: Scene) -> None:
    scene.of_run(12).publish(slower(A))
    scene.of_run(13).publish(slower(B, failures=(failure_of(CASES[2]),)))
    first, second = scene.github.bodies()
    assert news(first) == ""
    assert news(second) == (
        f"Since the comment before (run 12): new: `{B}` step slower ×1.25 and `{CASES[2]}` fails in"
        f" 2.21.0; gone: `{A}` step (unchanged now)."
    )
    assert news(second) in scene.github.checks[501]["output"]["summary"]
    assert news(second) in scene.kept[-1].summary


@pytest.mark.parametrize("second", [slower(A), slower(B), clean()], ids=["as before", "news", "ok"])
def test_publishing_a_run_again_compares_with_the_run_before_it(
    scene: Scene, second: Report
) -> None:
    scene.of_run(12).publish(slower(A))
    scene.of_run(13).publish(second)
    once = scene.github.bodies()
    scene.of_run(13).publish(second)
    assert scene.github.bodies() == once
    assert "(run 12)" in news(once[-1])
    assert scene.log[-1].startswith("comment unchanged: ")


def test_another_attempt_of_a_run_is_another_measurement(scene: Scene) -> None:
    scene.publish(slower(A))
    scene.publish(slower(A), run_attempt=2, run_started_at="2026-11-20T12:00:00Z")
    assert news(scene.github.bodies()[-1]).startswith("Since the comment before (run 12): nothing")


def test_runs_that_are_published_out_of_order_compare_with_what_is_earlier(scene: Scene) -> None:
    scene.of_run(11).publish(clean())
    scene.of_run(13).publish(slower(A))
    before = scene.github.bodies()
    scene.of_run(12).publish(slower(B))
    assert scene.github.bodies() == before, "a stale run writes nothing"


STATE = "state=1:aaaaaaaa"
HEAD = "<!-- tfperf:default v3 run=11.1 digest=aa "
ODD = {
    "of somebody else": (f"{HEAD}{STATE} -->\nx", "mallory"),
    "of another key": (f"{HEAD.replace('default', 'gpu')}{STATE} -->\nx", BOT),
    "of an older version": ("<!-- tfperf:default v2 run=11.1 digest=aa -->\nx", BOT),
    "without a run": (f"<!-- tfperf:default v1 digest=aa {STATE} -->\nx", BOT),
    "with too few hashes": (f"{HEAD}state=2:aaaaaaaa -->\nx", BOT),
    "with hashes that are none": (f"{HEAD}state=1:zzzzzzzz -->\nx", BOT),
    "that is not the first line": (f"hello\n{HEAD}{STATE} -->", BOT),
    "of a later run": (f"{HEAD.replace('run=11.1', 'run=12.1')}before=13.1/{STATE[6:]} -->", BOT),
}


@pytest.mark.parametrize(("body", "login"), ODD.values(), ids=ODD)
def test_a_comment_that_is_odd_is_compared_with_nothing(
    scene: Scene, body: str, login: str
) -> None:
    scene.github.add_comment(body, login)
    scene.publish(slower(A))
    assert news(scene.github.bodies()[-1]) == ""


def test_a_forged_hash_names_nothing(scene: Scene) -> None:
    scene.github.add_comment(f"{HEAD}{STATE} -->\nx", BOT)
    scene.publish(clean())
    assert news(scene.github.bodies()[-1]) == (
        "Since the comment before (run 11): nothing new; gone: 1 not measured any more."
    )


def test_the_marker_carries_what_stood_before(scene: Scene) -> None:
    scene.of_run(12).publish(slower(A))
    scene.of_run(13).publish(slower(A, B))
    first, second = map(read_marker, scene.github.bodies())
    assert first is not None
    assert second is not None
    assert (first.before, second.before) == (None, second.before)
    assert second.before is not None
    assert (second.before.generation, second.before.state) == (first.generation, first.state)
    assert second.state is not None
    assert second.state.count == 2
