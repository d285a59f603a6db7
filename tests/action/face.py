"""What users see of the action: the tables of its inputs and outputs, made from action.yml."""

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def definition() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return loaded


def inputs_table() -> str:
    """Return the Markdown table that documents the inputs."""
    rows = [
        f"| `{name}` | {_code(each.get('default', ''))} | {each['description']} |"
        for name, each in definition()["inputs"].items()
    ]
    return "\n".join(["| input | default | meaning |", "|---|---|---|", *rows]) + "\n"


def outputs_table() -> str:
    """Return the Markdown table that documents the outputs."""
    rows = [
        f"| `{name}` | {each['description']} |" for name, each in definition()["outputs"].items()
    ]
    return "\n".join(["| output | meaning |", "|---|---|", *rows]) + "\n"


def _code(default: str) -> str:
    return f"`{default}`" if default else ""


if __name__ == "__main__":
    sys.stdout.write(f"{inputs_table()}\n{outputs_table()}")
