"""Owns how the configuration is described: a JSON Schema for editors, a table for people."""

import json
from typing import Any

from bot.core.config import Config
from bot.core.config_source import PREFIX

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_WITHOUT_SUBJECT = {
    "if": {"not": {"required": ["subject"]}},
    "then": {"properties": {"versions": {"minItems": 1}}},
}
"""Without a project of one's own, there is nothing to compare under the baseline alone."""


def schema() -> dict[str, Any]:
    """Make the JSON Schema of `tfperf.yml`, every key with its meaning, default and examples."""
    made = Config.model_json_schema(by_alias=True)
    # What is one value inside is also one key of the file: a reader needs no title beside it.
    properties = {key: _untitled(shape) for key, shape in made["properties"].items()}
    return {"$schema": _DIALECT, **made, "properties": properties, **_WITHOUT_SUBJECT}


def reference() -> str:
    """Make the table of every key for `docs/configuration.md`."""
    rows = ["| key | default | variable | meaning |", "|---|---|---|---|"]
    for key, shape in schema()["properties"].items():
        variable = PREFIX + key.upper().replace("-", "_")
        default = _written(shape["default"])
        rows.append(f"| `{key}` | {default} | `{variable}` | {shape['description']} |")
    return "\n".join(rows) + "\n"


def _untitled(shape: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shape.items() if name != "title"}


def _written(default: object) -> str:
    if default is None:
        return "none"
    written = default if isinstance(default, str) else json.dumps(default)
    return f"`{written}`"
