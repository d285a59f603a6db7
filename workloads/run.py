"""Owns the command line of the worker: the program that runs inside an environment.

    run.py serve --requests FD --replies FD     measure: be asked over pipes, one JSON object a line
    run.py list --output PATH FILE...           say what workload files declare, without a framework

Standard library only, Python 3.6 to 3.13, because every TensorFlow since 1.0 is run by this file.
It knows nothing of the tool that starts it; the two meet in the JSON that `harness` speaks.
"""

import argparse
import os
import sys

# The folder of a script comes first on sys.path, where the files of the folder shadow everything.
# The harness is found once, here, and its folder leaves before anything else is imported.
_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, _HERE)
import harness  # noqa: E402, F401

sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _HERE]


def _serve(options):
    from harness import arm
    from harness.channel import Channel

    arm.serve(Channel(options.requests, options.replies))


def _list(options):
    from harness import listing

    listing.write(options.output, options.files)


def main(arguments=None):
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command")
    commands.required = True
    serve = commands.add_parser("serve", help="measure what the requests ask for")
    serve.add_argument("--requests", type=int, required=True, metavar="FD")
    serve.add_argument("--replies", type=int, required=True, metavar="FD")
    serve.set_defaults(perform=_serve)
    listing = commands.add_parser("list", help="write what the workload files declare")
    listing.add_argument("--output", required=True, metavar="PATH")
    listing.add_argument("files", nargs="*", metavar="FILE")
    listing.set_defaults(perform=_list)
    options = parser.parse_args(arguments)
    options.perform(options)


if __name__ == "__main__":
    main()
