#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/bench/ptz still runs: what it measures is not judged here, only that it measures."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

from harness.daemon import ROOT
from harness.mailbox import WATCHDOG_S
from harness.runner import main

BENCH = os.path.join(ROOT, "tools", "bench", "ptz")


class TestBenchPtz(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="camgate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.temporary = os.path.join(self.folder, "tmp")
        os.makedirs(self.temporary)

    def run_bench(self, *arguments):
        return subprocess.run(
            [BENCH, *arguments], env={**os.environ, "TMPDIR": self.temporary}, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=4 * WATCHDOG_S)

    def test_each_row_has_figures(self):
        path = os.path.join(self.folder, "figures.json")

        ended = self.run_bench("--samples", "2", "--first-stops", "1", "--json", path)

        self.assertEqual(ended.returncode, 0, ended.stderr)
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)["rows"]
        self.assertGreater(len(rows), 10)
        for row in rows:
            with self.subTest(row=row["what"]):
                self.assertGreater(row["camgate"]["p50"], 0)
                self.assertEqual("bare" in row, not row["what"].startswith("first stop"))
                self.assertIn(row["what"], ended.stdout)
        self.assertEqual(os.listdir(self.temporary), [])

    def test_nonsense_is_refused(self):
        for arguments in (("--samples", "0"), ("--first-stops", "x"), ("more",)):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.run_bench(*arguments).returncode, 2)


if __name__ == "__main__":
    main()
