# SPDX-License-Identifier: GPL-2.0-or-later
"""What came through a relay: the FLV files that the media server wrote, read after the run.

A file that is looked at by its size alone costs nothing while it is measured.
"""

import bisect
import os
import time
from collections import namedtuple

AUDIO, VIDEO = 8, 9
HEADER_BYTES, TAG_HEADER_BYTES, TRAILER_BYTES = 13, 11, 4
# A stream whose newest picture is older than that is late, not only on its way.
LATE_S = 0.5

Arrival = namedtuple("Arrival", "frames audio missing late_s kbytes")


class Tags:
    """Where each tag of a file ends, and its time."""

    def __init__(self, path):
        self.video_ends, self.video_ms, self.audio_ends = [], [], []
        with open(path, "rb") as flv:
            flv.seek(HEADER_BYTES)
            size = os.fstat(flv.fileno()).st_size
            while True:
                head = flv.read(TAG_HEADER_BYTES + 2)
                if len(head) < TAG_HEADER_BYTES + 2:
                    return
                length = int.from_bytes(head[1:4], "big")
                end = flv.tell() - 2 + length + TRAILER_BYTES
                if end > size:
                    return
                flv.seek(end)
                self._take(head, end)

    def _take(self, head, end):
        is_header = head[TAG_HEADER_BYTES + 1] == 0
        if head[0] == VIDEO and not is_header:
            self.video_ends.append(end)
            self.video_ms.append(int.from_bytes(head[4:7], "big") | head[7] << 24)
        elif head[0] == AUDIO and not is_header:
            self.audio_ends.append(end)


class Recordings:
    """The files of one run, one for each stream."""

    def __init__(self, paths, fps):
        self._paths, self._frame_ms = paths, 1000 / fps
        self._marks = []

    def mark(self):
        """Now: a window begins or ends here."""
        self._marks.append((time.monotonic(), [os.stat(path).st_size for path in self._paths]))

    def judge(self):
        """One Arrival a stream, of what came between the two marks."""
        (begin, first_sizes), (end, last_sizes) = self._marks
        return [self._judge(Tags(path), first, last, end - begin)
                for path, first, last in zip(self._paths, first_sizes, last_sizes)]

    def _judge(self, tags, first, last, seconds):
        a = bisect.bisect_right(tags.video_ends, first)
        b = bisect.bisect_right(tags.video_ends, last)
        audio = bisect.bisect_right(tags.audio_ends, last) - bisect.bisect_right(
            tags.audio_ends, first)
        times = tags.video_ms[max(a - 1, 0):b]
        missing = sum(round((y - x) / self._frame_ms) - 1
                      for x, y in zip(times, times[1:]) if y - x > 1.5 * self._frame_ms)
        shown = (times[-1] - times[0]) / 1000 if times else 0
        return Arrival(b - a, audio, missing, seconds - shown, (last - first) / 1000)
