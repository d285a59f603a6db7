"""What is said of a second measurement, and of several machines."""

import pytest

from bot.core.report import Confirmation, ShardReport
from bot.core.run_facts import Machine
from bot.render.confirmed import measured_again
from bot.render.escape import MARKDOWN
from bot.render.machines import where
from tests.core.test_confirmation import report


@pytest.mark.parametrize(
    ("again", "says"),
    [
        (
            Confirmation(
                word="confirmed", reason="r", ratio=1.21, interval=(1.15, 1.28), blocks=12
            ),
            "confirmed on a fresh machine: ×1.21 (×1.15 to ×1.28), 12 blocks",
        ),
        (
            Confirmation(word="refuted", reason="r", ratio=1.0, interval=(0.98, None), blocks=1),
            "refuted on a fresh machine: ×1.00 (×0.980 to ?), 1 block",
        ),
        (
            Confirmation(word="unclear", reason="it was not measured again"),
            "neither confirmed nor refuted on a fresh machine: it was not measured again",
        ),
        (
            Confirmation(
                word="confirmed", reason="r", difference=2048.0, interval=(1024.0, 4096.0), blocks=9
            ),
            "confirmed on a fresh machine: +2.00 KiB (+1.00 KiB to +4.00 KiB), 9 blocks",
        ),
    ],
)
def test_both_words_and_figures_are_said(again: Confirmation, says: str) -> None:
    assert measured_again(again, again.reason).replace("\u00a0", " ") == says


def shard(number: int, cpu: str) -> ShardReport:
    return ShardReport(
        number=number,
        machine=Machine(cpu=cpu, cores=4),
        blocks=3,
        seconds=60.0,
        stopped_by="decided",
    )


@pytest.mark.parametrize(
    ("cpus", "says"),
    [
        ([], "interleaved on one machine (unknown, 0 cores)"),
        (["Xeon"], "interleaved on one machine (Xeon, 4 cores)"),
        (["Xeon"] * 4, "interleaved on each of 4 machines (Xeon, 4 cores)"),
        (
            ["Xeon", "EPYC", "Xeon"],
            "interleaved on each of 3 machines (Xeon, 4 cores and EPYC, 4 cores)",
        ),
        (
            ["A", "B", "C", "D"],
            "interleaved on each of 4 machines (A, 4 cores, B, 4 cores and 2 other kinds)",
        ),
    ],
)
def test_machines_are_counted_and_named(cpus: list[str], says: str) -> None:
    shards = tuple(shard(number, cpu) for number, cpu in enumerate(cpus, start=1))
    assert where(report().model_copy(update={"shards": shards}), MARKDOWN) == says
