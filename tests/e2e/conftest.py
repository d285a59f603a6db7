"""Owns what tests with real releases share: one home, so that each environment is made once."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Share locks and environments between all runs."""
    return tmp_path_factory.mktemp("repository")
