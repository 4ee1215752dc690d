#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/bench/onvif still runs: what it measures is not judged here, only that it measures."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest

from harness.daemon import ROOT
from harness.mailbox import WATCHDOG_S
from harness.process import Process
from harness.runner import main

BENCH = os.path.join(ROOT, "tools", "bench", "onvif")
FIGURES = ("contact", "start_local_at_camera", "start_local_replied", "start_mqtt_at_camera",
           "start_mqtt_replied", "start_all_at_camera", "start_all_replied")


class TestBench(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="camgate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.temporary = os.path.join(self.folder, "tmp")
        os.makedirs(self.temporary)

    def run_bench(self, *arguments):
        return subprocess.run(
            [BENCH, *arguments], env={**os.environ, "TMPDIR": self.temporary}, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2 * WATCHDOG_S)

    def assert_clean(self):
        self.assertEqual(os.listdir(self.temporary), [])

    def test_one_living_camera_and_one_of_four_dead(self):
        path = os.path.join(self.folder, "figures.json")

        ended = self.run_bench(
            "--sizes", "1,4", "--contacts", "2", "--starts", "3", "--json", path)

        self.assertEqual(ended.returncode, 0, ended.stderr)
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        self.assertGreater(found["requests_a_contact"], 5)
        self.assertEqual([(s["cameras"], s["bad"]) for s in found["sizes"]], [(1, 0), (4, 1)])
        for size in found["sizes"]:
            for name in FIGURES:
                for who in ("bare", "camgate", "without_bad"):
                    self.assertGreaterEqual(size[name][who]["samples"], 2, (name, who))
                    self.assertGreater(size[name][who]["median"], 0, (name, who))
                self.assertIn("median", size[name]["adds"])
        self.assertIn("whole contact", ended.stdout)
        self.assertIn("contact", ended.stderr, "progress is shown")
        self.assert_clean()

    def test_it_leaves_nothing_behind_when_it_is_ended(self):
        bench = Process("bench", [BENCH, "--sizes", "1", "--starts", "1000000"],
                        env={"TMPDIR": self.temporary})
        self.addCleanup(bench.close)
        bench.lines.expect(lambda line: "ptz start" in line, "progress")

        bench.signal(signal.SIGTERM)

        self.assertEqual(bench.wait(), 1)
        self.assert_clean()

    def test_nonsense_is_refused(self):
        for arguments in (("--sizes", "few"), ("--sizes", "0"), ("--starts", "0"), ("more",)):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.run_bench(*arguments).returncode, 2)
        self.assert_clean()


if __name__ == "__main__":
    main()
