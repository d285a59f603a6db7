"""Owns what a machine is, as far as it bears on measuring; what it did is in `conditions`."""

from dataclasses import dataclass

FLAGS = (
    "avx",
    "avx2",
    "fma",
    "avx_vnni",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "amx_tile",
    "amx_int8",
    "amx_bf16",
    "asimd",
    "asimddp",
    "sve",
    "i8mm",
    "bf16",
)
"""What TensorFlow and oneDNN choose kernels by: other flags, other numbers, other speed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineFacts:
    """What this machine is; None where it cannot tell.

    `cores` are those we may use, of `cores_online`; `are_siblings` says whether two of them share
    one physical core. `cpu_quota_cores` is the CPU time per time that the control group allows.
    """

    cpu: str | None
    architecture: str
    cpu_flags: tuple[str, ...] | None
    cores: int
    cores_online: int | None
    are_siblings: bool | None
    memory_bytes: int | None
    memory_available_bytes: int | None
    memory_limit_bytes: int | None
    cpu_quota_cores: float | None
    governor: str | None
    has_turbo: bool | None
    is_virtual: bool | None
    is_container: bool
    system: str

    @property
    def usable_memory_bytes(self) -> int | None:
        """What processes of ours may still take: of the machine's, and of the group's limit."""
        known = (self.memory_available_bytes, self.memory_limit_bytes)
        return min((each for each in known if each is not None), default=None)
