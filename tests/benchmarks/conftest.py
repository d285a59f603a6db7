"""Reports for the tests of the benchmarks: the factories of the renderings' tests."""

from tests.render.conftest import reports

__all__ = ["reports"]
