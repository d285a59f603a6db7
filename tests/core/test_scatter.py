"""How much like programs differ, with the same blocks looked at in two ways."""

import math

import pytest

from bot.core.scatter import in_turns, scatter


def test_what_slows_all_arms_of_a_block_is_seen_only_across_blocks() -> None:
    calm = {"a": [1.0, 1.0], "b": [1.0, 1.0]}
    slow = {"a": [1.2, 1.2], "b": [1.2, 1.2]}

    found = scatter([calm, slow])

    assert found.apart == pytest.approx(math.log(1.2))
    assert found.in_turns == 0.0


def test_one_slow_process_is_seen_in_its_block_whatever_single_rounds_did() -> None:
    block = {"a": [1.0, 1.0, 9.0], "b": [1.1, 1.1, 1.1], "c": [1.0, 5.0, 1.0]}

    assert list(in_turns([block])) == pytest.approx([-math.log(1.1), 0.0, math.log(1.1)])
