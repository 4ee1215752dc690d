#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/demo, without what it installs, builds and shows: where its words lead to."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

from harness.mailbox import WATCHDOG_S
from harness.runner import main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
STEPS = """
step () { steps_number=1; }
install_packages () { :; }
build () { :; }
top=$PWD steps_log=/nonexistent packages_build=() packages_world=()
"""
SHOW = """
import json, os, sys
print(json.dumps([os.path.abspath(sys.argv[-1]), os.environ["CAMGATE_BUILD"]]))
"""


class TestDemo(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="demo-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.tree = os.path.join(self.folder, "tree")
        os.makedirs(os.path.join(self.tree, "tools"))
        shutil.copy(os.path.join(ROOT, "tools", "demo"), os.path.join(self.tree, "tools", "demo"))
        for name, text in (("steps.sh", STEPS), ("demo.py", SHOW)):
            with open(os.path.join(self.tree, "tools", name), "w", encoding="utf-8") as file:
                file.write(text)

    def paths(self, caller, program):
        """The picture's path and the build folder of a demo that is called there by that name."""
        done = subprocess.run(
            [program, "--once", "--picture", "picture.png"], cwd=caller, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True, timeout=WATCHDOG_S, check=True)
        return json.loads(done.stdout)

    def test_a_picture_lands_where_the_caller_stands(self):
        elsewhere = os.path.join(self.folder, "else where")
        os.mkdir(elsewhere)
        build = os.path.join(self.tree, "build")

        for caller, program in ((elsewhere, "../tree/tools/demo"),
                                (elsewhere, os.path.join(self.tree, "tools", "demo")),
                                (self.tree, "./tools/demo"),
                                (os.path.join(self.tree, "tools"), "./demo")):
            with self.subTest(caller=caller, program=program):
                self.assertEqual(self.paths(caller, program),
                                 [os.path.join(caller, "picture.png"), build])


if __name__ == "__main__":
    main()
