"""Owns what the framework itself says about its memory on the GPU."""

import sys


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
