# SPDX-License-Identifier: GPL-2.0-or-later
"""One simulated camera, and `camgatectl probe` in front of it."""

import json
import subprocess

from ctl import CtlTest, environment
from harness.mailbox import WATCHDOG_S
from harness.simulator import PASSWORD, USERNAME, Simulator

# Looking for a key frame that does not come takes its time.
LONG_S = 3 * WATCHDOG_S
# Small pictures and short groups: the measuring ends as soon as it may.
SMALL = ("--size", "320x180", "--fps", "10", "--gop", "0.5")


class ProbeTest(CtlTest):
    ARGUMENTS = SMALL

    def setUp(self):
        super().setUp()
        self.simulator = Simulator(self.folder, "GATE", arguments=self.ARGUMENTS)
        self.addCleanup(self.simulator.close)
        self.camera = self.simulator.start().camera

    def run_ctl(self, *arguments, password=PASSWORD):
        done = subprocess.run(
            self.command(*arguments), stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", timeout=LONG_S, check=False,
            env=environment({"CAMGATE_PASSWORD": password}))
        return done.returncode, done.stdout, done.stderr

    def probe(self, *extra, password=PASSWORD):
        return self.run_ctl(
            "probe", self.camera.address, "--user", USERNAME, *extra, password=password)

    def report(self, *extra, password=PASSWORD):
        """(exit status, whole object, {check: verdict})"""
        status, output, _errors = self.probe("--json", *extra, password=password)
        result = json.loads(output)
        return status, result, {c["check"]: c["verdict"] for c in result["checks"]}

    def finding(self, result, check):
        (found,) = [c for c in result["checks"] if c["check"] == check]
        return found["finding"]

    def refused_logins(self):
        return len(self.camera.requests("LoginRefused"))
