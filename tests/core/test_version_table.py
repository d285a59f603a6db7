"""Every minor version is judged alone: here, fetched when needed, or missing with the reason."""

from dataclasses import replace

from bot.core.version_table import VersionTable, to_json, version_table
from tests.core.checkups import FROM_UV, MACHINE, pythons_of


def table(*here: str, fetchable: tuple[str, ...] = (), avx: bool = True) -> VersionTable:
    machine = MACHINE if avx else replace(MACHINE, cpu_flags=("sse4_2",))
    return version_table(pythons_of(*here, fetchable=fetchable), machine)


def test_every_minor_version_has_a_row() -> None:
    rows = table("3.11").rows
    assert (len(rows), rows[0].release, rows[-1].release) == (38, "1.0.1", "2.21.0")
    assert rows[0].uploaded == "2017-03-08"
    assert rows[0].pythons == ("3.6",)  # workloads run on nothing older


def test_a_python_that_is_here_comes_before_one_that_is_fetched() -> None:
    rows = {row.release: row for row in table("3.7", "3.11", fetchable=FROM_UV).rows}
    standings = {release: (row.python, row.standing) for release, row in rows.items()}
    assert standings["1.15.5"] == ("3.7", "here")
    assert standings["2.15.1"] == ("3.11", "here")
    assert standings["2.18.1"] == ("3.11", "here")
    assert standings["1.3.0"] == ("3.6", "missing")


def test_what_uv_would_fetch_is_told() -> None:
    rows = {row.release: row for row in table("3.13", fetchable=FROM_UV).rows}
    assert (rows["2.15.1"].python, rows["2.15.1"].standing) == ("3.11", "fetched")
    assert (rows["2.21.0"].python, rows["2.21.0"].standing) == ("3.13", "here")


def test_what_cannot_be_had_has_a_reason_and_a_remedy() -> None:
    told = table("3.11")
    row = told.rows[0]
    assert (row.python, row.standing) == ("3.6", "missing")
    assert row.reason == "no Python 3.6 is here"
    assert row.remedy
    assert told.missing == sum(row.reason is not None for row in told.rows) > 20


def test_without_avx_only_the_oldest_run() -> None:
    rows = {row.release: row for row in table("3.6", "3.13", avx=False).rows}
    assert rows["1.5.1"].standing == "here"
    assert rows["1.6.0"].standing == rows["2.21.0"].standing == "missing"
    assert "no AVX" in (rows["2.21.0"].reason or "")


def test_a_release_that_the_catalogue_does_not_know_is_a_row() -> None:
    row = version_table(pythons_of("3.13"), MACHINE, ("2.22.0",)).rows[-1]
    assert (row.release, row.uploaded, row.pythons) == ("2.22.0", None, ())
    assert (row.python, row.standing) == ("3.13", "here")


def test_another_architecture_is_a_note() -> None:
    (note,) = version_table((), replace(MACHINE, architecture="aarch64")).notes
    assert "aarch64" in note


def test_it_is_json_too() -> None:
    rows = to_json(table("3.11"))["rows"]
    assert isinstance(rows, tuple)
    assert rows[-1]["release"] == "2.21.0"
