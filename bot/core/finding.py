"""Owns one thing the doctor says about a machine, and what to do about it if there is something."""

from dataclasses import dataclass
from typing import Literal

Topic = Literal["machine", "cores", "memory", "disk", "Python", "GPU", "clock", "records", "noise"]
Level = Literal["fine", "advice", "stops", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was found; `advice` is what to do, with the command where there is one."""

    topic: Topic
    level: Level
    says: str
    advice: str | None = None


def fine(topic: Topic, says: str) -> Finding:
    """Say what is as it should be."""
    return Finding(topic=topic, level="fine", says=says)


def advise(topic: Topic, says: str, advice: str) -> Finding:
    """Say what could be better, and how."""
    return Finding(topic=topic, level="advice", says=says, advice=advice)


def stop(topic: Topic, says: str, advice: str) -> Finding:
    """Say why nothing can be measured here, and what would change that."""
    return Finding(topic=topic, level="stops", says=says, advice=advice)


def unknown(topic: Topic, says: str) -> Finding:
    """Say what could not be found out."""
    return Finding(topic=topic, level="unknown", says=says)
