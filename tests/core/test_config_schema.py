"""The description of the configuration agrees with what is read, for editors and for people."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.core.config import KEYS, Config, load
from bot.core.config_schema import reference, schema

DOCS = Path(__file__).parents[2] / "docs"


def accepts(text: str) -> bool:
    validator = jsonschema.Draft202012Validator(schema())
    return bool(validator.is_valid(yaml.safe_load(text)))


def test_the_schema_on_file_is_current() -> None:
    written = json.loads((DOCS / "tfperf.schema.json").read_text(encoding="utf-8"))
    assert written == schema(), "write bot.core.config_schema.schema() to docs/tfperf.schema.json"


def test_the_table_on_file_is_current() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert reference() in page, "paste bot.core.config_schema.reference() into the page"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_described_with_a_default_and_examples_that_are_read(key: str) -> None:
    shape: dict[str, Any] = schema()["properties"][key]
    assert shape["description"].endswith(".")
    defaults = load(json.dumps({key: shape["default"]}), source="x", environ={}, overrides={})
    assert defaults == Config()
    for example in shape.get("examples", []):
        text = json.dumps({key: example})
        load(text, source="x", environ={}, overrides={})
        assert accepts(text)


GOOD = """
versions: [2.10, 2.15.1, 2.21.0@3.13, tensorflow-cpu==2.9.3, {tensorflow: 2.21.0, with: [a==1]},
  2.9..2.21, latest-3, every-minor, 2.16.*, tf-nightly, torch==2.5.1, {python: 3.12},
  {existing: a b}, "wheel:a/tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl",
  {numpy: 1.26.4, python: 3.11}]
threshold: {step: 3%, peak_rss: 0.1}
python: 3.10
workloads: mnist*
knobs: {TF_ENABLE_ONEDNN_OPTS: 0}
fail-on: [wrong]
threads: all
seed: 5
"""
BAD = [
    "versions: [newest]",
    "versions: []",
    "versions: [{with: [a==1]}]",
    "versions: [{existing: a, wheel: b}]",
    "versions: [2.9...2.21]",
    "versions: [{torch: 2.5.1, numpy: 1.26.4}]",
    "versions: [{tensorflow: 2.1, pyton: '3.11'}]",
    "versions: [{tensorflow: 2.15.1, knobs: {PYTHONPATH: x}}]",
    "threshold: 5",
    "threshold: {speed: 5%}",
    "budget: 90",
    "budget: ''",
    "device: tpu",
    "knobs: {PYTHONPATH: x}",
    "fail-on: [drift]",
    "most-blocks: 2",
    "threads: some",
    "python: '2.7'",
    "bugdet: 5m",
]


def test_an_editor_and_the_tool_accept_the_same_file() -> None:
    assert accepts(GOOD)
    load(GOOD, source="x", environ={}, overrides={})


@pytest.mark.parametrize("text", BAD)
def test_an_editor_underlines_mistakes(text: str) -> None:
    assert not accepts(text)


def test_an_empty_list_of_versions_needs_a_project() -> None:
    assert accepts("versions: []\nsubject: .")


@pytest.mark.parametrize("name", ["configuration.md", "environments.md"])
def test_the_examples_of_the_page_are_read(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```yaml\n")[1:]]
    assert blocks
    for block in blocks:
        load(block, source=name, environ={}, overrides={})
        assert accepts(block)


def test_everything_that_can_be_asked_for_can_be_read_and_accepted() -> None:
    page = (DOCS / "environments.md").read_text(encoding="utf-8")
    rows = page.partition("| written |")[2].partition("\n\n")[0].splitlines()[2:]
    asked = [text for row in rows for text in re.findall("`([^`]+)`", row.split("|")[1])]
    named = "tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl"
    texts = [
        text.replace("wheel:PATH", f"wheel:{named}").replace("https://…", f"https://a.org/{named}")
        for text in asked
    ]
    assert len(texts) > len(rows) > 10
    assert len(load(json.dumps({"versions": texts}), source="x", environ={}, overrides={}).versions)
    assert accepts(json.dumps({"versions": texts}))
