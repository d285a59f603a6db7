"""Owns looking at GPUs from outside the processes: who holds how much memory, how busy they are."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from statistics import fmean
from typing import Any

from bot.core.gpu import Card
from bot.core.plan import Device

NOT_INSTALLED = "nvidia-ml-py is not installed: python -m pip install nvidia-ml-py"
NO_GPU = "the driver sees no GPU"
NOT_TOLD = "the driver does not tell the memory of single processes"
NOT_LISTED = (
    "the driver listed no process of ours (they used no GPU, or a container has process ids of its"
    " own: docker run --pid=host)"
)


class Gpus:
    """The GPUs of this machine, as their driver shows them.

    Looking never fails: `trouble` says why nothing can be seen (any more), None while all is well.
    """

    def __init__(self) -> None:
        self.trouble: str | None = None
        self._handles: list[Any] = []
        self._busy_shares: list[float] = []
        try:
            self._nvml: Any = import_module("pynvml")
        except ImportError:
            self.trouble = NOT_INSTALLED
            return
        try:
            self._open()
        except self._nvml.NVMLError as error:
            self.trouble = str(error)

    def _open(self) -> None:
        self._nvml.nvmlInit()
        count = self._nvml.nvmlDeviceGetCount()
        self._handles = [self._nvml.nvmlDeviceGetHandleByIndex(index) for index in range(count)]
        if not self._handles:
            self.trouble = NO_GPU

    def close(self) -> None:
        """Let go of the driver."""
        if self._handles:
            with suppress(self._nvml.NVMLError):  # one that is gone holds nothing
                self._nvml.nvmlShutdown()

    def cards(self) -> tuple[Card, ...]:
        """Describe the cards; () where the driver cannot be asked, see `trouble`."""
        if self.trouble:
            return ()
        try:
            driver = self._nvml.nvmlSystemGetCudaDriverVersion_v2()
            serves = (driver // 1000, driver % 1000 // 10)  # 12040 is 12.4
            return tuple(self._card(handle, serves) for handle in self._handles)
        except self._nvml.NVMLError as error:
            self.trouble = str(error)
            return ()

    def _card(self, handle: object, driver_cuda: tuple[int, int]) -> Card:
        name = self._nvml.nvmlDeviceGetName(handle)
        capability = self._nvml.nvmlDeviceGetCudaComputeCapability(handle)
        return Card(
            name=name.decode() if isinstance(name, bytes) else name,
            capability=(int(capability[0]), int(capability[1])),
            driver_cuda=driver_cuda,
        )

    def look(self, pid: int) -> int | None:
        """Return what a process and its children hold on all GPUs; None where nothing is seen.

        How busy the GPUs are is noted meanwhile.
        """
        if self.trouble:
            return None
        try:
            self._note_busy_share()
            held = [size for process, size in self._processes() if _descends(process, pid)]
        except self._nvml.NVMLError as error:
            self.trouble = str(error)
            return None
        known = [size for size in held if size is not None]
        if len(known) < len(held):
            self.trouble = NOT_TOLD
            return None
        return sum(known) if known else None

    def _note_busy_share(self) -> None:
        with suppress(self._nvml.NVMLError_NotSupported):  # a part of a GPU (MIG) has no such share
            rates = map(self._nvml.nvmlDeviceGetUtilizationRates, self._handles)
            self._busy_shares.append(max(rate.gpu for rate in rates) / 100)

    def _processes(self) -> Iterator[tuple[int, int | None]]:
        for handle in self._handles:
            for process in self._nvml.nvmlDeviceGetComputeRunningProcesses_v3(handle):
                yield process.pid, process.usedGpuMemory

    def busy_share(self) -> float | None:
        """Return how busy the busiest GPU was since this was last asked; None where unknown."""
        shares, self._busy_shares = self._busy_shares, []
        return fmean(shares) if shares else None


@contextmanager
def gpus_of(device: Device) -> Iterator[Gpus | None]:
    """Open the GPUs for a run that uses them."""
    if device == "cpu":
        yield None
        return
    gpus = Gpus()
    try:
        yield gpus
    finally:
        gpus.close()


def _descends(pid: int, ancestor: int) -> bool:
    """Whether a process is another one, or was started by it."""
    while pid not in {0, ancestor}:
        pid = _parent(pid)
    return pid == ancestor


def _parent(pid: int) -> int:
    try:
        stat = Path("/proc", str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it ended meanwhile, or is not of this machine's processes
        return 0
    # After the name, which may hold anything, even brackets: state, parent, ...
    return int(stat.rpartition(")")[2].split()[1])
