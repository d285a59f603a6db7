"""A small GitHub runner: executes the steps of a real action.yml with bash and real files.

Expressions are evaluated by GitHub's own evaluator (`evaluate.mjs`); what this runner cannot do, it
refuses: `uses:` steps, other shells, unknown inputs.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS_FUNCTION = re.compile(r"\b(success|failure|always|cancelled)\s*\(")
BASH = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]
COMMAND_FILES = tuple(
    f"GITHUB_{name}" for name in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH", "STATE")
)
STEP_KEYS = {"name", "id", "if", "shell", "env", "run"}


class Evaluator:
    """A running `evaluate.mjs`."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            ["node", "evaluate.mjs"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def evaluate(self, text: str, contexts: Mapping[str, Any], status: str) -> str:
        return self._ask(text, contexts, status)["value"]

    def value(self, template: object, contexts: Mapping[str, Any], status: str) -> Any:
        """Return what one `${{ }}` stands for, objects included; other templates as they are."""
        found = EXPRESSION.fullmatch(template) if isinstance(template, str) else None
        if found is None:
            return template
        return json.loads(self._ask(found.group(1), contexts, status)["json"])

    def _ask(self, text: str, contexts: Mapping[str, Any], status: str) -> dict[str, str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = {"text": text.strip(), "contexts": contexts, "job_status": status}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer: dict[str, str] = json.loads(self.process.stdout.readline())
        assert "error" not in answer, f"{text}: {answer}"
        return answer

    def holds(self, condition: object, contexts: Mapping[str, Any], status: str) -> bool:
        """Whether an `if:` lets a step or a job run."""
        text = EXPRESSION.sub(r"\1", str(condition))
        if not STATUS_FUNCTION.search(text):
            text = f"success() && ({text})"
        return self.evaluate(f"!!({text})", contexts, status) == "true"

    def fill(self, template: object, contexts: Mapping[str, Any], status: str) -> str:
        """Replace every `${{ }}` of a text."""
        return EXPRESSION.sub(
            lambda found: self.evaluate(found.group(1), contexts, status), str(template)
        )

    def close(self) -> None:
        self.process.communicate()


@dataclass(kw_only=True)
class Ran:
    """What a use of the action left behind."""

    status: str = "success"
    exit_code: int = 0
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    log: str = ""
    steps: list[str] = field(default_factory=list)

    def commands(self) -> list[str]:
        """Return the workflow commands in the log that a runner would obey."""
        obeyed, resume = [], None
        for line in self.log.splitlines():
            if resume is not None:
                resume = None if line == f"::{resume}::" else resume
            elif line.startswith("::stop-commands::"):
                resume = line.removeprefix("::stop-commands::")
            elif line.startswith("::"):
                obeyed.append(line)
        return obeyed


@dataclass(kw_only=True)
class MiniRunner:
    evaluator: Evaluator
    action: Path
    workspace: Path
    temp: Path
    environ: dict[str, str]
    github: dict[str, Any] = field(default_factory=dict)
    token: str = "ghs_token_of_the_job"

    def use(self, *, status: str = "success", **given: str) -> Ran:
        """Run the action with these inputs (`_` stands for `-`); `status` is the job's so far."""
        definition = yaml.safe_load((self.action / "action.yml").read_text(encoding="utf-8"))
        with_inputs = {name.replace("_", "-"): value for name, value in given.items()}
        unknown = with_inputs.keys() - definition["inputs"].keys()
        assert not unknown, f"unexpected inputs {unknown}"
        github = {**self.github, "token": self.token, "action_path": str(self.action)}
        inputs = {
            name: self.evaluator.fill(each.get("default", ""), {"github": github}, "success")
            for name, each in definition["inputs"].items()
        }
        contexts: dict[str, Any] = {"inputs": inputs | with_inputs, "github": github, "steps": {}}
        ran = Ran(status=status)
        for step in definition["runs"]["steps"]:
            self._step(step, contexts, ran)
        for name, each in definition["outputs"].items():
            ran.outputs[name] = self.evaluator.fill(each["value"], contexts, ran.status)
        return ran

    def _step(self, step: dict[str, Any], contexts: dict[str, Any], ran: Ran) -> None:
        assert step.keys() <= STEP_KEYS, f"cannot run {step.keys() - STEP_KEYS}"
        assert step["shell"] == "bash"
        if not self.evaluator.holds(step.get("if", "success()"), contexts, ran.status):
            return
        ran.steps.append(step["name"])
        files = {name: self.temp / name for name in COMMAND_FILES}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        script = self.temp / "step.sh"
        script.write_text(self.evaluator.fill(step["run"], contexts, ran.status), encoding="utf-8")
        done = subprocess.run(
            [*BASH, str(script)],
            cwd=self.workspace,
            env=self._environ(step, contexts, ran.status),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        ran.log += done.stdout
        ran.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"):
            assert (self.temp / name).read_text(encoding="utf-8") == "", f"{name} was written"
        if "id" in step:
            outputs = parse_outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
            contexts["steps"][step["id"]] = {"outputs": outputs}
        if done.returncode:
            ran.status, ran.exit_code = "failure", done.returncode

    def _environ(
        self, step: dict[str, Any], contexts: dict[str, Any], status: str
    ) -> dict[str, str]:
        own = {
            name: self.evaluator.fill(value, contexts, status)
            for name, value in step.get("env", {}).items()
        }
        runner = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }
        files = {name: str(self.temp / name) for name in COMMAND_FILES}
        return (
            {"PATH": os.environ["PATH"], "HOME": str(self.temp)}
            | self.environ
            | runner
            | files
            | own
        )


def parse_outputs(text: str) -> dict[str, str]:
    """Read GITHUB_OUTPUT by the runner's rules; raise where the runner would fail the step."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if not line:
            continue
        name, sign, rest = re.split(r"(=|<<)", line, maxsplit=1)
        assert name, line
        if sign == "=":
            outputs[name] = rest
            continue
        value = []
        for inner in lines:
            if inner == rest:
                break
            value.append(inner)
        else:
            raise AssertionError(f"no end {rest!r} for the output {name}")
        outputs[name] = "\n".join(value)
    return outputs
