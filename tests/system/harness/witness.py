# SPDX-License-Identifier: GPL-2.0-or-later
"""Knows when each picture and each sound was made, whatever the camera's clocks say afterwards.

A Witness sees the packets and the sender reports (RFC 3550, 6.4.1) of a camera whose clocks are
right, then lets a clock of each track drift: time stamps and reports alike, as real ones do. What
comes out at the far end is known again by its bytes: by all of a sound, by the slices of a picture,
as what fills a picture up to its rate is the same in many.
"""

import difflib
import struct

from .rtmp import AUDIO, VIDEO
from .rtsp_relay import Spoil, frame
from .spoils import FU_A, IDR, RTP_HEAD

RATES = {0: 90000, 2: 16000}  # by channel: picture, sound
SAMPLES = 1024  # of a unit of AAC
SLICES = (1, IDR)  # NAL units that hold a picture, whole or part of it
AVC_HEAD = 5  # before the NAL units of a tag, each with its length in four bytes
AAC_HEAD = 2
SENDER_REPORT = 200
MARKER = 0x80  # of the last packet of a picture


def _ntp_s(report):
    seconds, fraction = struct.unpack("!II", report[8:16])
    return seconds + fraction / 2**32


def _sounds(payload, stamp):
    """[(an access unit, its stamp)]: a packet may hold several, each behind a header of 13 bits of
    size and 3 of index (RFC 3640, 3.3.6)"""
    count = int.from_bytes(payload[:2], "big") // 16
    heads = struct.unpack_from(f"!{count}H", payload, 2)
    at = 2 + 2 * count
    for place, head in enumerate(heads):
        yield payload[at:at + (head >> 3)], stamp + place * SAMPLES & 0xFFFFFFFF
        at += head >> 3


def _slice(data):
    """What an RTP packet holds of a slice, without headers (RFC 6184, 5.6 and 5.8)"""
    kind = data[RTP_HEAD] & 31
    if kind != FU_A:
        return data[RTP_HEAD + 1:] if kind in SLICES else b""
    return data[RTP_HEAD + 2:] if data[RTP_HEAD + 1] & 31 in SLICES else b""


def _known_by(tag):
    """What a picture or sound is known by at the far end"""
    if tag.kind == AUDIO:
        return tag.payload[AAC_HEAD:]
    slices, at = b"", AVC_HEAD
    while at + 4 < len(tag.payload):
        end = at + 4 + int.from_bytes(tag.payload[at:at + 4], "big")
        if tag.payload[at + 4] & 31 in SLICES:
            slices += tag.payload[at + 5:end]
        at = end
    return slices


class Witness(Spoil):
    """@drift: {channel: so much too fast}, as 0.004"""

    def __init__(self, drift=None):
        self._drift = drift or {}
        self._first = {}  # stamp of each channel
        self._units = {channel: [] for channel in RATES}  # (what it is known by, stamp), in order
        self._picture = b""  # of one that has not ended
        self._reports = {}  # channel → (seconds of the camera, stamp)

    def packet(self, channel, data):
        if channel in RATES and len(data) > RTP_HEAD:
            (stamp,) = struct.unpack("!I", data[4:8])
            self._first.setdefault(channel, stamp)
            self._units[channel] += self._ended(channel, data, stamp)
            return frame(channel, data[:4] + self._spoiled(channel, stamp) + data[8:])
        if channel - 1 in RATES and len(data) >= 28 and data[1] == SENDER_REPORT:
            (stamp,) = struct.unpack("!I", data[16:20])
            self._reports[channel - 1] = _ntp_s(data), stamp
            return frame(channel, data[:16] + self._spoiled(channel - 1, stamp) + data[20:])
        return frame(channel, data)

    def _ended(self, channel, data, stamp):
        """[(what it is known by, its stamp)] of each picture or sound that a packet ends"""
        if channel == 2:
            return list(_sounds(data[RTP_HEAD:], stamp))
        self._picture += _slice(data)
        if not data[1] & MARKER:
            return []
        picture, self._picture = self._picture, b""
        return [(picture, stamp)]

    def _spoiled(self, channel, stamp):
        first = self._first.get(channel, stamp)
        passed = stamp - first & 0xFFFFFFFF
        passed = passed - 2**32 if passed > 2**31 else passed
        fast = int(passed * (1 + self._drift.get(channel, 0)))
        return struct.pack("!I", first + fast & 0xFFFFFFFF)

    def _find(self, channel, tags):
        """(its stamp, a tag). A tone repeats itself: what is equal is told apart by the longest
        runs that came out as they went in."""
        made = self._units[channel]
        came = [_known_by(tag) for tag in tags]
        runs = difflib.SequenceMatcher(None, [unit for unit, _stamp in made], came, autojunk=False)
        for run in runs.get_matching_blocks():
            for i in range(run.size):
                yield made[run.a + i][1], tags[run.b + i]

    def _lateness(self, channel, tags):
        """[(when it was made, how much later it is shown)], of what is known again"""
        ntp_s, reported = self._reports[channel]
        found = []
        for stamp, tag in self._find(channel, tags):
            passed = stamp - reported & 0xFFFFFFFF
            passed = passed - 2**32 if passed > 2**31 else passed
            made_at = ntp_s + passed / RATES[channel]
            found.append((made_at, tag.timestamp / 1000 - made_at))
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
