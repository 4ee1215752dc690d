#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`meson install` into a DESTDIR gives a tree that a system can run."""

import os
import shutil
import subprocess
import unittest

from harness.daemon import BUILD
from harness.house import SystemTest
from harness.mailbox import WATCHDOG_S
from harness.runner import main


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=2 * WATCHDOG_S, check=False)


class TestInstall(SystemTest):
    def setUp(self):
        super().setUp()
        done = run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.paths = [os.path.join(where, name) for where, _folders, names in os.walk(self.folder)
                      for name in names]
        self.files = {os.path.basename(path): path for path in self.paths}

    def test_programs_unit_and_pipelines_are_there(self):
        for name in ("camgated", "camgatectl", "camgated.service"):
            self.assertIn(name, self.files)
        self.assertTrue(any(name.endswith(".launch") for name in self.files))
        self.assertTrue(any("sysusers.d" in path for path in self.paths))
        self.assertTrue(any("tmpfiles.d" in path for path in self.paths))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd here")
    def test_the_unit_passes_systemd_analyze_verify(self):
        done = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                   f"--root={self.folder}", self.files["camgated.service"])

        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_unit_notifies_and_runs_as_its_own_user(self):
        with open(self.files["camgated.service"], encoding="utf-8") as file:
            unit = file.read().splitlines()

        for line in ("Type=notify", "User=camgate", "StateDirectory=camgate",
                     "RuntimeDirectory=camgate"):
            self.assertIn(line, unit)
        binary = next(line.split("=")[1].split()[0] for line in unit
                      if line.startswith("ExecStart="))
        self.assertTrue(os.access(self.folder + binary, os.X_OK), binary)


if __name__ == "__main__":
    main()
