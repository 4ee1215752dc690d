#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`meson install` into a DESTDIR gives a tree that a system can run."""

import os
import shutil
import subprocess
import unittest

from harness.daemon import BUILD
from harness.house import DID, SystemTest, configuration
from harness.mailbox import WATCHDOG_S
from harness.runner import main


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=2 * WATCHDOG_S, check=False)


class InstallTest(SystemTest):
    def setUp(self):
        super().setUp()
        done = run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.paths = [os.path.join(where, name) for where, _folders, names in os.walk(self.folder)
                      for name in names]
        self.files = {os.path.basename(path): path for path in self.paths}


class TestInstall(InstallTest):
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


class TestLate(InstallTest):
    """What only streams and downloads need is a module of its own."""

    def setUp(self):
        super().setUp()
        self.module = self.files["camgate-late.so"]
        self.camera = self.start_simulator().camera
        self.daemon = self.make_daemon(configuration(None, {DID: self.camera}))
        self.daemon.program = self.files["camgated"]
        self.daemon.environment = {
            "CAMGATE_PIPELINES_DIR": os.path.dirname(self.files["pull-tcp.launch"])}

    def maps(self):
        with open(f"/proc/{self.daemon.pid}/maps", encoding="utf-8") as maps:
            return maps.read()

    def expect_play(self):
        media = self.start_media()
        local = self.keep(self.daemon.local())
        self.assertEqual(local.ask(DID, {"play": {"url": media.url(DID)}})["play"]["code"], 0)
        media.expect_publish(DID)

    def test_it_comes_with_the_first_stream(self):
        # Given the installed daemon in contact with a camera
        self.daemon.start()
        self.daemon.expect_log("in contact")
        for name in ("camgate-late", "libgst", "librtmp", "libsoup"):
            self.assertNotIn(name, self.maps())

        # When the camera is played
        self.expect_play()

        # Then the module is there, under its own name
        self.assertIn(self.module, self.maps())

    def test_a_release_that_is_installed_meanwhile_is_not_taken_for_its_own(self):
        # Given a daemon that has not played yet, and another file in the module's place
        self.daemon.start()
        other = self.module + ".new"
        with open(other, "wb") as file:
            file.write(b"of another release")
        os.replace(other, self.module)

        # When a camera is played, then it is
        self.expect_play()

    def test_a_daemon_without_it_does_not_start_and_names_it(self):
        os.unlink(self.module)

        self.daemon.write_config()
        self.daemon.spawn()

        self.daemon.expect_log("camgate-late.so: No such file")
        self.assertEqual(self.daemon.wait(), 78)


if __name__ == "__main__":
    main()
