"""The comparison of tools: what counts as wrong, and when we may say that we are better."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.peer_tools.by_us import Ourselves, read_report
from benchmarks.peer_tools.trial import Call, CannotCompare, Said, Trial, Version
from benchmarks.peers import Answer, ask, show, targets

PEERS = ("asv", "pyperf", "pytest-benchmark", "hyperfine")
RIGHT: tuple[Said, ...] = ("no difference", "slower", "slower")
ALL_MISSED: tuple[Said, ...] = ("no difference", "no difference", "faster")


def answer(tool: str, said: tuple[Said, ...] = RIGHT, seconds: float = 300.0) -> Answer:
    calls = tuple(
        Call(step="mlp", extra=extra, said=word)
        for extra, word in zip((0.0, 0.05, 0.1), said, strict=True)
    )
    return Answer(tool=tool, rule="as it says", seconds=seconds, calls=calls)


@pytest.mark.parametrize(
    ("said", "false_alarms", "misses"),
    [
        (RIGHT, 0, 0),
        (ALL_MISSED, 0, 2),
        (("undecided", "undecided", "slower"), 0, 1),
        (("slower", "slower", "slower"), 1, 0),
        (("faster", "faster", "slower"), 1, 1),
    ],
)
def test_an_alarm_in_a_copy_is_false_and_a_slowdown_not_called_slower_is_missed(
    said: tuple[Said, ...], false_alarms: int, misses: int
) -> None:
    one = answer("any", said)
    assert (one.false_alarms, one.misses) == (false_alarms, misses)


def test_slowdowns_found_are_counted_by_size() -> None:
    one = answer("any", ("no difference", "undecided", "slower"))
    assert (one.found(0.05), one.found(0.1)) == ("0 of 1", "1 of 1")


US = answer("tfperf")
SLOW = answer("pyperf", ALL_MISSED, seconds=900.0)
WORSE = tuple(answer(name, ALL_MISSED) for name in PEERS if name != "pyperf")
SILENT = Answer(tool="hyperfine", rule="as it says", why_not="it cannot be fetched")

SITUATIONS: dict[str, tuple[tuple[Answer, ...], list[bool]]] = {
    "all peers are worse": ((US, SLOW, *WORSE), [True, True]),
    "pyperf is nearly as fast": ((US, answer("pyperf", ALL_MISSED, 899.0), *WORSE), [False, True]),
    "a peer is as good": ((US, SLOW, *WORSE[:2], answer("hyperfine")), [True, False]),
    "a peer has no answer": ((US, SLOW, *WORSE[:2], SILENT), [True, False]),
    "we have no answer": (
        (Answer(tool="tfperf", rule="", why_not="stopped"), SLOW, *WORSE),
        [False, False],
    ),
    "pyperf has no answer": (
        (US, Answer(tool="pyperf", rule="", why_not="stopped"), *WORSE),
        [False, False],
    ),
}


@pytest.mark.parametrize(("answers", "met"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_only_a_full_comparison_proves_something(
    answers: tuple[Answer, ...], met: list[bool]
) -> None:
    assert [target.is_met for target in targets(answers)] == met


def test_a_peer_without_an_answer_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    show([US, SILENT])
    assert "hyperfine  none" in capsys.readouterr().out
    assert "hyperfine no answer" in targets([US, SLOW, *WORSE[:2], SILENT])[1].got


def versions(*extras: float) -> tuple[Version, ...]:
    return tuple(Version(name=f"v{x}", python=Path("python"), extra=x) for x in (0.0, *extras))


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(
        versions=versions(0.0, 0.1),
        steps=("mlp",),
        folder=tmp_path / "new",
        shop=tmp_path,
        deadline_seconds=60.0,
    )


class Missing:
    """A tool that cannot be had."""

    name, rule = "missing", "none"

    def install(self, trial: Trial) -> None:
        raise CannotCompare("no such package\nand more")

    def processes(self, trial: Trial) -> float:
        raise NotImplementedError

    def compare(self, trial: Trial) -> list[Call]:
        raise NotImplementedError


def test_a_tool_that_cannot_be_installed_is_an_answer_with_the_reason(trial: Trial) -> None:
    one = ask(Missing(), trial, seed=None)
    assert (one.why_not, one.calls) == ("no such package\nand more", ())


def test_our_own_verdicts_are_read_from_the_report(trial: Trial, reports: SimpleNamespace) -> None:
    candidates = ("2.15.1", "2.15.1 +BENCH_EXTRA_WORK=0.1")
    cells = (
        reports.cell("known_work[mlp]", "EQUIVALENT", candidate=candidates[0]),
        reports.cell("known_work[mlp]", "REGRESSION", candidate=candidates[1], ratio=1.098),
    )
    calls = read_report(reports.report(candidates=candidates, cells=cells), trial)
    assert [(call.step, call.extra, call.said, call.figure) for call in calls] == [
        ("mlp", 0.0, "no difference", "+0.4% after 9 blocks"),
        ("mlp", 0.1, "slower", "+9.8% after 9 blocks"),
    ]


def test_what_we_did_not_measure_is_no_answer(trial: Trial, reports: SimpleNamespace) -> None:
    cell = reports.cell("known_work[mlp]", "NOT_MEASURED", candidate="2.15.1", reason="it died")
    report = reports.report(candidates=("2.15.1", "2.21.0"), cells=(cell,))
    with pytest.raises(CannotCompare, match="it died"):
        read_report(report, trial)


def test_we_are_a_tool_like_the_others() -> None:
    assert Ourselves.name == US.tool
