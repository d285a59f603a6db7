"""What the end of a script's output says about why it left."""

import textwrap

import pytest

from bot.core.script_ending import exit_reason

PLAIN = """
    epoch 1
    Traceback (most recent call last):
      File "/their/train.py", line 53, in <module>
        main()
      File "/their/train.py", line 31, in main
        x = tf.placeholder(tf.float32, [None, 784])
      File "/env/lib/site-packages/tensorflow/python/ops/array_ops.py", line 3097, in placeholder
        raise RuntimeError("tf.placeholder() is not compatible with "
    RuntimeError: tf.placeholder() is not compatible with eager execution.
"""
CHAINED = """
    Traceback (most recent call last):
      File "/their/train.py", line 3, in <module>
        {}["a"]
    KeyError: 'a'

    During handling of the above exception, another exception occurred:

    Traceback (most recent call last):
      File "/their/train.py", line 5, in <module>
        raise tf.errors.InvalidArgumentError(None, None, "no\\nNode: x")
    tensorflow.python.framework.errors_impl.InvalidArgumentError: no
    Node: x
    2026-01-01 00:00:00.0: W tensorflow/core] closing
"""
NO_PYTHON = """
      File "/their/train.py", line 5
        print "loss"
        ^
    SyntaxError: Missing parentheses in call to 'print'
"""
NOT_OURS = """
    Traceback (most recent call last):
      File "/env/lib/python3.11/runpy.py", line 9, in run
    OSError
"""


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            PLAIN,
            (
                "RuntimeError: tf.placeholder() is not compatible with eager execution."
                " (exit code 1, train.py:31)"
            ),
        ),
        (CHAINED, "InvalidArgumentError: no (exit code 1, train.py:5)"),
        (
            NO_PYTHON,
            "SyntaxError: Missing parentheses in call to 'print' (exit code 1, train.py:5)",
        ),
        (NOT_OURS, "OSError (exit code 1, runpy.py:9)"),
        ("usage: train.py\ntrain.py: error: no data\n\n", None),
        ("", "left with exit code 1"),
        ("Traceback (most recent call last):\n  File", "left with exit code 1: File"),
    ],
)
def test_the_error_is_the_reason(said: str, reason: str | None) -> None:
    expected = reason or "left with exit code 1: train.py: error: no data"
    assert exit_reason(1, textwrap.dedent(said), script="/their/train.py") == expected
