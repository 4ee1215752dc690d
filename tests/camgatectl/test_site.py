#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`discover --probe-all`: the acceptance report of a whole site."""

import csv
import io
import json
import socket
import subprocess

from ctl import CtlTest, environment
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, Simulator
from probes import LONG_S, SMALL


class TestSite(CtlTest):
    NAME = 'Hof "1", =Tor'

    def setUp(self):
        super().setUp()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.simulator = Simulator(
            self.folder, self.NAME, count=3,
            arguments=(*SMALL, "--discovery", "--discovery-port", self.port))
        self.addCleanup(self.simulator.close)

    def probe_all(self, *arguments, password=PASSWORD):
        done = subprocess.run(
            self.command("discover", "--interface", "lo", "--timeout", "1", "--port", self.port,
                         "--probe-all", "--user", USERNAME, *arguments),
            stdin=subprocess.DEVNULL, capture_output=True, timeout=LONG_S, check=False,
            env=environment({"CAMGATE_PASSWORD": password}))
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_a_spreadsheet(self):
        self.simulator.start().cameras[1].fault("Q4", arg="3600")

        status, output, errors = self.probe_all("--csv", "--no-move")

        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(output.count("\r\n"), 4)
        rows = {row["address"]: row for row in csv.DictReader(io.StringIO(output, newline=""))}
        self.assertEqual(set(rows), {camera.address for camera in self.simulator.cameras})
        wrong = rows[self.simulator.cameras[1].address]
        self.assertEqual(wrong["name"], f"{self.NAME} 2")
        self.assertEqual((wrong["verdict"], wrong["codec"], wrong["width"], wrong["b_frames"]),
                         ("warning", "H264", "320", "no"))
        self.assertAlmostEqual(float(wrong["clock_offset_s"]), 3600, delta=2)
        self.assertIn("warning clock: ", wrong["problems"])
        self.assertIn("time server", wrong["advice"])
        self.assertEqual(sorted(row["verdict"] for row in rows.values()), ["ok", "ok", "warning"])

    def test_as_text_with_what_is_to_be_done(self):
        self.simulator.start().cameras[2].fault("Q35")

        status, output, errors = self.probe_all()

        self.assertEqual(status, 1)
        self.assertIn(f"fail     {self.simulator.cameras[2].address}  camgate", output)
        self.assertIn("\n         -> give this user more rights", output)
        self.assertIn("\nThe bridge will work with 2 of 3 cameras.\n", output)
        self.assertIn("1 of 3 cameras", errors)
        for camera in self.simulator.cameras:
            self.assertFalse(camera.position()["moving"])
            self.assertAlmostEqual(camera.position()["pan"], 0, 1)

    def test_as_one_object(self):
        self.simulator.start()

        status, output, _errors = self.probe_all("--json", "--no-move")

        cameras = json.loads(output)["cameras"]
        self.assertEqual(status, 0)
        self.assertEqual({camera["address"] for camera in cameras},
                         {camera.address for camera in self.simulator.cameras})
        for camera in cameras:
            self.assertEqual(list(camera), ["address", "name", "model", "endpoint", "service",
                                            "bound", "did", "probe"])
            self.assertEqual(camera["probe"]["verdict"], "ok")
            self.assertEqual(camera["probe"]["stream"]["codec"], "H264")

    def test_q6_a_wrong_password_is_shown_to_each_twice_at_most(self):
        self.simulator.start()

        status, output, _errors = self.probe_all("--csv", password="wrong")

        self.assertEqual(status, 1)
        for row in csv.DictReader(io.StringIO(output, newline="")):
            self.assertEqual(row["verdict"], "fail")
        for camera in self.simulator.cameras:
            self.assertLessEqual(len(camera.requests("LoginRefused")), 2)

    def test_none(self):
        status, output, errors = self.probe_all("--csv")

        self.assertEqual((status, output), (4, ""))
        self.assertIn("no camera answered", errors)


if __name__ == "__main__":
    main()
