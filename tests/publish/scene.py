"""A measuring run that was, and the publishing run that follows it, without a process."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.core.report import Report
from bot.errors import TfperfError
from bot.publish.artifact import artifact_name
from bot.publish.github import Pace
from bot.stages.publishing import publish_report
from bot.stages.reviewing import Pages
from tests.publish.fake_github import REPOSITORY
from tests.publish.fake_server import WholeGitHub
from tests.publish.hostile_archives import packed
from tests.render.conftest import report_of

SHA = "0123456789abcdef0123456789abcdef01234567"
RUN = 4711


def archive_of(report: Report) -> bytes:
    return packed(("report.json", report.model_dump_json(by_alias=True).encode()))


def clean(**changes: Any) -> Report:
    return report_of(commit=SHA, **changes)


@dataclass(kw_only=True)
class Scene:
    """What the log says, and what was kept, of one publishing run after another."""

    github: WholeGitHub
    pace: Pace
    folder: Path
    log: list[str] = field(default_factory=list)
    kept: list[Pages] = field(default_factory=list)
    number: int = 12
    keep: Callable[[Pages], None] | None = None
    """Instead of `kept`."""

    def environ(self, **changes: Any) -> Mapping[str, str]:
        action = changes.pop("action", "completed")
        run = {
            "id": RUN,
            "path": ".github/workflows/tfperf.yml",
            "event": "pull_request",
            "run_number": self.number,
            "run_attempt": 1,
            "run_started_at": "2026-11-20T12:00:00Z",
            "display_title": "Faster",
            "html_url": f"https://github.com/{REPOSITORY}/actions/runs/{RUN}",
            "conclusion": "success",
            "head_sha": SHA,
            "head_branch": "topic",
            "head_repository": {"full_name": REPOSITORY},
        }
        file = self.folder / "event.json"
        file.write_text(json.dumps({"action": action, "workflow_run": run | changes}), "utf-8")
        return {
            "GITHUB_EVENT_NAME": "workflow_run",
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.github.url,
            "GITHUB_TOKEN": "ghs_secret",
        }

    def publish(
        self,
        report: Report | None = None,
        *,
        deadline: float = 10,
        key: str = "default",
        config: str = "tfperf.yml",
        **run: Any,
    ) -> "Scene":
        """Follow a run that left this report behind."""
        if report is not None:
            self.github.artifacts.listed.clear()
            self.github.artifacts.add(run.get("id", RUN), archive_of(report), artifact_name(key))
        publish_report(
            self.environ(**run),
            key=key,
            run=None,
            config_path=config,
            keep=self.keep or self.kept.append,
            log=self.log.append,
            today=date(2026, 11, 20),
            deadline_seconds=deadline,
            pace=self.pace,
        )
        return self

    def fails(self, report: Report | None = None, **run: Any) -> TfperfError:
        try:
            self.publish(report, **run)
        except TfperfError as error:
            return error
        raise AssertionError("it was published")

    def asked(self, verb: str, report: Report | None = None, **run: Any) -> "Scene":
        """Follow a run that a command asked for, with a number of its own."""
        title = f"tfperf {verb} for #7 at {SHA} onto {'d' * 40} by comment 5"
        run |= {"id": RUN + 1, "event": "workflow_dispatch", "display_title": title}
        return self.publish(report, **run, head_sha="d" * 40, head_branch="main")

    def of_run(self, number: int) -> "Scene":
        return replace(self, number=number)


SceneOf = Callable[[], Scene]
