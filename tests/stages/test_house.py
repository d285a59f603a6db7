"""The folder where things are kept."""

from pathlib import Path

from bot.stages.house import make_home


def test_git_ignores_what_is_kept_unless_told_otherwise(tmp_path: Path) -> None:
    home = make_home(tmp_path / "deep" / ".tfperf")
    assert (home / ".gitignore").read_text(encoding="utf-8") == "*\n"

    (home / ".gitignore").write_text("runs/\n", encoding="utf-8")
    assert make_home(home) == home
    assert (home / ".gitignore").read_text(encoding="utf-8") == "runs/\n"
