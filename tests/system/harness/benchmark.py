# SPDX-License-Identifier: GPL-2.0-or-later
"""A benchmark as a test sees it: what it measures is not judged, only that it measures."""

import json
import os
import subprocess

from .house import FolderTest
from .mailbox import WATCHDOG_S


class BenchTest(FolderTest):
    """A benchmark in a folder of its own, which it has to leave empty."""

    bench = None

    def setUp(self):
        super().setUp()
        self.temporary = os.path.join(self.folder, "tmp")
        os.makedirs(self.temporary)

    def run_bench(self, *arguments, **environment):
        return subprocess.run(
            [self.bench, *arguments],
            env={**os.environ, "TMPDIR": self.temporary, **environment}, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=4 * WATCHDOG_S)

    def measure(self, *arguments, **environment):
        """(its figures, how it ended)"""
        path = os.path.join(self.folder, "figures.json")
        ended = self.run_bench(*arguments, "--json", path, **environment)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        with open(path, encoding="utf-8") as file:
            return json.load(file), ended

    def assert_clean(self):
        self.assertEqual(os.listdir(self.temporary), [])

    def assert_refused(self, *rows):
        for arguments in rows:
            with self.subTest(arguments=arguments):
                self.assertEqual(self.run_bench(*arguments).returncode, 2)
        self.assert_clean()
