"""Situations of a project at both sides of a pull request."""

from typing import Any

from bot.core.report import SubjectReport


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
