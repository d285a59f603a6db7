"""The doctor's judgement: which facts stop a run, which are worth a word, and what is said."""

import json
from typing import Any

import pytest

from bot.core.checkup import Clock, NoiseProbe, NoProbe
from bot.core.doctor import diagnose, to_json
from bot.core.gpu import Card
from bot.core.scatter import Scatter
from bot.errors import ExitCode
from tests.core.checkups import FROM_UV, GIB, checkup_of, pythons_of

MIB = 2**20


def probed(detectable: float | None) -> NoiseProbe:
    scatter = Scatter(apart=0.2, in_turns=0.05)
    return NoiseProbe(blocks=9, scatter=scatter, most_blocks=30, detectable=detectable)


def judged(topic: str, **facts: Any) -> list[tuple[str, str, str]]:
    findings = diagnose(checkup_of(**facts)).findings
    return [(f.level, f.says, f.advice or "") for f in findings if f.topic == topic]


def test_a_quiet_server_gets_no_advice() -> None:
    diagnosis = diagnose(checkup_of())

    assert diagnosis.can_measure
    assert diagnosis.advice == []
    assert diagnosis.exit_code == ExitCode.NOTHING_TO_ACT_ON
    assert {finding.level for finding in diagnosis.findings} == {"fine"}


STOPS: dict[str, tuple[dict[str, Any], str]] = {
    "no Python that any release has wheels for": ({"pythons": pythons_of()}, "Python"),
    "no room for three processes": ({"memory_available_bytes": 500 * MIB}, "memory"),
    "a control group too small for them": ({"memory_limit_bytes": 512 * MIB}, "memory"),
    "a full disk": ({"free_bytes": 100 * MIB}, "disk"),
}


@pytest.mark.parametrize(("facts", "topic"), STOPS.values(), ids=STOPS.keys())
def test_what_stops_measuring_exits_with_3(facts: dict[str, Any], topic: str) -> None:
    diagnosis = diagnose(checkup_of(**facts))

    assert {f.topic for f in diagnosis.findings if f.level == "stops"} == {topic}
    assert diagnosis.exit_code == ExitCode.PARTLY_MEASURED
    assert diagnosis.advice


ADVICE: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "no AVX": ({"cpu_flags": ()}, "machine", "no AVX", "compare 1.0 to 1.5 only"),
    "another kind of processor": (
        {"architecture": "aarch64", "cpu_flags": ("asimd",)},
        "machine",
        "asimd; many releases have wheels for x86_64 only",
        "x86_64 machine",
    ),
    "a CPU quota": (
        {"cpu_quota_cores": 1.5},
        "cores",
        "a quota allows 1.5 and stops processes",
        "--cpuset-cpus",
    ),
    "one core": ({"cores": 1}, "cores", "1 of 4 usable", "two cores"),
    "memory for old releases only": (
        {"memory_limit_bytes": 1 * GIB},
        "memory",
        "1.00 GiB allowed: fits three processes of 1.x",
        "--memory=4g",
    ),
    "memory for one candidate": (
        {"memory_available_bytes": 2 * GIB},
        "memory",
        "the baseline twice and 1 more",
        "one candidate a run",
    ),
    "a disk for one release": (
        {"free_bytes": 2 * GIB},
        "disk",
        "two releases",
        "rm -r /home/me/project/.tfperf/env",
    ),
    "a cache on another disk": (
        {"has_hard_links": False},
        "disk",
        "a copy of its own",
        "export UV_CACHE_DIR=/home/me/project/.tfperf/cache",
    ),
    "a clock that is a device": (
        {"clock": Clock(source="acpi_pm", step_seconds=3e-5)},
        "clock",
        "steps of 30.0 µs (acpi_pm): too slow",
        "echo tsc",
    ),
    "releases without a Python": (
        {"pythons": pythons_of("3.7", "3.11", fetchable=FROM_UV)},
        "Python",
        "3.6 is not here, and TensorFlow 1.0 to 1.12 needs it",
        "for Python 3.6: pyenv install 3.6",
    ),
}


@pytest.mark.parametrize(("facts", "topic", "says", "advice"), ADVICE.values(), ids=ADVICE.keys())
def test_what_could_be_better_comes_with_what_to_do(
    facts: dict[str, Any], topic: str, says: str, advice: str
) -> None:
    found = [each for each in judged(topic, **facts) if each[0] == "advice"]

    assert len(found) == 1
    assert says in found[0][1]
    assert advice in found[0][2]
    assert diagnose(checkup_of(**facts)).can_measure


UNKNOWN: dict[str, tuple[dict[str, Any], str]] = {
    "instructions": ({"cpu_flags": None}, "machine"),
    "memory": ({"memory_available_bytes": None}, "memory"),
    "disk": ({"free_bytes": None}, "disk"),
    "links": ({"has_hard_links": None}, "disk"),
    "noise": ({"noise": NoProbe(reason="build did not end within 5 s")}, "noise"),
}


@pytest.mark.parametrize(("facts", "topic"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_cannot_be_found_out_is_said_and_stops_nothing(
    facts: dict[str, Any], topic: str
) -> None:
    assert [says for level, says, _ in judged(topic, **facts) if level == "unknown"]
    assert diagnose(checkup_of(**facts)).can_measure


def test_pythons_are_told_by_where_they_come_from() -> None:
    told = [says for _, says, _ in judged("Python", pythons=pythons_of("3.9", fetchable=("3.13",)))]

    assert told == [
        "3.9 for TF 2.5 to 2.20: /usr/bin/python3.9",
        "3.13 for TF 2.20 to 2.21: uv fetches them when needed",
        "3.6 is not here, and TensorFlow 1.0 to 2.4 needs it",
    ]


NOISE: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "quiet": (
        {"noise": probed(0.012)},
        [("fine", "a step that got 1.2 % slower"), ("fine", "nothing disturbed")],
    ),
    "loud": (
        {"noise": probed(0.1449)},
        [("advice", "a step that got 14 % slower"), ("fine", "nothing disturbed")],
    ),
    "deafening": (
        {"noise": probed(None)},
        [("advice", "not even show a step that takes twice"), ("fine", "nothing disturbed")],
    ),
    "quiet beside others": (
        {"noise": probed(0.012), "busy_seconds": 11.9, "idle_seconds": 8.0},
        [("fine", "1.2 % slower"), ("advice", "meanwhile other programs took 34 % of")],
    ),
    "stolen": (
        {"noise": probed(0.012), "steal_seconds": 4.0},
        [("fine", "1.2 % slower"), ("advice", "meanwhile the hypervisor took 17 % of")],
    ),
    "restless cores in a quiet room": (
        {"noise": probed(0.012), "governor": "powersave", "has_turbo": True},
        [("fine", "1.2 % slower"), ("fine", "nothing disturbed")],
    ),
    "restless cores": (
        {"noise": probed(0.1), "governor": "powersave", "has_turbo": True},
        [
            ("advice", "10 % slower"),
            ("fine", "nothing disturbed"),
            ("advice", "the governor powersave changes the frequency"),
            ("advice", "turbo changes the frequency"),
        ],
    ),
    "cores that keep their frequency": (
        {"noise": probed(0.1), "governor": "performance", "has_turbo": False},
        [("advice", "10 % slower"), ("fine", "nothing disturbed")],
    ),
}


@pytest.mark.parametrize(("facts", "expected"), NOISE.values(), ids=NOISE.keys())
def test_noise_is_judged_by_what_it_hides(
    facts: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    (_, scatter, _), *found = judged("noise", **facts)

    assert scatter == (
        "the same program differs from itself by 20 % one after the other, by 5 % taking turns"
    )
    assert [level for level, _, _ in found] == [level for level, _ in expected]
    for (_, says, advice), (level, wanted) in zip(found, expected, strict=True):
        assert wanted in says
        assert bool(advice) == (level == "advice")


def test_the_advice_of_a_loud_machine_can_be_typed() -> None:
    advice = diagnose(
        checkup_of(noise=probed(0.1449), cpu="Intel(R) Xeon(R)", has_turbo=True)
    ).advice

    assert "--threshold 14%" in advice[0]
    assert advice[1] == "no turbo: echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"


def test_what_stops_comes_first_in_the_advice() -> None:
    diagnosis = diagnose(checkup_of(cpu_quota_cores=1.0, free_bytes=0))

    assert [text[:9] for text in diagnosis.advice] == ["make room", "give the "]


def test_records_that_this_kernel_does_not_keep_are_named() -> None:
    ((level, says, _),) = judged("records", cpu_pressure_seconds=None, mhz=None)

    assert level == "fine"
    assert "unknown here: pressure, frequency (psi=1 on the kernel's command line" in says


def test_json_holds_the_conclusions_and_the_facts() -> None:
    checkup = checkup_of(cpu_quota_cores=1.0, noise=NoProbe(reason="none"))
    diagnosis = diagnose(checkup)

    values = json.loads(json.dumps(to_json(checkup, diagnosis)))

    assert values["can_measure"] is True
    assert values["exit_code"] == 0
    assert values["advice"] == diagnosis.advice
    assert values["facts"]["machine"]["cpu_quota_cores"] == 1.0
    assert values["facts"]["noise"] == {"reason": "none"}
    assert {finding["level"] for finding in values["findings"]} == {"fine", "advice", "unknown"}


def test_a_graphics_card_is_told_with_what_runs_on_it() -> None:
    card = Card(name="H200", capability=(9, 0), driver_cuda=(12, 4))
    ((level, says, _),) = judged("GPU", cards=(card,))
    assert level == "fine"
    assert "TensorFlow 2.14 to 2.21 can run on it" in says
    assert judged("GPU") == []
