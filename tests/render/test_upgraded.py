"""Scripts that were upgraded, as the comment, the summary and the terminal show them."""

from typing import Any

import pytest

from bot.core.report import UpgradeReport
from bot.render.comment import render_comment
from bot.render.summary import render_summary
from bot.render.terminal import plain_lines
from tests.render.conftest import failure_of, report_of

DIFF = "--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-s = tf.Session()\n+s = tf.compat.v1.Session()"


def upgrade_of(**overrides: Any) -> UpgradeReport:
    values = {
        "workload": "train",
        "script": "train.py",
        "made_by": "2.3.4",
        "changed_lines": 8,
        "diff": DIFF,
        "is_measured": True,
    }
    return UpgradeReport.model_validate(values | overrides)


@pytest.mark.parametrize(
    ("overrides", "title"),
    [
        ({}, "2.x ran train.py as tf_upgrade_v2 of 2.3.4 rewrote it (8 lines changed)"),
        ({"is_measured": False}, "tf_upgrade_v2 of 2.3.4 would change 8 lines of train.py"),
        (
            {"made_by": None, "diff": "", "reason": "2.3.4: it hung"},
            "tf_upgrade_v2 could not upgrade train.py: 2.3.4: it hung",
        ),
    ],
)
def test_a_title_answers(overrides: dict[str, Any], title: str) -> None:
    report = report_of(upgrades=(upgrade_of(**overrides),))
    for page in (render_comment(report), render_summary(report)):
        assert title in page
        assert ("+s = tf.compat.v1.Session()" in page) == bool(overrides.get("diff", DIFF))


def test_a_diff_stays_in_its_block() -> None:
    hostile = upgrade_of(
        script="`@someone`<b>.py",
        diff=DIFF + "\n+```\n+</details><script>@everyone",
        problems=("<img src=x> @someone",),
    )
    comment = render_comment(report_of(upgrades=(hostile,)))
    assert "````diff" in comment
    assert "<img" not in comment
    head, _, rest = comment.partition("````diff")
    assert "@someone`<b>" not in head.replace("`` `@someone`<b>.py ``", "")
    assert rest.index("</details><script>") < rest.index("````")


def test_a_long_diff_is_shown_from_its_beginning() -> None:
    long = upgrade_of(diff=DIFF + "\n+x" * 9000)
    comment = render_comment(report_of(upgrades=(long,)))
    assert "+s = tf.compat.v1.Session()" in comment
    assert "... more of it in the run folder" in comment


def test_advice_stands_with_the_failure() -> None:
    report = report_of(failures=(failure_of(advice="tf.Session is not in TensorFlow 2.21.0"),))
    for page in (render_comment(report), render_summary(report)):
        assert "<br>→ tf.Session is not in TensorFlow 2.21.0 |" in page
    assert any(
        line.endswith(". tf.Session is not in TensorFlow 2.21.0") for line in plain_lines(report)
    )
