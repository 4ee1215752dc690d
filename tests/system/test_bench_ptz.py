#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/bench/ptz still runs: what it measures is not judged here, only that it measures."""

import os

from harness.benchmark import BenchTest
from harness.daemon import ROOT
from harness.runner import main


class TestBenchPtz(BenchTest):
    bench = os.path.join(ROOT, "tools", "bench", "ptz")

    def test_each_row_has_figures(self):
        found, ended = self.measure("--samples", "2", "--first-stops", "1")

        self.assertGreater(len(found["rows"]), 10)
        for row in found["rows"]:
            with self.subTest(row=row["what"]):
                self.assertGreater(row["camgate"]["p50"], 0)
                self.assertEqual("bare" in row, not row["what"].startswith("first stop"))
                self.assertIn(row["what"], ended.stdout)
        self.assert_clean()

    def test_nonsense_is_refused(self):
        self.assert_refused(("--samples", "0"), ("--first-stops", "x"), ("more",))


if __name__ == "__main__":
    main()
