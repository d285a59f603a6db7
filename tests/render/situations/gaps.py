"""Situations in which not everything could be measured, decided or trusted."""

from typing import Any

from bot.core.conclusion import decide_again
from bot.core.report import BiasReport, Control, ShardReport
from bot.core.run_facts import NoiseReport


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


def some_fail(r: Any) -> Any:
    """One case fails in the candidate alone, and one everywhere."""
    gone = {"verdict": "NOT_MEASURED", "ratio": None, "blocks": 0, "reason": "it failed"}
    killed = {"kind": "signal", "reason": "killed by SIGSEGV", "advice": ""}
    native = "Fatal Python error: Segmentation fault"
    failures = (
        r.failure(r.cases[2]),
        r.failure(r.cases[3], environment=r.baseline, detail=native, **killed),
        r.failure(r.cases[3], detail=native, **killed),
    )
    cells = r.equal_cells(
        *(r.cell(case, metric=m, **gone) for case in r.cases[2:] for m in ("step", "peak_rss"))
    )
    return decide_again(r.report(cells=cells, failures=failures, numerics=()))


def missing_interpreter(r: Any) -> Any:
    """One of two candidates has no Python here."""
    labels = ("2.3.4", r.candidate)
    reason = "no Python 3.8 here; install it with: uv python install 3.8"
    gone = r.failure("*", environment=labels[0], kind="unavailable", reason=reason, detail="")
    cells = r.equal_cells(
        *(
            r.cell(case, "NOT_MEASURED", metric=metric, ratio=None, blocks=0, reason=reason,
                   candidate=labels[0])
            for case in r.cases
            for metric in ("step", "peak_rss")
        ),
        candidates=labels,
    )  # fmt: skip
    numerics = tuple(r.numeric(case) for case in r.cases)
    return decide_again(
        r.report(candidates=labels, cells=cells, numerics=numerics, failures=(gone,))
    )


def budget_used_up(r: Any) -> Any:
    """Half of the cases are decided when the time is over."""
    open_cell = {
        "verdict": "INCONCLUSIVE",
        "reason": "the interval still holds both no change and +5 %; about 24 more blocks (19 min)",
    }
    cells = r.equal_cells(
        r.cell(r.cases[2], ratio=1.02, interval=(None, 1.19), **open_cell),
        r.cell(r.cases[3], ratio=1.03, interval=(0.97, 1.11), **open_cell),
    )
    run = {"stopped_by": "budget", "seconds": 900.0, "blocks": 9}
    return decide_again(r.report(cells=cells, run=run))


def interrupted_and_resumed(r: Any) -> Any:
    """A run that was stopped, and continued later to its end."""
    run = {"resumed": 6, "seconds": 903.0}
    note = "resumed after 6 blocks: what was measured of the block after them was set aside"
    return decide_again(r.report(run=run, notes=(note,)))


def partial_shards(r: Any) -> Any:
    """Three machines were to measure, and one of them was lost."""
    machine = r.report().machine
    other = machine.model_copy(update={"cpu": "Intel Xeon 8370C"})
    shards = tuple(
        ShardReport(number=n, machine=m, blocks=b, seconds=610.0, stopped_by="decided")
        for n, m, b in ((1, machine, 6), (3, other, 5))
    )
    notes = ("part 2 of 3 is missing: its machine left nothing behind",)
    cell = r.cell(
        r.cases[0], "INCONCLUSIVE", ratio=1.02, interval=(0.97, 1.07), blocks=11,
        reason="the interval still holds both no change and +5 %",
    )  # fmt: skip
    run = {"blocks": 11, "seconds": 610.0}
    report = r.report(cells=r.equal_cells(cell), shards=shards, notes=notes, run=run)
    return decide_again(report)
