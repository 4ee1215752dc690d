# SPDX-License-Identifier: GPL-2.0-or-later
"""Knows when each picture and each sound was made, whatever the camera's clocks say afterwards.

A Witness sees the packets and the sender reports (RFC 3550, 6.4.1) of a camera whose clocks are
right, then lets a clock of each track drift: time stamps and reports alike, as real ones do. What
comes out at the far end is known again by its bytes.
"""

import statistics
import struct
import time

from .rtmp import AUDIO, VIDEO
from .rtsp_relay import Spoil, frame
from .spoils import RTP_HEAD

RATES = {0: 90000, 2: 16000}  # by channel: picture, sound
KNOWN_BY = 24  # bytes at the end of a unit, enough to know it by
SENDER_REPORT = 200


def _ntp_s(report):
    seconds, fraction = struct.unpack("!II", report[8:16])
    return seconds + fraction / 2**32


class Witness(Spoil):
    """@drift: {channel: so much too fast}, as 0.004"""

    def __init__(self, drift=None):
        self._drift = drift or {}
        self._first = {}  # stamp of each channel
        self._moments = {}  # (channel, last bytes) → [(when it came, its stamp)]
        self._reports = {}  # channel → (seconds of the camera, stamp)

    def packet(self, channel, data):
        if channel in RATES and len(data) > RTP_HEAD:
            (stamp,) = struct.unpack("!I", data[4:8])
            self._first.setdefault(channel, stamp)
            known_by = channel, data[-KNOWN_BY:]
            self._moments.setdefault(known_by, []).append((time.monotonic(), stamp))
            return frame(channel, data[:4] + self._spoiled(channel, stamp) + data[8:])
        if channel - 1 in RATES and len(data) >= 28 and data[1] == SENDER_REPORT:
            (stamp,) = struct.unpack("!I", data[16:20])
            self._reports[channel - 1] = _ntp_s(data), stamp
            return frame(channel, data[:16] + self._spoiled(channel - 1, stamp) + data[20:])
        return frame(channel, data)

    def _spoiled(self, channel, stamp):
        first = self._first.get(channel, stamp)
        passed = stamp - first & 0xFFFFFFFF
        passed = passed - 2**32 if passed > 2**31 else passed
        fast = int(passed * (1 + self._drift.get(channel, 0)))
        return struct.pack("!I", first + fast & 0xFFFFFFFF)

    def _made_at(self, channel, stamp):
        ntp_s, reported = self._reports[channel]
        passed = stamp - reported & 0xFFFFFFFF
        return ntp_s + (passed - 2**32 if passed > 2**31 else passed) / RATES[channel]

    def _lateness(self, channel, tags):
        """[(when it was made, how much later it is shown)], of what is known again. A tone repeats
        itself: of equal units the last that had come is meant; but one may have been late on its
        way, so in the end it is that which fits best to most others."""
        known = []
        for tag in tags:
            moments = self._moments.get((channel, tag.payload[-KNOWN_BY:]), [])
            made = [self._made_at(channel, stamp)
                    for came_at, stamp in moments if came_at <= tag.at]
            if made:
                known.append((tag.timestamp / 1000, made))
        usual = statistics.median(shown - made[-1] for shown, made in known)
        found = []
        for shown, made in known:
            made_at = min(made, key=lambda at: abs(shown - at - usual))
            found.append((made_at, shown - made_at))
        return found

    def offsets(self, tags):
        """[(seconds since the first picture, how much later than its picture a sound is heard)]"""
        units = [tag for tag in tags if not tag.header]
        pictures, sounds = (self._lateness(channel, [tag for tag in units if tag.kind == kind])
                            for channel, kind in ((0, VIDEO), (2, AUDIO)))
        found = []
        for made_at, late in sounds:
            _at, beside = min(pictures, key=lambda p: abs(p[0] - made_at))
            found.append((made_at - pictures[0][0], late - beside))
        return found
