"""A case on a GPU: a framework that sees none would be measured on the CPU, and be slow there."""

import sys
from pathlib import Path

import pytest

from tests.workloads.worker import Arm

STEP = "def build():\n    return lambda: None\n"
SEEING = {
    "2.1 and later": (
        "class config:\n    list_physical_devices = staticmethod(lambda kind: FOUND)\n"
    ),
    "1.14 to 2.0": (
        "class config:\n    class experimental:\n"
        "        list_physical_devices = staticmethod(lambda kind: FOUND)\n"
    ),
    "before": "class test:\n    is_gpu_available = staticmethod(lambda: bool(FOUND))\n",
}


def asked(framework: str, source: str, folder: Path) -> dict[str, object]:
    """Import a framework, run a case to its first call, and ask whether it sees a GPU."""
    (folder / f"{framework}.py").write_text("__version__ = '1'\n" + source)
    workload = folder / "work.py"
    workload.write_text(STEP)
    arm = Arm(sys.executable, folder / "log")
    try:
        assert arm.ask("import", module=framework, paths=[str(folder)])["ok"]
        arm.reach("first_call", workload)
        reply: dict[str, object] = arm.ask("see_device")
    finally:
        arm.end()
    return reply


@pytest.mark.parametrize("since", SEEING)
@pytest.mark.parametrize("found", ["[]", "['GPU:0']"])
def test_every_release_of_tensorflow_is_asked(tmp_path: Path, since: str, found: str) -> None:
    reply = asked("tensorflow", f"FOUND = {found}\n" + SEEING[since], tmp_path)
    assert reply["ok"] == (found != "[]")
    if not reply["ok"]:
        assert "TensorFlow sees no GPU here" in str(reply["error"])


@pytest.mark.parametrize("is_there", [True, False])
def test_pytorch_is_asked(tmp_path: Path, is_there: bool) -> None:
    source = f"class cuda:\n    is_available = staticmethod(lambda: {is_there})\n"
    reply = asked("torch", source, tmp_path)
    assert reply["ok"] == is_there
    assert is_there or "PyTorch sees no GPU here" in str(reply["error"])


def test_what_is_no_framework_with_gpus_is_not_asked(tmp_path: Path) -> None:
    assert asked("tinyflow", "", tmp_path)["ok"]
