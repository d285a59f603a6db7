"""Owns what workloads in PyTorch share: where they compute, and how they wait for it."""

import os

import torch


def device():
    """Return the GPU where there is one that the run does not hide, else the CPU."""
    threads = int(os.environ.get("TFPERF_THREADS", "0"))  # 0: as many as there are cores
    if threads:
        torch.set_num_threads(threads)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def finished(where):
    """Wait for what was queued: a GPU works on after the call that asked it to."""
    if where.type == "cuda":
        torch.cuda.synchronize()
