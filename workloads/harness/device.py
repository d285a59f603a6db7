"""Owns what the framework itself says about the GPU: that it uses one, and how much of it."""

import sys

from .faults import NoDevice


def must_be_seen():
    """Raise where the framework sees no GPU: it would be measured on the CPU, and be slow there."""
    tensorflow, torch = sys.modules.get("tensorflow"), sys.modules.get("torch")
    if tensorflow is not None and not _gpus(tensorflow):
        raise NoDevice(
            "TensorFlow sees no GPU here: its CUDA libraries are missing or do not fit the driver"
            " (the log has its reasons)"
        )
    if tensorflow is None and torch is not None and not torch.cuda.is_available():
        raise NoDevice("PyTorch sees no GPU here: this build has no CUDA, or no driver for it")


def _gpus(tensorflow):
    config = getattr(tensorflow, "config", None)
    for owner in (config, getattr(config, "experimental", None)):  # 2.1 and later; 1.14 to 2.0
        if hasattr(owner, "list_physical_devices"):
            return owner.list_physical_devices("GPU")
    return tensorflow.test.is_gpu_available()


def peak_bytes():
    """Return the most that the framework had in use on its first GPU; None where it cannot tell."""
    tensorflow, torch = sys.modules.get("tensorflow"), sys.modules.get("torch")
    if tensorflow is not None:
        return _of_tensorflow(tensorflow)
    if torch is not None and torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    return None


def _of_tensorflow(tensorflow):
    # 2.5 and later; on a CPU it raises or returns zeros, so it is asked only where there is a GPU.
    config = getattr(tensorflow, "config", None)
    read = getattr(getattr(config, "experimental", None), "get_memory_info", None)
    if read is None or not config.list_physical_devices("GPU"):
        return None
    return int(read("GPU:0")["peak"])
