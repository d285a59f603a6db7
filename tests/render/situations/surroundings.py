"""Situations that machines, other frameworks and other people bring about."""

from typing import Any

from bot.core.conclusion import decide_again
from bot.core.report import Acknowledgement, Confirmation, Control, UpgradeReport
from bot.core.run_facts import NoiseReport

TORCH, PYTHON = "torch==2.5.1", "python==3.11"


def beside(r: Any) -> dict[str, Any]:
    """PyTorch and pure Python beside the baseline; one case of theirs failed."""
    step, fit = r.cases[0], r.cases[2]
    reason = "'loss' is 2.1e-07 off the baseline's (float64 here, float32 in the baseline)"
    errors = {"truth_error": 1.4e-16, "baseline_truth_error": 8.6e-08, "reason": reason}
    broken = "RuntimeError: mat1 and mat2 shapes cannot be multiplied"
    return {
        "references": (
            r.reference("import", "import", 0.52, TORCH),
            r.reference(step, "step", 0.341, TORCH),
            r.reference(step, "first_call", 0.04, TORCH),
            r.reference(step, "peak_rss", 0.61, TORCH),
            r.reference(fit, "step", None, TORCH, reason=broken),
            r.reference(fit, "peak_rss", None, TORCH, reason=broken),
            r.reference("import", "import", 0.0001, PYTHON, interval=(None, None)),
            r.reference(step, "step", 214.0, PYTHON),
            r.reference(step, "first_call", 19.0, PYTHON),
            r.reference(step, "peak_rss", 0.031, PYTHON),
        ),
        "reference_results": (
            r.likeness(step, "IDENTICAL", TORCH, baseline_truth_error=8.6e-08, truth_error=8.6e-08),
            r.likeness(step, "WITHIN_TOLERANCE", PYTHON, max_relative_error=2.1e-07, **errors),
        ),
        "failures": (
            r.failure(fit, environment=TORCH, reason=broken, detail="", is_reference=True),
        ),
    }


def other_frameworks(r: Any) -> Any:
    changed = r.cell(r.cases[0], "REGRESSION", ratio=1.31, interval=(1.25, 1.38))
    report = r.report(overall="regression", exit_code=1, cells=r.equal_cells(changed), **beside(r))
    return report.model_copy(update={"environments": (*report.environments, *_others(r))})


def only_other_frameworks(r: Any) -> Any:
    report = r.report(candidates=(), cells=(), numerics=(), **beside(r))
    return report.model_copy(update={"environments": (*report.environments, *_others(r))})


def _others(r: Any) -> Any:
    yield r.environment(TORCH, "reference", package="torch", packages={"torch": "2.5.1"})
    yield r.environment(PYTHON, "reference", package="python", packages={})


def accepted_and_refuted(r: Any) -> Any:
    """One alarm that somebody accepted, and one that a second measurement refuted."""
    known = Acknowledgement(author="ada", reason="traded for memory", until="2026-12-31")
    again = Confirmation(word="refuted", reason="unchanged there, after 14 blocks", blocks=14)
    changed = (
        r.cell(r.cases[0], "REGRESSION", ratio=1.2, interval=(1.15, 1.25), acknowledged=known),
        r.cell(r.cases[1], "REGRESSION", ratio=1.1, interval=(1.06, 1.14), confirmation=again),
    )
    wrong = r.numeric(r.cases[2], "WRONG", reason="3 of 10 values are NaN", acknowledged=known)
    return r.report(cells=r.equal_cells(*changed), numerics=(r.numeric(r.cases[0]), wrong))


def confirmed_and_refuted(r: Any) -> Any:
    """Three alarms that were measured again: one found, one not, one neither."""
    figures = {"interval": (1.16, 1.27), "blocks": 16, "ratio": 1.21}
    words = {
        "confirmed": figures | {"reason": "slower there, too"},
        "refuted": {"reason": "unchanged there, after 14 blocks", "blocks": 14},
        "unclear": {"reason": "its interval holds both", "blocks": 30},
    }
    changed = tuple(
        r.cell(case, "REGRESSION", ratio=1.2, interval=(1.15, 1.25), confirmation=again)
        for case, again in zip(
            r.cases,
            (
                Confirmation.model_validate({"word": word} | values)
                for word, values in words.items()
            ),
            strict=False,
        )
    )
    report = r.report(cells=r.equal_cells(*changed))
    rule = report.rule.model_copy(update={"confirm": True})
    return decide_again(report.model_copy(update={"rule": rule}))


def on_a_graphics_card(r: Any) -> Any:
    """The steps of a GPU, and the memory that they take there."""
    bigger = r.cell(
        r.cases[2], "REGRESSION", metric="device_memory", unit="bytes", ratio=1.34,
        baseline_value=1.91e9, candidate_value=2.56e9,
    )  # fmt: skip
    faster = r.cell(r.cases[2], "IMPROVEMENT", ratio=0.62, interval=(0.6, 0.64))
    noise = NoiseReport(blocks=14, gpu_share=0.71, others_share=0.01)
    report = r.report(cells=r.equal_cells(faster, bigger), noise=noise)
    thresholds = {**report.rule.thresholds, "device_memory": 0.05}
    rule = report.rule.model_copy(update={"device": "gpu", "thresholds": thresholds})
    return decide_again(report.model_copy(update={"rule": rule}))


def script_upgraded(r: Any) -> Any:
    """A script of 1.x that 2.x ran as `tf_upgrade_v2` rewrote it."""
    diff = "--- train.py\n+++ train.py\n@@ -4 +4 @@\n-tf.Session()\n+tf.compat.v1.Session()\n"
    upgrade = UpgradeReport(
        workload="train", script="train.py", made_by=r.candidate, changed_lines=1,
        problems=("line 9: tf.contrib.layers has no replacement",), diff=diff, is_measured=True,
    )  # fmt: skip
    cells = tuple(
        r.cell("train[script]", metric=metric, unit="bytes" if metric == "peak_rss" else "seconds")
        for metric in ("wall", "cpu", "peak_rss")
    )
    only = {"cases": ("train[script]",), "cells": cells, "numerics": (), "control": Control()}
    return decide_again(r.report(upgrades=(upgrade,), **only))
