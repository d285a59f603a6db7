"""What hyperfine times: a process that imports TensorFlow and calls one step so many times."""

import sys

from _steps import STEPS

step = STEPS[sys.argv[1]]()
for _ in range(int(sys.argv[2])):
    step()
