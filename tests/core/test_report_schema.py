import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.core.report import Report

DOCS = Path(__file__).parents[2] / "docs"
KEPT = DOCS / "report.schema.json"
RENEW = "renew it with the command in docs/report.md"
SMALLEST = {
    "tool_version": "0.1.0",
    "overall": "nothing-measured",
    "baseline": "2.15.1",
    "candidates": ["2.21.0"],
    "cases": [],
    "cells": [],
    "numerics": [],
    "failures": [],
    "control": {},
    "environments": [],
    "machine": {},
    "run": {
        "id": "1", "started": "2026-11-20T10:30:00Z", "seconds": 1.0, "budget_seconds": 60.0,
        "blocks": 0, "command": "tfperf compare 2.15.1 2.21.0", "seed": 1,
    },
    "rule": {
        "threshold": 0.05, "alpha": 0.01, "cells": 4, "most_blocks": 30, "fail_on": ["regression"],
        "dependencies": "release-date", "device": "cpu", "threads": 2,
    },
    "exit_code": 3,
}  # fmt: skip


def models() -> dict[str, dict[str, Any]]:
    schema = Report.model_json_schema(by_alias=True)
    named = {"Report": schema, **schema["$defs"]}
    return {name: model for name, model in named.items() if "properties" in model}


def test_the_schema_in_the_documentation_is_current() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))

    assert kept == Report.model_json_schema(by_alias=True), f"{KEPT} is out of date: {RENEW}"


@pytest.mark.parametrize("model", models())
def test_every_field_is_documented(model: str) -> None:
    _, _, rest = (DOCS / "report.md").read_text(encoding="utf-8").partition(f"\n## {model}\n")
    section, _, _ = rest.partition("\n## ")

    documented = {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}
    assert documented == set(models()[model]["properties"]), f"docs/report.md, section {model}"


def test_a_report_as_it_is_written_obeys_the_schema() -> None:
    written = json.loads(Report.model_validate(SMALLEST).model_dump_json(by_alias=True))

    jsonschema.validate(written, json.loads(KEPT.read_text(encoding="utf-8")))


def test_what_is_not_in_the_schema_is_refused() -> None:
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(
            SMALLEST | {"surprise": 1}, json.loads(KEPT.read_text(encoding="utf-8"))
        )
