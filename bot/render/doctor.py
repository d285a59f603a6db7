"""Owns the doctor's screen: what was found, line by line, then the verdict and the advice."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from bot.core.doctor import Diagnosis
from bot.core.finding import Level
from bot.render.escape import clean

_MARKS: dict[Level, tuple[str, str]] = {
    "fine": (" ", ""),
    "advice": ("!", "yellow"),
    "stops": ("✗", "bold red"),
    "unknown": ("?", "dim"),
}


@dataclass(frozen=True, slots=True)
class Screen:
    """A diagnosis, drawn for the width at hand."""

    diagnosis: Diagnosis

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the findings, then what to do, then the verdict, where the eye is at the end."""
        yield _findings(self.diagnosis)
        if self.diagnosis.advice:
            yield Text()
            yield _advice(self.diagnosis.advice)
        yield Text()
        yield _verdict(self.diagnosis)


def doctor_screen(diagnosis: Diagnosis) -> Screen:
    """Make what `tfperf doctor` shows."""
    return Screen(diagnosis)


def _findings(diagnosis: Diagnosis) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    before = None
    for finding in diagnosis.findings:
        mark, style = _MARKS[finding.level]
        topic = "" if finding.topic == before else finding.topic
        grid.add_row(Text(mark, style=style), Text(topic, style="bold"), Text(clean(finding.says)))
        before = finding.topic
    return grid


def _advice(advice: list[str]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for number, text in enumerate(advice, start=1):
        grid.add_row(f"{number}.", Text(clean(text)))
    return grid


def _verdict(diagnosis: Diagnosis) -> Text:
    if not diagnosis.can_measure:
        return Text("This machine cannot measure yet.", style="bold red")
    if not diagnosis.advice:
        return Text("This machine can measure.", style="bold green")
    return Text("This machine can measure; the advice above would help.", style="bold green")
