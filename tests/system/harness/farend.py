# SPDX-License-Identifier: GPL-2.0-or-later
"""The far end: what comes out of the media server, judged as a player would judge it."""

import os
import struct
import subprocess
import threading
import time

from .mailbox import WATCHDOG_S, Expired
from .rtmp import AUDIO, VIDEO, RtmpViewer

FLV_HEAD = b"FLV\x01\x05" + struct.pack("!I", 9) + bytes(4)
SEND_AGAIN_S = 0.1


def _flv_tag(tag):
    stamp = struct.pack("!I", tag.timestamp)
    head = bytes([tag.kind]) + struct.pack("!I", len(tag.payload))[1:] + stamp[1:] + stamp[:1]
    return head + bytes(3) + tag.payload + struct.pack("!I", 11 + len(tag.payload))


def write_flv(tags, path):
    with open(path, "wb") as flv:
        flv.write(FLV_HEAD)
        for tag in tags:
            flv.write(_flv_tag(tag))


def decode(path):
    """Decodes a file; returns what ffprobe has to say against it."""
    done = subprocess.run(
        ["ffprobe", "-hide_banner", "-v", "warning", "-threads", "1", "-count_frames",
         "-show_entries", "stream=nb_read_frames", "-of", "csv", path],
        capture_output=True, text=True, timeout=2 * WATCHDOG_S, check=False)
    return done.stderr.strip()


def measure(path):
    """Width and height of a file's pictures, as ffprobe sees them."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-of", "csv=p=0",
         "-show_entries", "stream=width,height", path],
        capture_output=True, text=True, timeout=2 * WATCHDOG_S, check=True)
    return tuple(map(int, done.stdout.strip().split(",")))


class FarEnd:
    """A player of one address that stays, whoever publishes there, and keeps all it has seen."""

    def __init__(self, url):
        self._url = url
        self._pieces = [[]]  # of tags; a new one when it is published anew
        self._viewer = RtmpViewer(url)

    def close(self):
        self._viewer.close()

    def expect_flow(self, since, pictures=5, for_s=0.0, timeout=None, sound=False):
        """Waits for pictures that come after `since`, also `for_s` later. Returns the first's time.

        Survives the death of the media server.
        """
        deadline = time.monotonic() + (timeout or WATCHDOG_S)
        seen, heard, first = 0, not sound, None
        while True:
            tag = self._next(deadline, since)
            if tag.at < since or tag.header:
                continue
            heard = heard or tag.kind == AUDIO
            if tag.kind == VIDEO:
                seen, first = seen + 1, first or tag.at
            if seen >= pictures and heard and tag.at >= since + for_s:
                return first

    def judge(self, folder):
        """Returns a list of complaints about everything that has come."""
        for tag in self._viewer.tags.take():
            self._keep(tag)
        complaints = []
        for number, tags in enumerate(self._pieces):
            complaints += [f"publishing {number}: {line}" for line in _check_order(tags)]
            for part in _split_at_headers(tags):
                path = os.path.join(folder, f"far-{id(self)}.flv")
                write_flv(part, path)
                complaints += [f"publishing {number}: ffprobe: {line}"
                               for line in decode(path).splitlines()]
        return complaints

    def sizes(self, folder):
        """The sizes of the pictures that have come, one for each set of parameters, in order."""
        path = os.path.join(folder, f"far-{id(self)}.flv")
        sizes = []
        for part in (part for tags in self._pieces for part in _split_at_headers(tags)):
            write_flv(part, path)
            sizes.append(measure(path))
        return sizes

    def count(self, kind):
        return sum(tag.kind == kind for tags in self._pieces for tag in tags)

    def pieces(self):
        return self._pieces

    def _next(self, deadline, since):
        while True:
            left = deadline - time.monotonic()
            try:
                tag = self._viewer.tags.expect(what=f"picture of {self._url}", timeout=left)
            except Expired as late:
                if time.monotonic() >= deadline:
                    seen = sum(map(len, self._pieces))
                    raise Expired(f"no pictures at {self._url} since {time.monotonic() - since:.1f}"
                                  f" s; {seen} messages before") from late
                self._reopen(deadline)
                continue
            self._keep(tag)
            return tag

    def _reopen(self, deadline):
        self._viewer.close()
        self._pieces.append([])
        while time.monotonic() < deadline:
            try:
                self._viewer = RtmpViewer(self._url)
                return
            except (OSError, EOFError, Expired):
                threading.Event().wait(SEND_AGAIN_S)

    def _keep(self, tag):
        tags = self._pieces[-1]
        last = next((t for t in reversed(tags) if t.kind == tag.kind and not t.header), None)
        if tag.header and last is not None and tag.timestamp < last.timestamp:
            self._pieces.append([])
        self._pieces[-1].append(tag)


def _split_at_headers(tags):
    """Yields what goes with one set of parameters: ffmpeg's own parser keeps to the first (Q25).

    Those of the sound are not repeated when the picture's change, and hold in what follows, too.
    """
    part, header, sound = [], None, []
    for tag in tags:
        if tag.kind == VIDEO and tag.header and header not in (None, tag.payload):
            yield part
            part = list(sound)
        if tag.kind == VIDEO and tag.header:
            header = tag.payload
        elif tag.kind == AUDIO and tag.header:
            sound = [tag]
        part.append(tag)
    if any(tag.kind == VIDEO and not tag.header for tag in part):
        yield part


def _composition_ms(tag):
    return int.from_bytes(tag.payload[2:5], "big", signed=True)


def _check_order(tags):
    """Decoding times strictly rise, composition times are never negative (Q20, Q22)."""
    last = {VIDEO: -1, AUDIO: -1}
    for tag in tags:
        if tag.header:
            continue
        if tag.timestamp <= last[tag.kind]:
            yield f"{tag.timestamp} ms of kind {tag.kind} after {last[tag.kind]} ms"
        if tag.kind == VIDEO and _composition_ms(tag) < 0:
            yield f"composition time {_composition_ms(tag)} ms at {tag.timestamp} ms"
        last[tag.kind] = tag.timestamp
