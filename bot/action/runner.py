"""Owns talking to the runner: output and summary files, annotations, what it must not obey."""

import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.errors import BadConfiguration

LARGEST_SUMMARY_BYTES = 2**20 - 2**12
"""GitHub drops a step's whole summary above 1 MiB."""


def write_outputs(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Set the outputs of the step."""
    _append(environ, "GITHUB_OUTPUT", output_text(values))


def write_summary(environ: Mapping[str, str], file: Path) -> None:
    """Show a Markdown file on the run's page."""
    size = file.stat().st_size
    text = f"The summary has {size} bytes, more than GitHub shows: see `{file.name}` of the run.\n"
    if size <= LARGEST_SUMMARY_BYTES:
        text = file.read_text(encoding="utf-8")
    _append(environ, "GITHUB_STEP_SUMMARY", text)


def output_text(values: Mapping[str, str]) -> str:
    """Return the lines for GITHUB_OUTPUT; no value can end its own block."""
    text = ""
    for name, value in values.items():
        end = f"end-{secrets.token_hex(16)}"
        text += f"{name}<<{end}\n{value}\n{end}\n"
    return text


def annotate(level: str, message: str) -> None:
    """Show a message on the run's page."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    _say(f"::{level} title=tf-perf-bot::{escaped}\n")


def run_tool(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run the tool; while it speaks, the runner takes nothing it says for a command."""
    resume = secrets.token_hex(16)
    _say(f"::stop-commands::{resume}\n")
    try:
        with (
            subprocess.Popen(
                [sys.executable, "-I", "-m", "bot", *arguments],
                env=dict(environ),
                stdin=subprocess.DEVNULL,
            ) as process,
            _signals_passed_to(process),
        ):
            code = process.wait()
    finally:
        _say(f"\n::{resume}::\n")
    return code if code >= 0 else 128 - code


@contextmanager
def _signals_passed_to(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand a cancelled job's signals on, so that the tool can save what it has."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [
        signal.signal(each, lambda number, _: process.send_signal(number)) for each in signals
    ]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def _append(environ: Mapping[str, str], name: str, text: str) -> None:
    if not (path := environ.get(name)):
        raise BadConfiguration(
            f"{name} is not set",
            where="environment",
            cause="this is no step of a GitHub Actions job",
            next_step="use the command `tfperf` outside of GitHub Actions",
        )
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
