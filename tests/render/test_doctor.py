"""The doctor's screen: a quiet server, a machine with a lot to mend, one that cannot measure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.core.checkup import Clock, NoiseProbe, NoProbe
from bot.core.doctor import Diagnosis, diagnose
from bot.core.noise import _CAUSES, _SYMPTOMS
from bot.core.scatter import Scatter
from bot.render.doctor import doctor_screen
from tests.core.checkups import FROM_UV, GIB, checkup_of, pythons_of

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "noise.md"

MACHINES: dict[str, dict[str, Any]] = {
    "quiet": {},
    "noisy": {
        "cpu": "Intel(R) Core(TM) i7-1185G7 @ 3.00GHz",
        "cpu_flags": ("avx", "avx2", "fma", "avx512f", "avx512_vnni"),
        "cores": 8,
        "cores_online": 8,
        "is_virtual": False,
        "memory_available_bytes": 2 * GIB,
        "governor": "powersave",
        "has_turbo": True,
        "has_hard_links": False,
        "pythons": pythons_of("3.11", fetchable=FROM_UV),
        "noise": NoiseProbe(
            blocks=7, scatter=Scatter(apart=0.262, in_turns=0.0614), most_blocks=30, detectable=0.14
        ),
        "busy_seconds": 16.0,
        "idle_seconds": 4.0,
        "steal_seconds": 0.0,
    },
    "unable": {
        "cpu": None,
        "cpu_flags": None,
        "is_container": True,
        "cores": 1,
        "are_siblings": False,
        "memory_limit_bytes": GIB // 2,
        "free_bytes": 40_000_000,
        "has_hard_links": None,
        "pythons": pythons_of(),
        "clock": Clock(source="hpet", step_seconds=1.2e-5),
        "noise": NoProbe(reason="importing the framework did not end within 5 s"),
        "cpu_pressure_seconds": None,
        "mhz": None,
    },
}


def shown(diagnosis: Diagnosis, *, width: int = 100, colour: bool = False) -> str:
    console = Console(
        width=width, force_terminal=colour, color_system="standard" if colour else None
    )
    with console.capture() as text:
        console.print(doctor_screen(diagnosis))
    return "".join(f"{line.rstrip()}\n" for line in text.get().splitlines())


@pytest.mark.parametrize("name", MACHINES)
def test_the_screen_is_the_golden_one(name: str, assert_golden: Callable[[str, str], None]) -> None:
    assert_golden(f"doctor_{name}.txt", shown(diagnose(checkup_of(**MACHINES[name]))))


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("name", MACHINES)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    screen = shown(diagnose(checkup_of(**MACHINES[name])), width=width)

    assert max(map(cell_len, screen.splitlines())) <= width


def test_what_a_file_of_the_system_says_cannot_paint_the_terminal() -> None:
    screen = shown(diagnose(checkup_of(cpu="\x1b[31mred [bold]CPU")), colour=True)

    assert "\x1b[31mred" not in screen
    assert "red [bold]CPU" in screen


def test_each_topic_is_named_once() -> None:
    screen = shown(diagnose(checkup_of(**MACHINES["noisy"])))

    column = [line[2:9].strip() for line in screen.partition("\n\n")[0].splitlines()]
    named = [topic for topic in column if topic]
    assert named == ["machine", "cores", "memory", "disk", "Python", "clock", "records", "noise"]


def test_the_documentation_shows_a_real_screen() -> None:
    assert (GOLDEN / "doctor_noisy.txt").read_text() in DOCUMENTATION.read_text()


@pytest.mark.parametrize("sign", [*_CAUSES, *_SYMPTOMS], ids=lambda sign: sign.kind)
def test_the_documentation_knows_every_sentence_and_its_limit(sign: Any) -> None:
    sentence = sign.sentence.format("…")

    assert (
        f"| {sentence} | {sign.write(sign.limit).replace('1.00', '1')} |"
        in DOCUMENTATION.read_text()
    )
