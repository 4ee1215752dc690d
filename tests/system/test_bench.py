#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmarks still run: what they measure is not judged here, only that they measure."""

import os
import signal

from harness.benchmark import BenchTest
from harness.daemon import ROOT
from harness.process import Process
from harness.runner import main

ONVIF = os.path.join(ROOT, "tools", "bench", "onvif")
RELAY = os.path.join(ROOT, "tools", "bench", "relay")
IDLE = os.path.join(ROOT, "tools", "bench", "idle")
MESSAGES = os.path.join(ROOT, "tools", "bench", "messages")
FIGURES = ("contact", "start_local_at_camera", "start_local_replied", "start_mqtt_at_camera",
           "start_mqtt_replied", "start_all_at_camera", "start_all_replied")


class TestOnvif(BenchTest):
    bench = ONVIF

    def test_one_living_camera_and_one_of_four_dead(self):
        found, ended = self.measure("--sizes", "1,4", "--contacts", "2", "--starts", "3")

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
        bench = Process("bench", [ONVIF, "--sizes", "1", "--contacts", "1",
                                  "--starts", "1000000"],
                        env={"TMPDIR": self.temporary})
        self.addCleanup(bench.close)
        bench.lines.expect(lambda line: "ptz start" in line, "progress")

        bench.signal(signal.SIGTERM)

        self.assertEqual(bench.wait(), 1)
        self.assert_clean()

    def test_nonsense_is_refused(self):
        self.assert_refused(("--sizes", "few"), ("--sizes", "0"), ("--starts", "0"), ("more",))


class TestRelay(BenchTest):
    bench = RELAY

    def test_two_streams_through_each_contender(self):
        found, ended = self.measure(
            "--sizes", "1,2", "--turns", "1", "--seconds", "2", "--first-pictures", "1",
            "--folder", self.temporary)

        self.assertEqual([size["streams"] for size in found["sizes"]], [1, 2])
        for size in found["sizes"]:
            for name in ("camgate", "no-cache", "ffmpeg", "gstreamer", "bare"):
                turn = size[name]["all"][0]
                self.assertGreater(turn["cpu_s"], 0, name)
                self.assertGreater(turn["pss_kib"], 0, name)
                if name != "bare":
                    self.assertGreater(turn["frames"], 0, name)
        self.assertGreater(found["first_picture"]["camgate"]["median_ms"], 0)
        for name in ("camgate", "ffmpeg"):
            taken = found["latency"][name]
            self.assertEqual((taken["streams"], taken["unstamped"]), (2, 0), name)
            self.assertGreater(taken["frames"], 50, name)
            self.assertGreater(taken["at_camera"]["frames"], 25, name)
            self.assertGreater(taken["median_us"], 0, name)
        self.assertIn("× ffmpeg", ended.stdout)
        self.assert_clean()

    def test_a_contender_that_ends_takes_nothing_with_it(self):
        folder = os.path.join(self.folder, "bin")
        os.makedirs(folder)
        with open(os.path.join(folder, "gst-launch-1.0"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho of no use >&2\nexit 3\n")
            os.fchmod(file.fileno(), 0o755)

        found, ended = self.measure(
            "--sizes", "1", "--contenders", "gstreamer,bare", "--turns", "1", "--seconds", "1",
            "--first-pictures", "0", "--folder", self.temporary,
            PATH=f"{folder}:{os.environ['PATH']}")

        size = found["sizes"][0]
        self.assertEqual((size["gstreamer"]["counted"], size["bare"]["counted"]), (0, 1))
        self.assertIn("ended with 3: gstreamer: of no use", ended.stderr)
        self.assert_clean()

    def test_nonsense_is_refused(self):
        self.assert_refused(("--sizes", "few"), ("--sizes", "0"), ("--contenders", "nobody"),
                            ("--turns", "0"), ("more",))


class TestIdle(BenchTest):
    bench = IDLE

    def test_two_cameras_for_some_seconds(self):
        found, ended = self.measure("--cameras", "2", "--turns", "1", "--minutes", "0.03")

        self.assertEqual(found["cameras"], 2)
        self.assertGreater(found["rss_kib"], found["no_files_kib"])
        self.assertGreater(found["pss_kib"], found["no_files_kib"])
        self.assertGreater(found["cpu_percent"], 0)
        self.assertIn("2 cameras in contact, no stream", ended.stdout)
        self.assert_clean()

    def test_registered_at_a_cloud(self):
        found, ended = self.measure("--cameras", "2", "--turns", "1", "--minutes", "0.03",
                                    "--cloud")

        self.assertTrue(found["cloud"])
        self.assertIn("registered at a cloud", ended.stdout)
        self.assert_clean()

    def test_nonsense_is_refused(self):
        self.assert_refused(("--cameras", "few"), ("--turns", "0"), ("--minutes", "0"), ("more",))


class TestMessages(BenchTest):
    bench = MESSAGES

    def test_four_cameras_and_no_reply_lost_or_doubled(self):
        found, ended = self.measure("--cameras", "4", "--rate", "100", "--seconds", "3",
                                    "--warm-up", "0")

        for who, sent in (("camgate", 300), ("echo", 200)):
            self.assertEqual([found[who][name] for name in ("sent", "answered", "lost", "doubled")],
                             [sent, sent, 0, 0], who)
            self.assertGreater(found[who]["p50_ms"], 0)
            self.assertGreater(found[who]["pss_kib"]["last"], 0)
        self.assertIn("replies doubled", ended.stdout)
        self.assert_clean()

    def test_nonsense_is_refused(self):
        self.assert_refused(("--cameras", "0"), ("--rate", "0"), ("--seconds", "x"), ("more",))


if __name__ == "__main__":
    main()
