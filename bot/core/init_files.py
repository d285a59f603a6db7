"""Owns the files that `tfperf init` writes: a configuration, and two workflows that call ours."""

from dataclasses import dataclass
from typing import Final

CONFIGURATION: Final = "tfperf.yml"
COMPARE: Final = ".github/workflows/tfperf.yml"
PUBLISH: Final = ".github/workflows/tfperf-publish.yml"
PLACEHOLDER: Final = "OWNER/tf-perf-bot@COMMIT"
"""What stands for the action where nobody knows where this copy of the tool came from."""

USUAL: Final = "2.15.1"
NEWEST: Final = "2.21.0"
"""What is compared where the project does not say what it uses."""

IDLE: Final = "tfperf: nothing new to measure"
"""The name of a run that an edited title or text started; publish.yml leaves such a one alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """What was found in the repository: what decides which configuration fits it."""

    dependency_file: str | None = None
    release: str | None = None
    is_package: bool = False
    workloads: str | None = None


def files(project: Project, *, action: str) -> dict[str, str]:
    """Return path -> text of what is to be written; `action` is OWNER/REPOSITORY@REF."""
    repository, _, ref = action.partition("@")
    return {
        CONFIGURATION: configuration(project),
        COMPARE: _filled(_COMPARE, repository, ref),
        PUBLISH: _filled(_PUBLISH, repository, ref),
    }


def configuration(project: Project) -> str:
    """Return a short `tfperf.yml`: what holds for this repository, and what else there is."""
    return "".join(
        [
            "# What is measured on every pull request. Every key, with its default:\n",
            "# docs/configuration.md of tf-perf-bot.\n",
            _releases(project),
            _subject(project),
            _workloads(project),
            "budget: 15m # how long the measuring may take\n",
            "fail-on: [regression, wrong] # or: none\n",
            "# shards: 2 # as many machines share a run\n",
            "# confirm: true # alarms are measured again on a fresh machine before they count\n",
        ]
    )


def _releases(project: Project) -> str:
    if project.dependency_file is None:
        return f"baseline: {USUAL} # everything is compared with it\nversions: [{NEWEST}]\n"
    baseline = project.release or USUAL
    other = "latest-1" if baseline == NEWEST else NEWEST
    return (
        f"# A pull request that changes TensorFlow ({project.dependency_file}) compares the\n"
        "# release before with the one after it; any other pull request compares these:\n"
        f"baseline: {baseline}\n"
        f"versions: [auto, {other}]\n"
    )


def _subject(project: Project) -> str:
    if not project.is_package:
        return "# subject: . # your own package, installed before and after a pull request\n"
    if project.workloads is None:
        return (
            "# subject: . # your own package, installed before and after a pull request;\n"
            "#            # needs workloads of yours that import it, see `paths`\n"
        )
    return "subject: . # your own package, installed before and after a pull request\n"


def _workloads(project: Project) -> str:
    if project.workloads is None:
        return "# paths: [benchmarks] # workloads of your own, instead of those of the tool\n"
    return f"paths: [{project.workloads}] # workloads of your own\n"


def _filled(template: str, repository: str, ref: str) -> str:
    filled = template.replace("<<repository>>", repository).replace("<<ref>>", ref)
    return filled.replace("<<idle>>", IDLE)


_COMPARE = """\
# Measures TensorFlow releases on pull requests. Code of the pull request runs here, so there is no
# token that can write, and no secret. Written by `tfperf init`.
name: tfperf

# The name of a run that a comment asked for; of one that has nothing to do; otherwise GitHub's own.
run-name: >-
  ${{ inputs.request || (github.event.action == 'edited' && !github.event.changes.base
  && '<<idle>>') || '' }}

on:
  pull_request:
    # Edited: another base branch is another comparison; other words are not.
    types: [opened, synchronize, reopened, edited]
  workflow_dispatch:
    inputs:
      request:
        description: For runs that a comment asked for; leave it empty.
        type: string
      baseline:
        description: Release that everything is compared with; empty, what tfperf.yml says.
        type: string
      versions:
        description: Releases to compare with it; empty, what tfperf.yml says.
        type: string
      workloads:
        description: Patterns of workloads; empty, what tfperf.yml says.
        type: string
      mode:
        description: Whether alarms of another run are measured again.
        type: choice
        options: [compare, confirm]
        default: compare

permissions: {}

concurrency:
  # A run that has nothing to do stops none that measures.
  group: >-
    tfperf-${{ github.event.action == 'edited' && !github.event.changes.base && github.run_id
    || github.event.pull_request.number || inputs.request || github.run_id }}
  cancel-in-progress: true

jobs:
  compare:
    name: Compare TensorFlow releases
    if: github.event.action != 'edited' || github.event.changes.base
    permissions:
      actions: read # to ask whether somebody has to approve; only before code of others is run
      contents: read # to check out
    uses: <<repository>>/.github/workflows/compare.yml@<<ref>>
    with:
      request: ${{ inputs.request || '' }}
      baseline: ${{ inputs.baseline || '' }}
      versions: ${{ inputs.versions || '' }}
      workloads: ${{ inputs.workloads || '' }}
      mode: ${{ inputs.mode || 'compare' }}
"""

_PUBLISH = """\
# Writes the comment about a run of `tfperf`, and obeys commands in comments (`/tfperf help`). Runs
# from the default branch only, and runs nothing of a pull request. Written by `tfperf init`.
name: tfperf publish

on:
  # Nothing is checked out, and the report of the other workflow is read as data alone.
  workflow_run: # zizmor: ignore[dangerous-triggers]
    workflows: [tfperf]
    types: [requested, completed]
  issue_comment:
    types: [created]

permissions: {}

concurrency:
  group: tfperf-publish-${{ github.event.workflow_run.id || github.event.comment.id }}
  cancel-in-progress: false

jobs:
  publish:
    name: Publish
    if: >-
      github.event_name == 'workflow_run'
      || (github.event.issue.pull_request && startsWith(github.event.comment.body, '/tfperf'))
    permissions:
      actions: write # to fetch the report, and to start runs that comments ask for
      checks: write # to open and close the check of the commit
      contents: read # to read tfperf.yml of the base branch
      pull-requests: write # to comment
    uses: <<repository>>/.github/workflows/publish.yml@<<ref>>
"""
