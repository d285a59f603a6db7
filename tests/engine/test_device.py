"""GPUs seen from outside, through pynvml and a stand-in for the driver's library.

What no stand-in can show is a real driver; the stand-in has the functions and structures that the
real one documents, and pynvml calls it as it calls that.
"""

import ctypes
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pynvml  # type: ignore[import-untyped]
import pytest

from bot.core.plan import Plan, Rule
from bot.core.record import ConditionsBlock, decode
from bot.engine.device import NO_GPU, NOT_INSTALLED, NOT_LISTED, NOT_TOLD
from bot.environments.preparation import Prepared
from bot.run_folder import RunFolder
from bot.stages.preparing import describe

MIB = 2**20
LIBRARY = "libnvidia-ml.so.1"
SOURCE = Path(__file__).parent / "nvml_stand_in.c"
DRIVER_NOT_LOADED, GPU_IS_LOST = 9, 15


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the stand-in; return the folder it lies in."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler here to build a stand-in for the NVIDIA driver")
    folder = tmp_path_factory.mktemp("driver")
    strict = ["-std=c99", "-Wall", "-Wextra", "-Werror"]
    command = [compiler, *strict, "-shared", "-fPIC", "-o", str(folder / LIBRARY), str(SOURCE)]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture
def gpus(tmp_path: Path) -> Path:
    """Two GPUs on which nothing runs."""
    for number in range(2):
        (tmp_path / "gpus" / str(number)).mkdir(parents=True)
    return tmp_path / "gpus"


def told(program: str, *arguments: str, driver: Path, gpus: Path) -> Any:
    """Run a program beside that driver and those GPUs; return what it prints, as JSON."""
    variables = {**os.environ, "LD_LIBRARY_PATH": str(driver), "STAND_IN_GPUS": str(gpus)}
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, env=variables, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


LOOK = """
import json, os, sys
from pathlib import Path
from bot.engine.device import Gpus
gpus = Gpus()
root = Path(os.environ["STAND_IN_GPUS"])

def hold(size, gpu=0, pid=os.getpid()):
    (root / str(gpu) / str(pid)).write_text(str(size))

def answer(*values):
    print(json.dumps(values))
"""


def test_the_structures_are_laid_out_as_pynvml_reads_them(driver: Path) -> None:
    layout = ctypes.CDLL(str(driver / LIBRARY)).stand_in_layout
    layout.restype = ctypes.c_size_t
    process, rates = pynvml.c_nvmlProcessInfo_v3_t, pynvml.c_nvmlUtilization_t
    expected = [
        ctypes.sizeof(process),
        process.pid.offset,
        process.usedGpuMemory.offset,
        process.gpuInstanceId.offset,
        process.computeInstanceId.offset,
        ctypes.sizeof(rates),
        rates.gpu.offset,
        rates.memory.offset,
    ]
    assert [layout(fact) for fact in range(len(expected))] == expected


def test_what_a_process_and_its_children_hold_on_all_gpus_is_added_up(
    driver: Path, gpus: Path
) -> None:
    program = """
import subprocess
hold(100)
hold(20, gpu=1)
hold(7000, pid=os.getppid())
child = subprocess.Popen(["sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE)
grandchild = int(child.stdout.readline())
hold(3, pid=grandchild)
answer(gpus.look(os.getpid()), gpus.look(child.pid), gpus.look(os.getppid()), gpus.trouble)
os.kill(grandchild, 9)
child.wait()
"""
    assert told(LOOK + program, driver=driver, gpus=gpus) == [123, 3, 7123, None]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("answer(gpus.look(os.getpid()), gpus.trouble)", [None, None]),
        ("hold(5, pid=1)\nanswer(gpus.look(os.getpid()), gpus.trouble)", [None, None]),
        ("hold('unknown')\nanswer(gpus.look(os.getpid()), gpus.trouble)", [None, NOT_TOLD]),
        (
            "hold('unknown', pid=1)\nhold(5)\nanswer(gpus.look(os.getpid()), gpus.trouble)",
            [5, None],
        ),
    ],
    ids=["nobody", "somebody else", "a size that is not told", "one of somebody else"],
)
def test_memory_that_is_not_seen_is_unknown(
    driver: Path, gpus: Path, program: str, expected: list[Any]
) -> None:
    assert told(LOOK + program, driver=driver, gpus=gpus) == expected


def test_the_busiest_gpu_counts_from_one_question_to_the_next(driver: Path, gpus: Path) -> None:
    program = """
shares = [gpus.busy_share()]
for busy in [(10, 40), (20, 0)]:
    for gpu, percent in enumerate(busy):
        (root / str(gpu) / "busy").write_text(str(percent))
    gpus.look(os.getpid())
answer(*shares, gpus.busy_share(), gpus.busy_share())
"""
    assert told(LOOK + program, driver=driver, gpus=gpus) == [None, pytest.approx(0.3), None]


def test_a_gpu_that_does_not_say_how_busy_it_is_is_still_looked_at(
    driver: Path, gpus: Path
) -> None:
    program = "hold(5)\nanswer(gpus.look(os.getpid()), gpus.busy_share(), gpus.trouble)"
    assert told(LOOK + program, driver=driver, gpus=gpus) == [5, None, None]


def test_a_gpu_that_is_lost_is_not_looked_at_again(driver: Path, gpus: Path) -> None:
    program = f"""
hold(5)
before = gpus.look(os.getpid())
(root / "error").write_text("{GPU_IS_LOST}")
during = gpus.look(os.getpid())
(root / "error").unlink()
answer(before, during, gpus.look(os.getpid()), bool(gpus.trouble))
gpus.close()
"""
    assert told(LOOK + program, driver=driver, gpus=gpus) == [5, None, None, True]


TROUBLE = "answer(gpus.look(os.getpid()), gpus.busy_share(), gpus.trouble)\ngpus.close()"


def test_without_a_gpu_that_is_said(driver: Path, tmp_path: Path) -> None:
    assert told(LOOK + TROUBLE, driver=driver, gpus=tmp_path) == [None, None, NO_GPU]


def test_without_a_driver_that_is_said(driver: Path, gpus: Path) -> None:
    (gpus / "error").write_text(str(DRIVER_NOT_LOADED))
    assert told(LOOK + TROUBLE, driver=driver, gpus=gpus) == [None, None, "Driver Not Loaded"]


def test_without_the_drivers_library_that_is_said(tmp_path: Path, gpus: Path) -> None:
    (tmp_path / LIBRARY).write_text("this is no library")
    seen, busy, trouble = told(LOOK + TROUBLE, driver=tmp_path, gpus=gpus)
    assert (seen, busy) == (None, None)
    assert trouble == "NVML Shared Library Not Found"


def test_without_nvidia_ml_py_that_is_said(tmp_path: Path, gpus: Path) -> None:
    hidden = "import sys\nsys.modules['pynvml'] = None\n"
    found = told(hidden + LOOK + TROUBLE, driver=tmp_path, gpus=gpus)
    assert found == [None, None, NOT_INSTALLED]


def test_cards_tell_what_they_are_and_what_their_driver_serves(driver: Path, gpus: Path) -> None:
    (gpus / "1" / "capability").write_text("61")
    (gpus / "cuda").write_text("11080")
    program = """
answer(*[[card.name, card.capability, card.driver_cuda] for card in gpus.cards()])
"""
    assert told(LOOK + program, driver=driver, gpus=gpus) == [
        ["Stand-in 0", [9, 0], [11, 8]],
        ["Stand-in 1", [6, 1], [11, 8]],
    ]


def test_without_a_driver_there_are_no_cards(driver: Path, gpus: Path) -> None:
    (gpus / "error").write_text(str(DRIVER_NOT_LOADED))
    program = "answer(gpus.cards(), gpus.trouble)"
    assert told(LOOK + program, driver=driver, gpus=gpus) == [[], "Driver Not Loaded"]


PLAN = """
import json, os, sys
from pathlib import Path
from bot.core.config import load
from bot.progress import Silent
from bot.stages.house import House
from bot.stages.planning import make_plan
notes = []
progress = Silent()
progress.note = notes.append
asked = {"baseline": "2.16.2", "versions": ["2.21.0"], "workloads": ["*"], "device": "gpu"}
config = load(None, source="", environ={}, overrides=asked)
house = House(home=Path(sys.argv[1]), environ=os.environ, progress=progress)
plan = make_plan(config, house, base=Path(sys.argv[1]), command=["compare"])
print(json.dumps([plan.isolation, notes, [each.unavailable for each in plan.candidates]]))
"""


def test_a_plan_says_what_the_card_can_run_and_leaves_out_what_it_cannot(
    driver: Path, gpus: Path, tmp_path: Path
) -> None:
    (gpus / "0" / "capability").write_text("52")
    isolation, notes, (why_not,) = told(PLAN, str(tmp_path), driver=driver, gpus=gpus)
    assert isolation == "process"
    assert len(notes) == 1
    assert "TensorFlow 2.14 to 2.16 can run on it" in notes[0]
    assert "TensorFlow 2.21.0 needs compute capability 6.0 or newer" in why_not


RUN = """
import json, os, pickle, sys
from pathlib import Path
from bot.core import rounds
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
rounds.MOST_ROUNDS = rounds.LEAST_ROUNDS
folder = RunFolder(Path(sys.argv[1]))
prepared = pickle.loads(Path(sys.argv[2]).read_bytes())
house = House(home=folder.path, environ=os.environ, progress=Silent())
measured = measure(folder.read_plan(), prepared, folder, house)
print(report(measured, folder, home=folder.path).model_dump_json())
"""

HOLDS = f"""
import os
import tinyflow

MIB = {MIB} if tinyflow.__version__ == "1.0" else 2 * {MIB}

def build():
    held = os.path.join(os.environ["STAND_IN_GPUS"], "1", str(os.getpid()))
    calls = []

    def step():
        calls.append(None)
        with open(held, "w") as file:  # the most is held until the rounds begin
            file.write(str((96 if len(calls) < 40 else 64) * MIB))
        return sum(range(2000))

    return step
"""


@pytest.fixture
def report_of(
    plan: Callable[..., Plan],
    prepared: Callable[[Plan], dict[str, Prepared]],
    driver: Path,
    gpus: Path,
    tmp_path: Path,
) -> Callable[[str], Any]:
    """Carry out a run on the stand-in's GPUs; return its report."""

    def carry_out(workload: str) -> Any:
        asked = plan(
            {"holds": workload},
            device="gpu",
            isolation="process",
            metrics=("step", "device_memory"),
            rule=Rule(cells=2, most_blocks=3),
            knobs={"STAND_IN_GPUS": str(gpus)},
        )
        folder = RunFolder(tmp_path / "run")
        folder.write(folder.plan, asked)
        ready = prepared(asked)
        for each in asked.environments:
            folder.write(folder.environment(each), describe(ready[each.id]))
        pickled = tmp_path / "prepared.pickle"
        pickled.write_bytes(pickle.dumps(ready))
        return told(RUN, str(folder.path), str(pickled), driver=driver, gpus=gpus)

    return carry_out


def device_cells(report: Any) -> list[tuple[str, float | None, float | None]]:
    return [
        (cell["verdict"], cell["baseline_value"], cell["candidate_value"])
        for cell in report["cells"]
        if cell["metric"] == "device_memory"
    ]


def test_a_run_reports_the_most_that_each_version_held(
    report_of: Callable[[str], Any], gpus: Path, tmp_path: Path
) -> None:
    (gpus / "1" / "busy").write_text("37")
    (gpus / "0" / "busy").write_text("0")
    report = report_of(HOLDS)
    assert device_cells(report) == [("INCONCLUSIVE", 96 * MIB, 2 * 96 * MIB)]
    assert report["notes"] == []
    assert report["failures"] == []
    journal = (tmp_path / "run" / "samples.jsonl").read_text().splitlines()
    shares = [
        record.conditions.device_utilisation
        for record in map(decode, map(json.loads, journal))
        if isinstance(record, ConditionsBlock)
    ]
    assert shares == [pytest.approx(0.37)] * 3


@pytest.mark.parametrize(
    ("error", "says"), [(str(DRIVER_NOT_LOADED), "Driver Not Loaded"), ("0", NOT_LISTED)]
)
def test_a_run_that_cannot_see_the_gpu_says_so_once_and_measures_on(
    report_of: Callable[[str], Any], gpus: Path, error: str, says: str
) -> None:
    (gpus / "error").write_text(error)
    report = report_of("import tinyflow\ndef build():\n    return lambda: sum(range(2000))\n")
    assert report["notes"] == [f"GPU memory was not observed: {says}"]
    assert device_cells(report) == [("NOT_MEASURED", None, None)]
    assert [cell["blocks"] for cell in report["cells"] if cell["metric"] == "step"] == [3]
    assert report["failures"] == []
