#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The arithmetic of the benchmark: what makes a turn count, and what its figures are made of."""

import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools",
                                "bench"))

# pylint: disable=wrong-import-position
import figures
from contenders import TICKS, Cost
from harness.house import FolderTest
from harness.runner import main
from onlooker import digest, find_stamps
from recordings import AUDIO, VIDEO, Recordings

FPS, FRAME_MS = 25, 40


def tag(kind, time_ms, is_header=False):
    body = bytes((0x27, 0 if is_header else 1)) + b"x" * 50
    return (bytes((kind,)) + len(body).to_bytes(3, "big") + (time_ms & 0xffffff).to_bytes(3, "big")
            + bytes((time_ms >> 24,)) + b"\0\0\0" + body + b"\0\0\0\0")


class TestRecordings(FolderTest):
    def append(self, *times_ms, kind=VIDEO):
        with open(self.path, "ab") as flv:
            for time_ms in times_ms:
                flv.write(tag(kind, time_ms))

    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.folder, "one.flv")
        with open(self.path, "wb") as flv:
            flv.write(b"FLV" + b"\0" * 10 + tag(VIDEO, 0, is_header=True))
        self.append(0, 40)
        self.recordings = Recordings([self.path], FPS)

    def judge(self):
        self.recordings.mark()
        return self.recordings.judge()[0]

    def test_all_are_there(self):
        self.recordings.mark()

        self.append(80, 120)
        self.append(100, kind=AUDIO)
        arrival = self.judge()

        self.assertEqual((arrival.frames, arrival.audio, arrival.missing), (2, 1, 0))

    def test_a_frame_that_is_missing_is_seen_at_the_edge_too(self):
        self.recordings.mark()

        self.append(120, 240)
        arrival = self.judge()

        self.assertEqual((arrival.frames, arrival.missing), (2, 3))

    def test_jitter_is_no_loss(self):
        self.recordings.mark()

        self.append(95, 120, 175, 200)

        self.assertEqual(self.judge().missing, 0)

    def test_half_a_tag_is_none(self):
        self.recordings.mark()
        with open(self.path, "ab") as flv:
            flv.write(tag(VIDEO, 80)[:30])

        self.assertEqual(self.judge().frames, 0)

    def test_a_stream_that_stands_is_late(self):
        self.recordings.mark()
        self.append(80)
        self.recordings.mark()
        (begin, sizes), (_, last) = self.recordings._marks
        self.recordings._marks = [(begin, sizes), (begin + 2, last)]

        self.assertGreater(self.recordings.judge()[0].late_s, 1.9)


class TestCost(FolderTest):
    """A /proc of our own with one process."""

    def write(self, name, text):
        path = os.path.join(self.folder, "7", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)

    def process(self, user, system, **tasks):
        shutil.rmtree(os.path.join(self.folder, "7"), ignore_errors=True)
        self.write("stat", "7 (a b) c) S " + " ".join(["0"] * 10) + f" {user} {system} 0 0")
        for number, (cpu_ns, switches) in tasks.items():
            self.write(f"task/{number}/schedstat", f"{cpu_ns} 5 6\n")
            self.write(f"task/{number}/status",
                       f"voluntary_ctxt_switches:\t{switches}\nnonvoluntary_ctxt_switches:\t1\n")
        return Cost([7], self.folder)

    def test_the_same_threads_are_exact(self):
        before = self.process(0, 0, t1=(1000000, 1), t2=(0, 0))
        after = self.process(3, 1, t1=(31000000, 4), t2=(10000000, 2))

        cost = after.since(before)

        self.assertTrue(cost["is_exact"])
        self.assertAlmostEqual(cost["cpu_s"], 0.04)
        self.assertAlmostEqual(cost["user_s"], 0.03)
        self.assertEqual((cost["threads"], cost["switches"]), (2, 5))

    def test_what_an_ended_thread_has_used_is_not_lost(self):
        before = self.process(100, 0, t1=(10**9, 1), t2=(5 * 10**9, 9))
        after = self.process(150, 50, t1=(10**9 + 1000, 3), t3=(2000, 1))

        cost = after.since(before)

        self.assertFalse(cost["is_exact"])
        self.assertAlmostEqual(cost["cpu_s"], 100 / TICKS)
        self.assertEqual((cost["threads"], cost["switches"]), (2, 4))


class TestFigures(unittest.TestCase):
    def turn(self, cpu_s, **more):
        return {"cpu_s": cpu_s, "user_s": cpu_s / 2, "system_s": cpu_s / 2, "switches": 40,
                "threads": 4, "seconds": 2, "streams": 2, "pss_kib": 100, "frames": 100,
                "missing": 0, "late_streams": 0, **more}

    def test_a_turn_with_a_missing_frame_does_not_count(self):
        found = figures.summarize([self.turn(0.04), self.turn(9, missing=1),
                                   self.turn(9, late_streams=1)])

        self.assertEqual((found["turns"], found["counted"], found["missing"]), (3, 1, 1))
        self.assertAlmostEqual(found["cpu_percent"], 1)
        self.assertAlmostEqual(found["frames_per_s"], 25)

    def test_a_turn_that_failed_does_not_count(self):
        failed = {"failed": "process 7 has ended"}

        found = figures.summarize([failed, self.turn(0.04)])

        self.assertEqual((found["turns"], found["counted"], found["missing"]), (2, 1, 0))
        self.assertAlmostEqual(found["cpu_percent"], 1)
        self.assertEqual(figures.tell_why_not(failed), "process 7 has ended")

    def test_nothing_that_counts_gives_no_figure(self):
        found = figures.summarize([self.turn(1, missing=1)])

        self.assertIsNone(found["cpu_percent"])
        self.assertIsNone(figures.ratio({"a": found, "ffmpeg": {"cpu_percent": 1}}, "a",
                                        "cpu_percent"))

    def test_growth_is_from_the_first_size_on(self):
        sizes = [{"streams": 8, "a": {"pss_kib": 1000, "cpu_percent": 2}},
                 {"streams": 64, "a": {"pss_kib": 57000, "cpu_percent": 1}}]

        figures.add_growth(sizes, ["a", "absent"])

        self.assertEqual(sizes[1]["a"]["pss_kib_a_further"], 1000)
        self.assertEqual(sizes[1]["a"]["cpu_growth"], 0.5)

    def test_ages(self):
        self.assertEqual(figures.summarize_ages(range(1000, -1, -1)),
                         {"frames": 1001, "median_us": 500, "p99_us": 990, "worst_us": 1000})
        self.assertEqual(figures.summarize_ages([])["p99_us"], 0)

    def test_the_most_that_is_carried(self):
        for limit in (0, 5, 64, 100, 777):
            with self.subTest(limit=limit):
                found = figures.find_most(64, lambda count, limit=limit: count <= limit)

                self.assertLessEqual(found, limit)
                self.assertGreater(found + max(8, found // 8), limit - 1)


class TestOnlooker(unittest.TestCase):
    def test_a_stamp_that_comes_in_two_parts(self):
        whole = b"..camgate-sim/time0000000000000042\x80.."
        for cut in range(len(whole)):
            first, rest = find_stamps(whole[:cut])
            second, _ = find_stamps(rest + whole[cut:])
            self.assertEqual(set(first + second), {42}, cut)

    def test_digest_of_rfc_2069_with_its_erratum(self):
        challenge = ('Digest realm="testrealm@host.com", '
                     'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"')

        login = digest(challenge, "Mufasa", "CircleOfLife", "GET", "/dir/index.html")

        self.assertIn('response="1949323746fe6a43ef61f9606e7febea"', login)


if __name__ == "__main__":
    main()
