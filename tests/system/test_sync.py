#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Picture and sound at the far end: in step, whatever the camera's clocks do (Q20)."""

import tempfile
import threading
import time
import unittest

import fault_matrix
from harness.farend import FarEnd
from harness.rtmp import AUDIO, VIDEO
from harness.runner import main
from harness.witness import Witness

# What people notice (ITU-R BT.1359: 45 ms for sound that comes too soon).
ALLOWED_S = 0.040
# Without its repair a drift of 4 in 1000 makes 80 ms of it.
LASTS_S = 20

DRIFTS = {"no clock drifts": {}, "sound is fast": {2: 0.004}, "pictures are fast": {0: 0.004}}


class Stream(threading.Thread):
    """A house whose camera's clocks drift, for a while."""

    def __init__(self, drift):
        super().__init__()
        self._drift = drift
        self.offsets, self.complaints, self.counts, self.failure = [], [], {}, None

    def run(self):
        try:
            with tempfile.TemporaryDirectory(prefix="camgate-") as folder:
                self._watch(folder)
        except Exception as error:  # of any kind: it is told by the test
            self.failure = error

    def _watch(self, folder):
        row = fault_matrix.row("drift", fault_matrix.Nothing, camera=fault_matrix.WITH_AAC,
                               keys={"audio": "pass"})
        house = fault_matrix.House(folder, row)
        try:
            house.use("drift")
            witness = house.relay.spoil = Witness(self._drift)
            far = house.keep(FarEnd(house.url))
            house.ask({"play": {"url": house.url}})
            far.expect_flow(time.monotonic(), for_s=LASTS_S, sound=True)
            self.complaints = far.judge(folder)
            (tags,) = far.pieces()
            self.offsets = witness.offsets(tags)
            self.counts = {kind: far.count(kind) for kind in (AUDIO, VIDEO)}
        finally:
            house.close()


class TestSync(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.streams = {name: Stream(drift) for name, drift in DRIFTS.items()}
        for stream in cls.streams.values():
            stream.start()
        for stream in cls.streams.values():
            stream.join()

    def test_sound_is_in_step_with_its_picture(self):
        for name, stream in self.streams.items():
            with self.subTest(clocks=name):
                self.assertIsNone(stream.failure)
                self.assertGreater(len(stream.offsets), stream.counts[AUDIO] * 0.9, "known again")
                for at, offset in stream.offsets:
                    self.assertLess(abs(offset), ALLOWED_S, f"{at:.1f} s after the first picture")
                self.assertLess(min(at for at, _offset in stream.offsets), 1, "from the beginning")
                self.assertGreater(max(at for at, _offset in stream.offsets), LASTS_S - 2)

    def test_stamps_rise_and_pictures_decode(self):
        for name, stream in self.streams.items():
            with self.subTest(clocks=name):
                self.assertIsNone(stream.failure)
                self.assertEqual(stream.complaints, [])
                self.assertGreater(stream.counts[VIDEO], LASTS_S * 9)


if __name__ == "__main__":
    main()
