"""The situations that have golden files; `r` are the factories of the folder above."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.core.report import (
    Acknowledgement,
    BiasReport,
    Confirmation,
    Control,
    ControlHistory,
    Report,
    SubjectReport,
    VersionReport,
)
from bot.core.run_facts import Machine, NoiseReport


def all_equal(r: Any) -> Any:
    return r.report()


def one_regression(r: Any) -> Any:
    slower = r.cell(r.cases[1], "REGRESSION", ratio=1.2312, interval=(1.19, 1.28))
    return r.report(overall="regression", exit_code=1, cells=r.equal_cells(slower))


def not_failing(r: Any) -> Any:
    return one_regression(r).model_copy(update={"overall": "clean", "exit_code": 0})


def improvement_only(r: Any) -> Any:
    faster = r.cell(r.cases[2], "IMPROVEMENT", ratio=0.713, interval=(0.68, 0.75))
    smaller = r.cell(r.cases[2], "IMPROVEMENT", metric="peak_rss", ratio=0.88)
    return r.report(cells=r.equal_cells(faster, smaller))


def wrong_and_drifted(r: Any) -> Any:
    numerics = (
        r.numeric(r.cases[0]),
        r.numeric(r.cases[3], "WITHIN_TOLERANCE", max_relative_error=2e-7, reason="below 1e-6"),
        r.numeric(
            r.cases[2],
            "DRIFTED",
            max_relative_error=3.1e-4,
            max_ulp=2600,
            reference_error=2.9e-4,
            baseline_reference_error=1.1e-5,
            reason="beyond the tolerance of 1e-5, and farther from float64 than the baseline",
        ),
        r.numeric(r.cases[1], "WRONG", max_relative_error=0.41, reason="3 of 10 values are NaN"),
    )
    slower = r.cell(r.cases[0], "REGRESSION", ratio=1.09, interval=(1.06, 1.12))
    cells = r.equal_cells(slower, r.cell(r.cases[3], "REGRESSION", metric="peak_rss", ratio=1.4))
    return r.report(overall="regression", exit_code=1, cells=cells, numerics=numerics)


def failures_only(r: Any) -> Any:
    failures = (
        *(r.failure(case) for case in r.cases[:3]),
        r.failure(r.cases[3], kind="timeout", reason="no answer within 60 s", detail=""),
    )
    cells = tuple(
        r.cell(case, "NOT_MEASURED", ratio=None, blocks=0, reason="it failed") for case in r.cases
    )
    return r.report(
        overall="nothing-measured", exit_code=3, cells=cells, numerics=(), failures=failures
    )


def nothing_measured(r: Any) -> Any:
    return r.report(
        overall="nothing-measured",
        exit_code=3,
        cells=(),
        numerics=(),
        control=Control(),
        environments=(),
        run={"blocks": 0, "seconds": 3.1, "stopped_by": "nothing"},
    )


def inconclusive_by_budget(r: Any) -> Any:
    open_cell: dict[str, Any] = {
        "verdict": "INCONCLUSIVE",
        "reason": "the interval still holds both no change and +5 %; about 24 more blocks (19 min)",
    }
    cells = (
        r.cell(r.cases[0], ratio=1.04, interval=(0.97, 1.11), **open_cell),
        r.cell(r.cases[1], ratio=1.02, interval=(None, 1.19), **open_cell),
        r.cell(r.cases[2], ratio=0.99, interval=(None, None), **open_cell | {"blocks": 1}),
    )
    run = {"stopped_by": "budget", "seconds": 900.0, "blocks": 6}
    return r.report(overall="partly-measured", exit_code=3, cells=cells, numerics=(), run=run)


def several_candidates(r: Any) -> Any:
    labels = ("2.16.2", "2.18.1", "2.20.0", r.candidate)
    changed = (
        r.cell(r.cases[1], "REGRESSION", ratio=1.8, interval=(1.7, 1.92), candidate="2.16.2"),
        r.cell(r.cases[1], "REGRESSION", ratio=1.21, interval=(1.16, 1.26), candidate="2.18.1"),
        r.cell(r.cases[3], "IMPROVEMENT", ratio=0.9, interval=(0.88, 0.92), candidate="2.20.0"),
        r.cell(r.cases[2], "INCONCLUSIVE", ratio=1.03, interval=(0.9, 1.2), candidate=r.candidate),
        r.cell(r.cases[3], "REGRESSION", ratio=1.02, matters=False, candidate="2.18.1"),
    )
    wrong = r.numeric(r.cases[2], "WRONG", candidate="2.20.0", reason="shape (3,) is not (4,)")
    return r.report(
        overall="regression",
        exit_code=1,
        candidates=labels,
        cells=r.equal_cells(*changed, candidates=labels),
        numerics=(wrong, *(r.numeric(case, candidate=v) for v in labels for case in r.cases[:2])),
    )


def baseline_unavailable(r: Any) -> Any:
    reason = "no Python 3.7 here; install it with: uv python install 3.7"
    gone = r.failure("*", environment=r.baseline, kind="unavailable", reason=reason, detail="")
    cells = tuple(
        r.cell(case, "NOT_MEASURED", ratio=None, blocks=0, reason="the baseline is not available")
        for case in r.cases
    )
    return r.report(
        overall="nothing-measured",
        exit_code=3,
        cells=cells,
        numerics=(),
        failures=(gone,),
        control=Control(),
        run={"blocks": 0, "seconds": 12.0, "stopped_by": "nothing"},
    )


def small_changes(r: Any) -> Any:
    small = {"matters": False, "reason": "real, but smaller than the threshold"}
    cells = r.equal_cells(
        r.cell(r.cases[0], "REGRESSION", ratio=1.031, interval=(1.02, 1.04), **small),
        r.cell(r.cases[3], "IMPROVEMENT", ratio=0.984, interval=(0.975, 0.992), **small),
    )
    return r.report(cells=cells)


def control_flagged(r: Any) -> Any:
    return r.report(control=r.control(flagged=1, floor=0.021), notes=("CPU load rose to 3.1",))


def biased_harness(r: Any) -> Any:
    doubted = r.cell(
        r.cases[1],
        "INCONCLUSIVE",
        metric="peak_rss",
        ratio=1.021,
        interval=(1.018, 1.024),
        reason="+2.1 % is within what two installs of the baseline differ by; measure again",
    )
    biases = (BiasReport(metric="peak_rss", shift=0.012, margin=0.024),)
    control = r.control().model_copy(update={"biases": biases})
    noise = {
        "blocks": 14,
        "others_share": 0.31,
        "queued_share": 0.08,
        "disturbance": "other programs took 31 % of the CPU time",
    }
    return r.report(
        cells=r.equal_cells(doubted), control=control, noise=NoiseReport.model_validate(noise)
    )


def everything_known(r: Any) -> Any:
    leak = r.cell(
        r.cases[0],
        "REGRESSION",
        metric="rss_slope",
        ratio=None,
        difference=24.3 * 2**20,
        interval=(18.0 * 2**20, 31.0 * 2**20),
        unit="bytes per 1,000 calls",
        threshold=8 * 2**20,
        baseline_value=0.0,
        candidate_value=24.3 * 2**20,
    )
    history = ControlHistory(runs=12, controls=264, flagged=0, upper_bound=0.0113)
    control = r.control().model_copy(update={"detectable": 0.031, "history": history})
    counters = (
        r.counter(r.cases[0], "traces", "MORE", 1, 2),
        r.counter(r.cases[0], "graph_nodes", "SAME", 104, 104),
        r.counter("import", "modules", "MORE", 2104, 2870),
        r.counter(r.cases[1], "minor_faults", "NOT_CONSTANT", 80_000, 90_000),
    )
    phases = {"import": 61.0, "timed": 402.0, "untimed": 201.0, "warm_up": 90.0, "waiting": 12.5}
    noise = {"blocks": 14, "stolen_share": 0.001, "others_share": 0.004, "mhz": 2450.0}
    version = VersionReport(
        candidate=r.candidate, word="slower", typical_ratio=1.041, cases=len(r.cases)
    )
    return r.report(
        overall="regression",
        exit_code=1,
        cells=r.equal_cells(leak),
        control=control,
        counters=counters,
        versions=(version,),
        noise=NoiseReport.model_validate(noise),
        run={"phases": phases},
    )


def hostile_names(r: Any) -> Any:
    name = "a|b`c[<img src=x onerror=alert(1)>]"
    bad = "@torvalds fixes #1, GH-2 --> <!-- **bold** https://evil.example"
    bad += " \x1b[31mred\x1b[0m \u202etxt"
    candidates = ("`2`|x", "<script>")
    cells = (
        r.cell(name, "REGRESSION", ratio=1.3, candidate=candidates[0], reason=bad),
        r.cell("\n# heading\n", "INCONCLUSIVE", ratio=1.1, candidate=candidates[1], reason=bad),
        r.cell("``", "EQUIVALENT", candidate=candidates[1]),
    )
    return r.report(
        overall="regression",
        exit_code=1,
        candidates=candidates,
        cells=cells,
        numerics=(r.numeric(name, "WRONG", candidate=candidates[0], reason=bad),),
        failures=(r.failure(name, environment="<b>", kind=bad, reason=bad, detail=f"```\n{bad}"),),
        environments=(
            r.environment(r.baseline, "baseline", package="ev|l"),
            r.environment(candidates[0], "candidate", package="ev|l", packages={bad: "|`"}),
        ),
        machine=Machine(cpu=bad, cores=1, system=bad),
        run={"command": "tfperf compare '```\n</details>'", "id": bad, "started": bad},
        notes=(bad,),
    )


def interrupted(r: Any) -> Any:
    cells = (
        *r.equal_cells()[:4],
        *(
            r.cell(case, "NOT_MEASURED", ratio=None, blocks=0, reason="the run ended before it")
            for case in r.cases[2:]
        ),
    )
    run = {"stopped_by": "interrupted", "seconds": 311.0, "blocks": 4}
    return r.report(overall="partly-measured", exit_code=130, cells=cells, run=run)


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


def on_two_releases(r: Any, **overrides: Any) -> Any:
    """A project at both sides of a pull request, under the baseline and under one more release."""
    labels = (f"{r.baseline} + PR", r.candidate, f"{r.candidate} + PR")
    pairs = {labels[0]: r.baseline, labels[2]: r.candidate}
    subject = SubjectReport(name="my-model", base="1" * 40, head="2" * 40, pairs=pairs)
    cells = r.equal_cells(*overrides.pop("changed", ()), candidates=labels)
    cells = tuple(
        cell.model_copy(update={"against": r.candidate}) if cell.candidate == labels[2] else cell
        for cell in cells
    )
    numerics = tuple(r.numeric(case, candidate=v) for v in labels for case in r.cases[:2])
    environments = (
        r.environment(r.baseline, "baseline"),
        r.environment(r.baseline, "control"),
        *(r.environment(label, "candidate", release=label.split()[0]) for label in labels),
    )
    values = {"numerics": numerics, "environments": environments, "subject": subject}
    return r.report(candidates=labels, cells=cells, **values | overrides)


def pull_request_under_one_release(r: Any) -> Any:
    """A regression of the pull request under one release only, and a difference of the releases."""
    changed = (
        r.cell(
            r.cases[1],
            "REGRESSION",
            ratio=1.231,
            interval=(1.19, 1.28),
            candidate=f"{r.candidate} + PR",
            baseline_value=4.13e-3,
            candidate_value=5.08e-3,
        ),
        r.cell(r.cases[1], "REGRESSION", ratio=1.21, interval=(1.16, 1.26)),
        r.cell(r.cases[3], "IMPROVEMENT", ratio=0.9, interval=(0.88, 0.92)),
    )
    return on_two_releases(r, changed=changed, overall="regression", exit_code=1)


def pull_request_fails(r: Any) -> Any:
    """A case that fails under one release with the pull request only, and a release difference."""
    failing, error = f"{r.candidate} + PR", "ValueError: no layer is called 'dense_1'"
    gone = {"ratio": None, "blocks": 0, "candidate": failing}
    why = f"with this pull request it failed, and not without it: {error}"
    changed = (
        *(
            r.cell(r.cases[2], "NOT_MEASURED", metric=metric, reason=why, **gone)
            for metric in ("step", "peak_rss")
        ),
        r.cell(r.cases[3], "REGRESSION", metric="peak_rss", ratio=1.12, interval=(1.1, 1.13)),
    )
    only = "with this pull request, and not without it"
    failures = (
        r.failure(r.cases[2], environment=failing, reason=f"{only}: {error}", detail=error),
    )
    return on_two_releases(r, changed=changed, failures=failures, overall="regression", exit_code=1)


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


SITUATIONS = {
    make.__name__: make
    for make in (
        all_equal, one_regression, not_failing, improvement_only, wrong_and_drifted, failures_only,
        nothing_measured, inconclusive_by_budget, several_candidates, baseline_unavailable,
        small_changes, control_flagged, biased_harness, everything_known, hostile_names,
        interrupted, other_frameworks, only_other_frameworks, pull_request_under_one_release,
        pull_request_fails, accepted_and_refuted,
    )
}  # fmt: skip


@pytest.fixture(params=SITUATIONS)
def situation(request: pytest.FixtureRequest, reports: SimpleNamespace) -> tuple[str, Report]:
    """A name and its report, one after the other."""
    return request.param, SITUATIONS[request.param](reports)
