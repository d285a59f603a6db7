"""Situations in which the cells and the results make the difference."""

from typing import Any

from bot.core.conclusion import decide_again
from bot.core.report import ControlHistory, VersionReport
from bot.core.run_facts import NoiseReport


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


def small_changes(r: Any) -> Any:
    small = {"matters": False, "reason": "real, but smaller than the threshold"}
    cells = r.equal_cells(
        r.cell(r.cases[0], "REGRESSION", ratio=1.031, interval=(1.02, 1.04), **small),
        r.cell(r.cases[3], "IMPROVEMENT", ratio=0.984, interval=(0.975, 0.992), **small),
    )
    return r.report(cells=cells)


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


def drifted(r: Any) -> Any:
    """Nothing got slower, and the results are others; one workload fails on neither."""
    numeric = r.numeric(
        r.cases[3],
        "DRIFTED",
        max_relative_error=3.1e-4,
        max_ulp=2600,
        reference_error=2.9e-4,
        baseline_reference_error=1.1e-5,
        reason="beyond the tolerance of 1e-5, and farther from float64 than the baseline",
    )
    odd = r.numeric(r.cases[2], "NON_DETERMINISTIC", reason="'loss' was another the second time")
    return decide_again(r.report(numerics=(r.numeric(r.cases[0]), odd, numeric)))


def import_slower(r: Any) -> Any:
    """The import, which is no case, takes longer and leaves more in memory."""
    seconds = {"baseline_wall_seconds": 1.9, "candidate_wall_seconds": 2.6}
    cells = (
        r.cell("import", "REGRESSION", metric="import", ratio=1.31, **seconds),
        r.cell(
            "import", "REGRESSION", metric="import_rss", unit="bytes", ratio=1.17,
            baseline_value=298e6, candidate_value=349e6,
        ),
        r.cell(r.cases[3], "REGRESSION", metric="build", ratio=1.44),
        *(r.cell(case) for case in r.cases),
    )  # fmt: skip
    return decide_again(r.report(cells=cells))
