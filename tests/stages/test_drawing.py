"""Charts in a run folder: those of its report and no others, whatever cannot be drawn."""

from pathlib import Path

import pytest
import vl_convert

from bot.run_command import finish
from bot.run_folder import RunFolder
from bot.stages.concluding import render
from tests.render.conftest import equal_cells, report_of

RELEASES = ("2.18.1", "2.21.0")


def names(folder: RunFolder) -> set[str]:
    return {path.name for path in folder.charts.iterdir()} if folder.charts.exists() else set()


def files(*charts: str) -> set[str]:
    return {f"{chart}{end}" for chart in charts for end in (".vl.json", ".svg", ".png")}


def test_charts_that_no_longer_apply_are_removed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    render(report_of(candidates=RELEASES, cells=equal_cells(candidates=RELEASES)), folder)
    assert names(folder) == files("forest", "heatmap", "timeline")
    assert (folder.charts / "forest.png").read_bytes().startswith(b"\x89PNG")

    render(report_of(), folder)
    assert names(folder) == files("forest", "heatmap")

    render(report_of(cells=()), folder)
    assert names(folder) == set()


def test_what_cannot_be_drawn_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(drawing: str, **_: object) -> bytes:
        raise ValueError("no font is installed\nat line 3")

    folder = RunFolder(tmp_path)
    monkeypatch.setattr(vl_convert, "svg_to_png", refuse)
    render(report_of(), folder)

    assert folder.comment.exists()
    assert folder.page.exists()
    drawn = {"forest.vl.json", "forest.svg", "heatmap.vl.json", "heatmap.svg"}
    assert names(folder) == {*drawn, "not-drawn.txt"}
    said = folder.not_drawn.read_text(encoding="utf-8")
    assert "the chart forest cannot be drawn: no font is installed\n" in said
    assert "the chart heatmap cannot be drawn" in said


def test_what_was_not_drawn_is_told_with_the_verdict_and_changes_no_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = RunFolder(tmp_path)
    report = report_of()
    folder.write(folder.report, report)
    folder.write(folder.not_drawn, "the chart forest cannot be drawn: no font is installed\n")

    with pytest.raises(SystemExit) as ended:
        finish(report, folder, form="folder")

    assert ended.value.code == report.exit_code
    assert "the chart forest cannot be drawn" in capsys.readouterr().err
