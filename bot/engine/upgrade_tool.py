"""Owns a call of `tf_upgrade_v2`: TensorFlow's own tool, run on a copy of a script."""

from collections.abc import Mapping
from pathlib import Path

from bot.engine import child
from bot.engine.arming import PASSED_ON
from bot.engine.ending import exit_text, last_lines, last_words

DEADLINE_SECONDS = 180.0
"""It imports TensorFlow, which takes a while on a machine that has not done so before."""

NAME = "tf_upgrade_v2"


def tool_of(prefix: Path) -> Path | None:
    """Return the tool of an environment; releases before 1.13 have none."""
    tool = prefix / "bin" / NAME
    return tool if tool.is_file() else None


def upgrade(
    script: Path,
    *,
    copy: Path,
    report: Path,
    python: Path,
    tool: Path,
    environ: Mapping[str, str],
) -> str | None:
    """Write the upgraded copy and the tool's report, or return why that could not be done."""
    command = [str(python), "-s", "-B", str(tool)]
    files = ["--infile", str(script), "--outfile", str(copy), "--reportfile", str(report)]
    log = report.with_suffix(".log")
    code = child.run(
        [*command, *files],
        environ={
            **{name: environ[name] for name in PASSED_ON if name in environ},
            "CUDA_VISIBLE_DEVICES": "-1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        },
        log=log,
        deadline_seconds=DEADLINE_SECONDS,
        folder=copy.parent,
    )
    if code is None:
        return f"it did not end within {DEADLINE_SECONDS:g} s"
    if code == 0 and copy.is_file():
        return None
    return last_lines(last_words(log), most=1) or f"it ended with {exit_text(code)}"
