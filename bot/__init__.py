"""tf-perf-bot: performance and numeric regressions across TensorFlow releases."""

__version__ = "0.1.0"
