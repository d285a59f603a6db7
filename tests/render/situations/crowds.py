"""Situations of many versions, many cells, and names that mean no good."""

from typing import Any

from bot.core.conclusion import decide_again
from bot.core.report import Control
from bot.core.run_facts import Machine


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


RELEASES = tuple(
    [f"1.{minor}.0" for minor in range(2, 16)] + [f"2.{minor}.0" for minor in range(26)]
)


def forty_releases(r: Any) -> Any:
    """Every minor release from 1.2 to 2.25: one case is slower since one of them."""
    since = RELEASES.index("2.9.0")
    slower = tuple(
        r.cell(
            r.cases[1], "REGRESSION", ratio=1.2 + at / 100, interval=(1.15, 1.9), candidate=label
        )
        for at, label in enumerate(RELEASES)
        if at >= since
    )
    unsure = tuple(
        r.cell(r.cases[2], "INCONCLUSIVE", ratio=1.04, interval=(0.9, 1.2), candidate=label)
        for label in RELEASES[:3]
    )
    cells = r.equal_cells(*slower, *unsure, candidates=RELEASES)
    numerics = tuple(r.numeric(case, candidate=v) for v in RELEASES for case in r.cases[:2])
    return decide_again(r.report(candidates=RELEASES, cells=cells, numerics=numerics))


def five_thousand_cells(r: Any) -> Any:
    """More rows than any comment holds, of every kind."""
    verdicts = ("REGRESSION", "IMPROVEMENT", "INCONCLUSIVE", *["EQUIVALENT"] * 7)
    ratios = {"REGRESSION": 1.2, "IMPROVEMENT": 0.8}
    names = tuple(f"workload_{at // 20}[case_{at % 20}]" for at in range(1_250))
    metrics = ("step", "first_call", "build", "peak_rss")
    cells = tuple(
        r.cell(
            name,
            verdict := verdicts[(at * 4 + place) % len(verdicts)],
            metric=metric,
            ratio=ratios.get(verdict, 1.004),
        )
        for at, name in enumerate(names)
        for place, metric in enumerate(metrics)
    )
    numerics = tuple(r.numeric(name) for name in names)
    report = r.report(cases=names, cells=cells, numerics=numerics, control=Control())
    return decide_again(report)
