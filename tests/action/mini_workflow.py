"""A small GitHub: runs the jobs of a reusable workflow, each on a machine of its own.

Jobs wait for those they need, conditions and matrices are evaluated by GitHub's own evaluator, and
`uses: $/` runs the real action.yml. Checkouts and artifacts are copies of folders; what this GitHub
cannot do, it refuses.
"""

import fnmatch
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from tests.action.mini_runner import BASH, Evaluator, MiniRunner, Ran

JOB_KEYS = {
    *("name", "needs", "if", "runs-on", "environment", "timeout-minutes", "permissions"),
    *("outputs", "strategy", "steps", "concurrency"),
}
STEP_KEYS = {"id", "name", "if", "uses", "with", "run"}
WORST_FIRST = ("cancelled", "failure", "skipped", "success")
Checkout = Callable[[Path, dict[str, str]], None]
"""Fills a workspace; given what the step says `with`."""


@dataclass(kw_only=True)
class Job:
    """What became of a job, or of one machine of its matrix."""

    result: str = "success"
    outputs: dict[str, str] = field(default_factory=dict)
    runs_on: Any = None
    environment: str = ""
    uses: list[Ran] = field(default_factory=list)
    log: str = ""


@dataclass(kw_only=True)
class Called:
    """What a call of a workflow left behind."""

    jobs: dict[str, list[Job]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)

    def result(self, name: str) -> str:
        """Return the result of a job; that of a matrix is the worst."""
        results = {job.result for job in self.jobs[name]}
        return next(
            word for word in ("cancelled", "failure", "skipped", "success") if word in results
        )

    def results(self) -> dict[str, str]:
        return {name: self.result(name) for name in self.jobs}

    @property
    def log(self) -> str:
        return "\n".join(job.log for jobs in self.jobs.values() for job in jobs)


@dataclass(kw_only=True)
class MiniGitHub:
    """Runs workflows; machines are folders, and their number is how many were given a job."""

    evaluator: Evaluator
    folder: Path
    runner: Callable[[Path], MiniRunner]
    checkout: Checkout
    github: dict[str, Any]
    lost: frozenset[str] = frozenset()
    """Names of jobs (of a matrix, `job name`) whose machine dies before its first step."""

    def call(
        self, workflow: Path, artifacts: Mapping[str, Path] | None = None, **given: str | bool
    ) -> Called:
        """Run a reusable workflow with these inputs; `artifacts` are those of other jobs."""
        text = workflow.read_text(encoding="utf-8")
        definition = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # texts only; safe
        call = definition["on"]["workflow_call"]
        unknown = given.keys() - call["inputs"].keys()
        assert not unknown, f"unexpected inputs {unknown}"
        inputs = {name: _default(each) for name, each in call["inputs"].items()} | given
        jobs = definition["jobs"]
        needs = {name: _listed(job.get("needs", [])) for name, job in jobs.items()}
        called = Called(artifacts=dict(artifacts or {}))
        for name in TopologicalSorter(needs).static_order():
            contexts = {
                "github": self.github,
                "inputs": inputs,
                "needs": {each: self._need(called, each) for each in needs[name]},
            }
            status = _status(called, name, needs)
            called.jobs[name] = self._job(name, jobs[name], contexts, status, called)
        contexts = {"jobs": {name: self._need(called, name) for name in jobs}, "inputs": inputs}
        for name, each in call.get("outputs", {}).items():
            called.outputs[name] = self.evaluator.fill(each["value"], contexts, "success")
        return called

    def _need(self, called: Called, name: str) -> dict[str, Any]:
        outputs: dict[str, str] = {}
        for job in called.jobs[name]:
            outputs |= job.outputs
        return {"result": called.result(name), "outputs": outputs}

    def _job(
        self, name: str, job: dict[str, Any], contexts: dict[str, Any], status: str, called: Called
    ) -> list[Job]:
        assert job.keys() <= JOB_KEYS, f"cannot run {job.keys() - JOB_KEYS}"
        if not self.evaluator.holds(job.get("if", "success()"), contexts, status):
            return [Job(result="skipped")]
        parts: list[dict[str, Any]] = [{}]
        if "strategy" in job:
            matrix = self.evaluator.value(job["strategy"]["matrix"], contexts, status)
            parts = matrix["include"]
        return [self._machine(name, job, contexts | {"matrix": each}, called) for each in parts]

    def _machine(
        self, name: str, job: dict[str, Any], contexts: dict[str, Any], called: Called
    ) -> Job:
        done = Job(
            runs_on=self.evaluator.value(job["runs-on"], contexts, "success"),
            environment=self.evaluator.fill(job.get("environment", ""), contexts, "success"),
        )
        assert done.runs_on, "a job without a machine"
        if f"{name} {contexts['matrix'].get('name', '')}".strip() in self.lost:
            done.result = "failure"
            return done
        place = self.folder / f"machine-{len(list(self.folder.iterdir()))}"
        place.mkdir()
        runner = self.runner(place)
        contexts = {**contexts, "steps": {}, "runner": {"temp": str(runner.temp)}}
        for step in job["steps"]:
            self._step(step, contexts, runner, done, called)
        for output, value in job.get("outputs", {}).items():
            done.outputs[output] = self.evaluator.fill(value, contexts, done.result)
        return done

    def _step(
        self,
        step: dict[str, Any],
        contexts: dict[str, Any],
        runner: MiniRunner,
        done: Job,
        called: Called,
    ) -> None:
        assert step.keys() <= STEP_KEYS, f"cannot run {step.keys() - STEP_KEYS}"
        if not self.evaluator.holds(step.get("if", "success()"), contexts, done.result):
            return
        given = {
            name: self.evaluator.fill(value, contexts, done.result)
            for name, value in step.get("with", {}).items()
        }
        outputs: dict[str, str] = {}
        try:
            outputs = self._carry_out(step, given, runner, done, called)
        except _StepFailedError as error:
            done.result = "failure"
            done.log += f"##[error]{error}\n"
        if "id" in step:
            contexts["steps"][step["id"]] = {"outputs": outputs}

    def _carry_out(
        self,
        step: dict[str, Any],
        given: dict[str, str],
        runner: MiniRunner,
        done: Job,
        called: Called,
    ) -> dict[str, str]:
        action = step.get("uses", "").partition("@")[0]
        match action:
            case "":
                _run(step["run"], runner.workspace, done)
            case "$/":
                ran = runner.use(**{name.replace("-", "_"): text for name, text in given.items()})
                done.uses.append(ran)
                done.log += ran.log
                done.result = ran.status if ran.status != "success" else done.result
                return ran.outputs
            case "actions/checkout":
                self.checkout(runner.workspace, given)
            case "actions/upload-artifact":
                _upload(given, self.folder.parent / "artifacts", called.artifacts)
            case "actions/download-artifact":
                _download(given, called.artifacts)
            case _:
                raise AssertionError(f"cannot run {action}")
        return {}


class _StepFailedError(Exception):
    """What makes a step fail that is not of the action."""


def _default(described: dict[str, str]) -> str | bool:
    """Return what an input is without a caller's word; a boolean one is no text."""
    default = described.get("default", "")
    return default == "true" if described["type"] == "boolean" else default


def _run(script: str, workspace: Path, done: Job) -> None:
    assert "${{" not in script
    command = [*BASH[:4], "-c", script]
    ended = subprocess.run(command, cwd=workspace, capture_output=True, text=True, check=False)
    done.log += ended.stdout
    if ended.returncode:
        raise _StepFailedError(f"exit code {ended.returncode}")


def _upload(given: dict[str, str], store: Path, artifacts: dict[str, Path]) -> None:
    """Copy what paths name, one a line; of a single file, the file alone."""
    name, sources = given["name"], [Path(line) for line in given["path"].split("\n") if line]
    if name in artifacts and given.get("overwrite") != "true":
        raise _StepFailedError(f"there is an artifact {name} already")
    found = [source for source in sources if source.exists()]
    if not found:
        if given.get("if-no-files-found", "warn") == "error":
            raise _StepFailedError(f"no files were found: {sources}")
        return
    target = store / f"{len(artifacts)}-{name}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for source in found:
        _store(source, target if len(sources) == 1 else target / source.name)
    artifacts[name] = target


def _store(source: Path, target: Path) -> None:
    """Copy as upload-artifact does; paths of one folder keep their names in it."""
    if source.is_dir():
        hidden = shutil.ignore_patterns(".*")  # which it leaves out
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=hidden)
    else:
        shutil.copy(source, target)


def _download(given: dict[str, str], artifacts: Mapping[str, Path]) -> None:
    """Copy artifacts; where a pattern finds a single one, it gets no folder of its own."""
    target = Path(given["path"])
    if name := given.get("name"):
        if name not in artifacts:
            raise _StepFailedError(f"there is no artifact {name}")
        shutil.copytree(artifacts[name], target, dirs_exist_ok=True)
        return
    found = fnmatch.filter(artifacts, given["pattern"])
    for each in found:
        place = target if len(found) == 1 else target / each
        shutil.copytree(artifacts[each], place, dirs_exist_ok=True)


def _status(called: Called, name: str, needs: Mapping[str, list[str]]) -> str:
    """Say what the status functions of a job's condition see: its ancestors, all of them."""
    ancestors, left = set[str](), list(needs[name])
    while left:
        each = left.pop()
        if each not in ancestors:
            ancestors.add(each)
            left += needs[each]
    results = {called.result(each) for each in ancestors}
    for word in ("cancelled", "failure"):
        if word in results:
            return word
    return "skipped" if "skipped" in {called.result(each) for each in needs[name]} else "success"


def _listed(needs: str | list[str]) -> list[str]:
    return [needs] if isinstance(needs, str) else list(needs)
