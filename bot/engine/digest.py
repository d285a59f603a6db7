"""Owns the fingerprint of a workload's file, by which a resumed run knows it again."""

import hashlib
from pathlib import Path


def file_digest(file: Path) -> str:
    """The SHA-256 of a workload's file; empty when it is gone."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
