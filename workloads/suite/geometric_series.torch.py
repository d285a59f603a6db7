"""The same sum of PyTorch tensors, each operation run at once: what small ops cost there."""

import torch
from _torch import device

CASES = {"eager": {"mode": "eager"}}
TERMS = 50


def build(**_mode):
    """Return the step."""
    where = device()

    def series():
        total = power = torch.tensor(1.0, device=where)
        for _ in range(TERMS):
            power = power / 2.0
            total = total + power
        return total.cpu().numpy()  # waits for the GPU

    return series


def outputs(result):
    """Return what is compared."""
    return {"sum": result}
