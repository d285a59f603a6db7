"""Owns the modes of the action: the tool is run, then its files become outputs and summary."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import mkdtemp

from bot.action import arguments
from bot.action.hiding import deciding_environ, measuring_environ, publishing_environ
from bot.action.inputs import path, text
from bot.action.outputs import alarm_outputs, gate_outputs, outputs, plan_outputs
from bot.action.runner import annotate, run_tool, write_outputs, write_summary
from bot.errors import BadRunFolder, ExitCode

Environ = Mapping[str, str]
NOT_FOR_A_PART = {ExitCode.REGRESSION, ExitCode.PARTLY_MEASURED}
"""How a run ends whose results are judged elsewhere: by the report that all parts go into."""


def compare(environ: Environ) -> int:
    """Measure; the step ends as the tool did, once outputs and summary are written."""
    run_dir = _new_run(environ)
    code = _measure(environ, arguments.compare_arguments(environ, run_dir))
    _conclude(environ, run_dir)
    return code


def gate(environ: Environ) -> int:
    """Decide where the code of this event may be measured; nothing of it is run here."""
    decision = path(environ, "gate", "tfperf-gate.json")
    code = run_tool(arguments.gate_arguments(environ, decision), deciding_environ(environ))
    if code == ExitCode.NOTHING_TO_ACT_ON:
        write_outputs(environ, gate_outputs(decision))
    return code


def plan(environ: Environ) -> int:
    """Plan what several jobs share."""
    where = path(environ, "plan", "tfperf-plan/plan.json")
    where.parent.mkdir(parents=True, exist_ok=True)
    code = _measure(environ, arguments.plan_arguments(environ, where))
    if code == ExitCode.NOTHING_TO_ACT_ON:
        write_outputs(environ, plan_outputs(where))
    return code


def run(environ: Environ) -> int:
    """Measure one part of a plan; a part has no verdict."""
    where, run_dir = path(environ, "plan", "tfperf-plan/plan.json"), _run_dir(environ)
    if not where.is_file():
        raise BadRunFolder(
            "there is no plan",
            where=str(where),
            cause="the input `plan` is not the path of a plan, or no artifact was downloaded",
            next_step="download the artifact of the job that planned first",
        )
    code = _measure(environ, arguments.run_arguments(environ, where, run_dir))
    write_outputs(environ, {"run-dir": str(run_dir)})
    return _of_a_part(code, run_dir)


def report(environ: Environ) -> int:
    """Merge all parts, or add what a second measurement said; the step ends by the verdict."""
    run_dir = _run_dir(environ) if text(environ, "confirmation") else _new_run(environ)
    code = _measure(environ, arguments.report_arguments(environ, run_dir))
    found = _conclude(environ, run_dir)
    if code == ExitCode.REGRESSION and found["confirm"] == "true":
        annotate("notice", "alarms are measured again on a fresh runner before anything fails")
        return ExitCode.NOTHING_TO_ACT_ON
    return code


def confirm(environ: Environ) -> int:
    """Measure the alarms of a run again; what it means, the next report says."""
    run_dir = _new_run(environ)
    code = _measure(environ, arguments.confirm_arguments(environ, run_dir))
    write_outputs(environ, {"run-dir": str(run_dir)})
    return _of_a_part(code, run_dir)


def publish(environ: Environ) -> int:
    """Write the comment about a finished run, which another job may have filled with anything.

    What lies in its folder was written by that job: outputs and summary are of what was published.
    """
    if text(environ, "run-dir") and not (report := _run_dir(environ) / "report.json").is_file():
        raise BadRunFolder(
            "there is no report to publish",
            where=str(report),
            cause="the input `run-dir` is not the folder of a run, or nothing was measured",
            next_step="download the run's artifact first, and give its folder as `run-dir`",
        )
    published = Path(mkdtemp(prefix="tfperf-published-", dir=environ.get("RUNNER_TEMP")))
    command = arguments.publish_arguments(environ, published)
    code = run_tool(command, publishing_environ(environ))
    _show(environ, published, outputs(published))
    if code == ExitCode.PUBLISHING_FAILED:
        annotate("warning", "the comment was not written, see the log; the verdict stands")
    return code


def answer(environ: Environ) -> int:
    """Obey the command in a comment."""
    code = run_tool(arguments.answer_arguments(environ), publishing_environ(environ))
    if code == ExitCode.PUBLISHING_FAILED:
        annotate("warning", "the command was not answered, see the log")
    return code


MODES: dict[str, Callable[[Environ], int]] = {
    mode.__name__: mode for mode in (compare, gate, plan, run, report, confirm, publish, answer)
}


def _measure(environ: Environ, command: list[str]) -> int:
    named = arguments.named_environ(environ) if command[0] in {"compare", "plan"} else {}
    return run_tool(command, {**measuring_environ(environ), **named})


def _conclude(environ: Environ, run_dir: Path) -> dict[str, str]:
    found = outputs(run_dir) | alarm_outputs(run_dir)
    _show(environ, run_dir, found)
    return found


def _show(environ: Environ, run_dir: Path, found: Mapping[str, str]) -> None:
    write_outputs(environ, found)
    if (summary := run_dir / "summary.md").is_file():
        write_summary(environ, summary)


def _of_a_part(code: int, run_dir: Path) -> int:
    is_told = code in NOT_FOR_A_PART and (run_dir / "plan.json").is_file()
    return ExitCode.NOTHING_TO_ACT_ON if is_told else code


def _run_dir(environ: Environ) -> Path:
    return path(environ, "run-dir", "tfperf-run")


def _new_run(environ: Environ) -> Path:
    run_dir = _run_dir(environ)
    if (run_dir / "report.json").exists():
        raise BadRunFolder(
            "the folder already holds the report of another run",
            where=str(run_dir),
            cause="the action ran before in this job, or the runner keeps its workspace",
            next_step="give every use of the action its own `run-dir`",
        )
    return run_dir
