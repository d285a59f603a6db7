"""What it costs to convert a network to TensorFlow.js, and to ask it under Node.

An optional extra. Every version to compare needs the converter beside it, and Node its package:

    npm install @tensorflow/tfjs
    versions: [{tensorflow: 2.15.1, with: [tensorflowjs, "setuptools<81"]}, ...]
    knobs: {NODE_PATH: /absolute/path/of/node_modules}
"""

import importlib
import importlib.util
import json
import os
import shutil
import subprocess
from unittest import SkipTest

from _dense import truth, vectors
from _files import fresh_folder
from _saved import module, save_module

CASES = {"convert": {"mode": "convert"}, "invoke": {"mode": "invoke"}}
SINCE = "2.0"
TAGS = ["export", "inference"]
TOLERANCE = 1e-5
NODE = shutil.which("node")
SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_tfjs.js")


def build(mode):
    """Return the step: the conversion of a SavedModel, or a question to Node."""
    must_be_there()
    convert = importlib.import_module("tensorflowjs.converters").convert_tf_saved_model
    saved, folder = fresh_folder("tfjs_saved_model"), fresh_folder("tfjs_model")
    save_module(saved, module())

    def converted():
        convert(saved, folder)
        return folder

    return converted if mode == "convert" else asker(converted())


def must_be_there():
    """Say what is missing, and how to get it; the workload's docstring has it in full."""
    if importlib.util.find_spec("tensorflowjs") is None:
        raise SkipTest('no converter: give the version `with: [tensorflowjs, "setuptools<81"]`')
    if NODE is None:
        raise SkipTest("no Node: install it, and put it on the PATH")
    find = [NODE, "-e", "require.resolve('@tensorflow/tfjs')"]
    if subprocess.call(find, stderr=subprocess.DEVNULL) != 0:
        raise SkipTest("Node lacks a package: npm install @tensorflow/tfjs, and the knob NODE_PATH")


def asker(folder):
    """Start Node with a model; return a callable that asks it, and has the answer as text."""
    pipe = subprocess.PIPE
    node = subprocess.Popen([NODE, SERVER, folder], stdin=pipe, stdout=pipe)
    question = json.dumps(vectors().tolist()).encode() + b"\n"

    def ask():
        node.stdin.write(question)
        node.stdin.flush()
        answer = node.stdout.readline()
        if not answer:
            raise RuntimeError("Node left with exit code {}".format(node.wait()))
        return answer

    return ask


def outputs(result):
    """Return the answers; what was only converted is asked here, outside the timing."""
    answer = result if isinstance(result, bytes) else asker(result)()
    return {"answer": json.loads(answer.decode())}


def reference(**_mode):
    """Return the truth, in float64."""
    return {"answer": truth()}
