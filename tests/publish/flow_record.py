"""What happened on the way, for people to read: requests, comments as Markdown and as pages."""

import html
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cmarkgfm  # type: ignore[import-untyped]
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]

EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 14px/1.5 -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; max-width: 980px;
  margin: 24px auto; padding: 0 16px; color: #1f2328; }}
table {{ border-collapse: collapse; margin: 0 0 16px; display: block; overflow: auto; }}
td, th {{ border: 1px solid #d1d9e0; padding: 6px 13px; }}
tr:nth-child(2n) {{ background: #f6f8fa; }}
code, pre {{ font: 85% ui-monospace, Menlo, Consolas, monospace; background: #818b981f;
  border-radius: 6px; padding: .2em .4em; }}
pre code {{ background: none; padding: 0; }}
blockquote {{ border-left: .25em solid #d1d9e0; color: #59636e; margin: 0 0 16px; padding: 0 1em; }}
h3, h4 {{ margin: 24px 0 16px; }}
</style></head>
<body>
{body}
</body>
</html>
"""
Value = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One event, what publishing did because of it, and what stood on GitHub afterwards."""

    name: str
    event: str
    exit_code: int
    said: str
    exchanges: tuple[str, ...]
    comments: tuple[Value, ...]
    checks: tuple[Value, ...]


@dataclass(kw_only=True)
class Record:
    """All steps of one pull request."""

    title: str
    steps: list[Step] = field(default_factory=list)

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)


def page(title: str, markdown: str) -> str:
    """Render a comment with GitHub's own Markdown library, as a page of its own."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS
    body = cmarkgfm.markdown_to_html_with_extensions(markdown, options, EXTENSIONS)
    return PAGE.format(title=html.escape(title), body=body)


def write(record: Record, folder: Path) -> None:
    """Write `record.md`, and every comment as it stood after each step that changed it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "record.md").write_text(as_markdown(record), encoding="utf-8")
    before: tuple[Value, ...] = ()
    for number, step in enumerate(record.steps, start=1):
        for comment in news(step.comments, before):
            name = f"{number:02}-{step.name.replace(' ', '-')}-comment-{comment['id']}"
            (folder / f"{name}.md").write_text(comment["body"], encoding="utf-8")
            text = page(f"{record.title}: {step.name}", comment["body"])
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
        before = step.comments


def news(now: tuple[Value, ...], before: tuple[Value, ...]) -> list[Value]:
    """Return what is new, or is not as it was."""
    return [each for each in now if each not in before]


def as_markdown(record: Record) -> str:
    lines = [f"# {record.title}", ""]
    comments: tuple[Value, ...] = ()
    checks: tuple[Value, ...] = ()
    for step in record.steps:
        changes = [f"- comment {each['id']}{minimised(each)}" for each in step.comments]
        changes = changes if step.comments != comments else ["- comments: as before"]
        changes += [f"- check {told(each)}" for each in news(step.checks, checks)]
        lines += [*as_section(step), *changes, ""]
        comments, checks = step.comments, step.checks
    return "\n".join(lines)


def as_section(step: Step) -> list[str]:
    return [
        f"## {step.name}",
        "",
        f"Event `{step.event}`; exit code {step.exit_code}.",
        "",
        "```text",
        *(step.exchanges or ("(no request)",)),
        "```",
        "",
        "It said:",
        "",
        "```text",
        *step.said.splitlines(),
        "```",
        "",
        "On GitHub afterwards:",
        "",
    ]


def minimised(comment: Value) -> str:
    return f", minimised as {comment['minimised']}" if comment.get("minimised") else ""


def told(check: Value) -> str:
    """Say a check run in one line, its annotations below."""
    said = f"`{check['name']}` at {check['head_sha'][:12]}: {check['status']}"
    if check.get("conclusion"):
        said += f", {check['conclusion']}"
    output = check.get("output") or {}
    if output.get("title"):
        said += f": {output['title']}"
    for note in check["remarks"]:
        where = f"{note['path']}:{note['start_line']}"
        said += f"\n  - {note['annotation_level']} at `{where}`: {note['message']}"
    return said
