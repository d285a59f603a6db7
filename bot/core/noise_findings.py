"""Owns what the doctor says about noise: how much there is, whose it is, what quietens it."""

from collections.abc import Iterator

from bot.core.checkup import Checkup, NoiseProbe, NoProbe
from bot.core.conditions import Conditions
from bot.core.finding import Finding, advise, fine, unknown
from bot.core.machine_facts import MachineFacts
from bot.core.metric import METRICS
from bot.core.noise import Kind, strongest, sum_up
from bot.core.units import format_threshold

WORTH_TELLING = METRICS["step"].threshold
CALM_GOVERNORS = {"performance", "userspace"}
"""Those under which cores do not change their frequency by themselves."""


def noise_findings(checkup: Checkup) -> Iterator[Finding]:
    """Say how much noise there is; what would quieten it is worth saying only where it is loud."""
    if isinstance(checkup.noise, NoProbe):
        yield unknown("noise", f"unknown: {checkup.noise.reason}")
        return
    yield _scatter(checkup.noise)
    detectable = _detectable(checkup.noise)
    yield detectable
    yield _disturbance(checkup.conditions)
    if detectable.level == "advice":
        yield from _restless_cores(checkup.machine)


def _scatter(noise: NoiseProbe) -> Finding:
    apart, in_turns = _percent(noise.scatter.apart), _percent(noise.scatter.in_turns)
    says = f"the same program differs from itself by {apart} one after the other"
    return fine("noise", f"{says}, by {in_turns} taking turns")


def _detectable(noise: NoiseProbe) -> Finding:
    if noise.detectable is None:
        says = f"{noise.most_blocks} blocks would not even show a step that takes twice as long"
        return advise("noise", says, "measure when the machine is quieter, or on another one")
    change = _percent(noise.detectable)
    says = f"{noise.most_blocks} blocks could show a step that got {change} slower"
    if noise.detectable <= WORTH_TELLING:
        return fine("noise", says)
    threshold = f"--threshold {change.replace(' ', '')}"
    return advise("noise", says, f"quieten the machine, or ask for no more: {threshold}")


_QUIETER: dict[Kind, str] = {
    "stolen": "use a dedicated machine, or measure at another time",
    "others": "end what else runs: `top` shows it, busiest first",
    "throttled": "raise the quota, or give the container whole cores",
    "memory": "end what takes the memory: `top -o %MEM` shows it",
    "disk": "end what reads and writes: `vmstat 1` shows how much that is",
    "clock": "keep the machine awake, and its clock synchronised: timedatectl set-ntp true",
}


def _disturbance(conditions: Conditions) -> Finding:
    """Name what disturbed the probe, with what can be done about that kind."""
    found = strongest(sum_up([conditions]))
    if found is None:
        return fine("noise", "nothing disturbed the probe")
    return advise("noise", f"meanwhile {found.says}", _QUIETER.get(found.kind, _QUIETER["others"]))


def _restless_cores(machine: MachineFacts) -> Iterator[Finding]:
    """Cores that change their frequency: pairing cancels most of it, not all."""
    if machine.governor is not None and machine.governor not in CALM_GOVERNORS:
        command = "keep the frequency: sudo cpupower frequency-set -g performance"
        yield advise("noise", f"the governor {machine.governor} changes the frequency", command)
    if machine.has_turbo:
        switch = (
            "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"
            if "Intel" in (machine.cpu or "")
            else "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"
        )
        yield advise(
            "noise", "turbo changes the frequency as cores get warm", f"no turbo: {switch}"
        )


def _percent(share: float) -> str:
    """Write two digits: a few seconds tell no more."""
    return format_threshold(float(f"{share:.2g}"))
