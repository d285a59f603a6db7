"""Reports for tests: factories with defaults, so that a test states only what matters to it."""

import itertools
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cmarkgfm  # type: ignore[import-untyped]
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]

from bot.core.framework_rows import ReferenceReport, ReferenceResult
from bot.core.metric import METRICS
from bot.core.report import (
    CellReport,
    Control,
    ControlCell,
    CounterReport,
    FailureReport,
    NumericReport,
    Report,
)
from bot.core.run_facts import EnvironmentReport, Machine, RuleReport, RunFacts

BASELINE, CANDIDATE = "2.15.1", "2.21.0"
CASES = ("mnist_mlp[train_step]", "mnist_mlp[predict_one]", "keras_lstm[fit]", "matmul[512]")


def cell_of(case: str = CASES[0], verdict: str = "EQUIVALENT", **overrides: Any) -> CellReport:
    ratio = overrides.get("ratio", 1.004)
    size = overrides.get("metric") == "peak_rss"
    base = 431e6 if size else 3.41e-3
    values = {
        "case": case,
        "metric": "step",
        "candidate": CANDIDATE,
        "verdict": verdict,
        "ratio": ratio,
        "interval": (0.985 * ratio, 1.02 * ratio) if ratio else (None, None),
        "blocks": 9,
        "reason": "both sides of the threshold are ruled out",
        "baseline_value": base if ratio else None,
        "candidate_value": base * ratio if ratio else None,
        "unit": "bytes" if size else "seconds",
        "threshold": 0.05,
        "matters": verdict in {"REGRESSION", "IMPROVEMENT"},
    }
    return CellReport.model_validate(values | overrides)


def numeric_of(case: str = CASES[0], verdict: str = "IDENTICAL", **overrides: Any) -> NumericReport:
    values = {"case": case, "candidate": CANDIDATE, "verdict": verdict, "reason": "same bits"}
    return NumericReport.model_validate(values | overrides)


def failure_of(case: str = CASES[0], **overrides: Any) -> FailureReport:
    values = {
        "case": case,
        "environment": CANDIDATE,
        "kind": "exception",
        "reason": "AttributeError: module 'keras' has no attribute 'src'",
        "detail": 'Traceback (most recent call last):\n  File "keras_lstm.py", line 31, in build\n'
        "AttributeError: module 'keras' has no attribute 'src'",
    }
    return FailureReport.model_validate(values | overrides)


def control_of(*, flagged: int = 0, floor: float = 0.0041) -> Control:
    cells = tuple(
        ControlCell(
            case=case,
            metric="step",
            flagged=index < flagged,
            ratio=1.062 if index < flagged else 1.003,
            interval=(1.03, 1.09) if index < flagged else (0.98, 1.02),
            blocks=14,
        )
        for index, case in enumerate(CASES)
    )
    return Control(cells=cells, flagged=flagged, noise_floor=floor)


def counter_of(case: str, counter: str, comparison: str, before: int, after: int) -> CounterReport:
    values = {"baseline_value": before, "candidate_value": after, "comparison": comparison}
    return CounterReport.model_validate(
        {"case": case, "candidate": CANDIDATE, "counter": counter, **values}
    )


def reference_of(
    case: str, metric: str, ratio: float | None, reference: str, **overrides: Any
) -> ReferenceReport:
    size = metric == "peak_rss"
    base = 431e6 if size else 3.41e-3
    values = {
        "case": case,
        "metric": metric,
        "reference": reference,
        "ratio": ratio,
        "interval": (0.985 * ratio, 1.02 * ratio) if ratio else (None, None),
        "blocks": 12 if ratio else 0,
        "baseline_value": base if ratio else None,
        "reference_value": base * ratio if ratio else None,
        "unit": "bytes" if size else "seconds",
    }
    return ReferenceReport.model_validate(values | overrides)


def likeness_of(case: str, word: str, reference: str, **overrides: Any) -> ReferenceResult:
    values = {"case": case, "reference": reference, "word": word, "reason": "as computed"}
    return ReferenceResult.model_validate(values | overrides)


def environment_of(label: str, role: str, **overrides: Any) -> EnvironmentReport:
    is_old = label < "2.16"
    release = (label.partition("==")[2] or label).partition(" ")[0]
    packages = {"tensorflow": release, "numpy": "1.26.4" if is_old else "2.4.1", "six": "1.17.0"}
    packages |= {"ml-dtypes": "0.3.2"} if is_old else {"ml-dtypes": "0.5.4", "namex": "0.1.0"}
    values = {
        "label": label,
        "role": role,
        "package": "tensorflow",
        "release": release,
        "python": "3.11",
        "packages": packages | {"keras": "2.15.0" if is_old else "3.12.0"},
        "git_version": f"v{label}-0-g{'1a2b3c4' if is_old else '5d6e7f8'}",
        "compiler": "Clang 17.0.6",
    }
    return EnvironmentReport.model_validate(values | overrides)


def report_of(**overrides: Any) -> Report:
    candidates = overrides.get("candidates", (CANDIDATE,))
    run = {
        "id": "20261120-1030-7f3a",
        "started": "2026-11-20T10:30:00Z",
        "seconds": 842.0,
        "budget_seconds": 900.0,
        "blocks": 14,
        "command": f"tfperf compare {BASELINE} {' '.join(candidates)} --seed 42",
        "seed": 42,
        "stopped_by": "decided",
    }
    rule = {
        "threshold": 0.05,
        "thresholds": {
            name: metric.threshold
            for name, metric in METRICS.items()
            if name not in {"wall", "cpu", "device_memory"}
        },
        "alpha": 0.01,
        "cells": 8,
        "most_blocks": 30,
        "fail_on": ("regression", "wrong"),
        "dependencies": "release-date",
        "device": "cpu",
        "threads": 2,
        "knobs": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    }
    values: dict[str, Any] = {
        "tool_version": "0.1.0",
        "overall": "clean",
        "baseline": BASELINE,
        "candidates": candidates,
        "cases": CASES,
        "cells": equal_cells(),
        "numerics": tuple(numeric_of(case) for case in CASES),
        "failures": (),
        "control": control_of(),
        "environments": (
            environment_of(BASELINE, "baseline"),
            environment_of(BASELINE, "control"),
            *(environment_of(label, "candidate") for label in candidates),
        ),
        "machine": Machine(
            cpu="AMD EPYC 7763", cores=4, memory_bytes=16 << 30, system="Linux 6.8 x86_64"
        ),
        "exit_code": 0,
    }
    run |= overrides.pop("run", {})
    values |= {"run": RunFacts.model_validate(run), "rule": RuleReport.model_validate(rule)}
    return Report.model_validate(values | overrides)


def equal_cells(
    *changed: CellReport, candidates: tuple[str, ...] = (CANDIDATE,)
) -> tuple[CellReport, ...]:
    """Every case unchanged in step and peak memory, except for the changed cells."""
    cells = {(cell.case, str(cell.metric), cell.candidate): cell for cell in changed}
    for place in itertools.product(CASES, ("step", "peak_rss"), candidates):
        case, metric, candidate = place
        cells.setdefault(place, cell_of(case, metric=metric, candidate=candidate))
    return tuple(cells.values())


@pytest.fixture(scope="session")
def reports() -> SimpleNamespace:
    """Factories of reports and their parts."""
    return SimpleNamespace(
        report=report_of, cell=cell_of, numeric=numeric_of, failure=failure_of, control=control_of,
        counter=counter_of, reference=reference_of, likeness=likeness_of,
        environment=environment_of, equal_cells=equal_cells,
        baseline=BASELINE, candidate=CANDIDATE, cases=CASES,
    )  # fmt: skip


class Html(HTMLParser):
    """What a reader sees: cells of tables, text that GitHub may link, and every tag."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.cells: list[str] = []
        self.codes: list[str] = []
        self.linkable = ""
        self._open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "br":
            return
        self.attributes.update(name for name, _ in attrs)
        if tag in {"td", "th"}:
            self.cells.append("")
        if tag == "code":
            self.codes.append("")
        self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"a stray </{tag}>"

    def handle_comment(self, data: str) -> None:
        self.tags.add("comment")

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self._open):
            self.cells[-1] += data
        if "code" in self._open:
            self.codes[-1] += data
        else:
            self.linkable += data


@pytest.fixture(scope="session")
def read_markdown() -> Callable[[str], Html]:
    """Render as GitHub does, raw tags included, and look at the page."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS
    extensions = ["table", "strikethrough", "autolink", "tasklist"]

    def read(text: str) -> Html:
        return Html(cmarkgfm.markdown_to_html_with_extensions(text, options, extensions))

    return read


@pytest.fixture
def assert_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with its golden file, or write that anew."""

    def check(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if request.config.getoption("update_golden", default=False):
            path.write_text(text, encoding="utf-8")
        expected = path.read_text(encoding="utf-8") if path.exists() else ""
        assert text == expected, (
            f"differs from {path}; when the new text is better: pytest tests/render --update-golden"
        )

    return check


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")
