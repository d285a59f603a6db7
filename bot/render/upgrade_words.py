"""Owns the sentences about scripts that `tf_upgrade_v2` rewrote, or could not."""

NOT_CONVERTED = "What the tool could not convert:"
CUT = "... more of it in the run folder"


def failed(script: str, why: str) -> str:
    """Say that there is no upgraded copy."""
    return f"tf_upgrade_v2 could not upgrade {script}: {why}"


def rewrote(script: str, maker: str, lines: str) -> str:
    """Say that the copy was measured."""
    return f"2.x ran {script} as {_tool(maker)} rewrote it ({lines} changed)"


def would_change(script: str, maker: str, lines: str) -> str:
    """Say what an upgrade would do."""
    return f"{_tool(maker)} would change {lines} of {script}"


def _tool(maker: str) -> str:
    return f"tf_upgrade_v2 of {maker}"
