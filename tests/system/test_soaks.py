#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The soaks still run, for a moment: how much anything grows shows in hours, not here."""

import os
import subprocess
import unittest

from harness.daemon import ROOT
from harness.mailbox import WATCHDOG_S
from harness.runner import main

FOLDER = os.path.join(ROOT, "tests", "system")


class TestSoaks(unittest.TestCase):
    def run_soak(self, name, *arguments):
        done = subprocess.run(
            [os.path.join(FOLDER, name), *arguments], check=False, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=5 * WATCHDOG_S)
        self.assertNotIn("Traceback", done.stderr)
        return done.stdout

    def test_plays_and_stops(self):
        said = self.run_soak("soak_play.py", "--rounds", "60", "--cameras", "2", "--quiet")

        self.assertIn("60 rounds in", said)
        self.assertIn("rss_kib", said)

    def test_moves(self):
        said = self.run_soak("soak_ptz.py", "--moves", "300", "--quiet")

        self.assertIn("moves in", said)
        self.assertIn("rss_kib", said)
        self.assertNotIn("answered 0", said)

    def test_a_fleet_with_faults(self):
        said = self.run_soak("soak_fleet.py", "--cameras", "8", "--seconds", "10", "--faults", "2",
                             "--quiet")

        self.assertIn("longer than 20 s: none", said)
        self.assertIn("main loop, ms: {'period'", said)


if __name__ == "__main__":
    main()
