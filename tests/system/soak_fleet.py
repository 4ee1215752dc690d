#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many cameras at once, with faults at random: no stream stays down. docs/testing.md.

One camgate-sim is all cameras, one nginx takes all streams. Every fault hits one camera for a few
seconds: it freezes, starts anew, has no session left, takes long to the first picture, answers SOAP
late, or the media server hangs up on its publisher; now and then the media server itself dies and
comes back. Every eighth camera takes UDP only. After a fault a stream must play again within the
bound. In the end the daemon tells how long things have waited for its main loop, and the kernel how
long the daemon has waited for a processor: the machine's part of it.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter

from harness.daemon import Daemon
from harness.growth import Growth, Holding, progress
from harness.house import configuration
from harness.parts import Parts
from harness.servers import MediaServer
from harness.simulator import Simulator, until

STREAM = {"retry-max": 2, "publisher-wait": 1, "stall-timeout": 2, "start-timeout": 5,
          "publish-grace": 3}

# From the end of its fault a stream needs at most: what runs out first (start-timeout), the pause
# (retry-max, or publisher-wait), and a start. The rest is for a machine that does other things.
BOUND_S = 20
# What may at most wait for the daemon's main loop for want of that loop alone.
LAG_MS = 50
LOOK_S = 0.5

# Of camgate-sim, with their arguments; what the fleet does itself has names of its own.
FAULTS = {"Q8": None, "Q13": "2500", "Q19": "0", "hang": "3000"}
# One of so many cameras takes UDP only (Q18), for good: it is remembered, and costs more memory.
UDP_EVERY = 8


KINDS = (*FAULTS, "reboot", "dropped", "dropped+Q19")


def make_clip(folder):
    """A clip that needs no encoder: hundreds of cameras fit on one machine."""
    path = os.path.join(folder, "clip.mkv")
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-nostdin", "-f", "lavfi", "-i",
         "testsrc=size=320x180:rate=10", "-t", "10", "-pix_fmt", "yuv420p", "-c:v", "libx264",
         "-profile:v", "baseline", "-b:v", "150k", "-g", "10", "-y", path], check=True)
    return path


class ProcessorWait:
    """How long the threads of a process were ready to run and had to wait (/proc, schedstat)."""

    def __init__(self, pid):
        self._path = f"/proc/{pid}/task/{pid}/schedstat"
        self._at_start = self._read()

    def _read(self):
        with open(self._path, encoding="ascii") as file:
            return [int(word) for word in file.read().split()]

    def report(self):
        ran, waited, turns = (now - then for now, then in zip(self._read(), self._at_start))
        return {"ran_ms": ran // 10**6, "waited_ms": waited // 10**6, "turns": turns}


class Patient:
    """One camera, its fault and its stream."""

    def __init__(self, did, camera):
        self.did, self.camera = did, camera
        self.fault = None
        self.fault_ends = 0.0
        self.healthy_since = 0.0  # whence its stream has no excuse
        self.is_playing = False
        self.longest_s = 0.0

    def judge(self, state, now):
        """Returns whether the stream has been down for too long."""
        self.is_playing = state == "playing"
        if self.is_playing or self.fault is not None:
            return False
        down_s = now - self.healthy_since
        self.longest_s = max(self.longest_s, down_s)
        return down_s > BOUND_S


class Fleet(Parts):
    def __init__(self, folder, arguments):
        super().__init__()
        self._random = random.Random(arguments.seed)
        self._quiet = arguments.quiet
        self._kinds = arguments.only or KINDS
        self._media = self.keep(MediaServer(folder))
        self._media.start()
        self._simulator = self.keep(Simulator(
            folder, "CAMERA", arguments.cameras, ("--file", make_clip(folder)))).start()
        self._patients = {f"0011223300{i:02x}": Patient(f"0011223300{i:02x}", camera)
                          for i, camera in enumerate(self._simulator.cameras)}
        for patient in list(self._patients.values())[::UDP_EVERY]:
            patient.camera.fault("Q18", arg="udp")
        cameras = {did: patient.camera for did, patient in self._patients.items()}
        self.daemon = self.keep(Daemon(folder, configuration(None, cameras, stream=STREAM)))
        self.daemon.start()
        self._local = self.keep(self.daemon.local())
        self.counts = Counter()
        self.late = []
        self.growth = Growth(self.daemon.pid, Holding(rss_kib=4096, fds=40, threads=20))
        self._media_back = None

    def start(self):
        until(lambda: self.lag() is not None and all(
            camera["contacted"] for camera in self._cameras()), "all are contacted")
        for did in self._patients:
            answer = self._local.ask(did, {"play": {"url": self._media.url(did)}})
            assert answer["play"]["code"] == 0, answer
        self._excuse_all()
        until(lambda: self._look() == len(self._patients), "all play")
        self.processor_wait = ProcessorWait(self.daemon.pid)
        self._local.messages.take()

    def lag(self):
        return self._local.ask(None, {"status": {}})["status"]["lag"]

    def _cameras(self):
        return self._local.ask(None, {"cameras": {}})["cameras"]["cameras"]

    def _excuse_all(self):
        for patient in self._patients.values():
            patient.healthy_since = time.monotonic()

    def _look(self):
        """Returns how many play."""
        now = time.monotonic()
        for shown in self._cameras():
            patient = self._patients[shown["did"]]
            if self._media_back is None and \
                    patient.judge(shown.get("stream", {}).get("state"), now):
                self.late.append((shown["did"], shown["stream"]))
                patient.healthy_since = now
        self._local.messages.take()
        self._media.events.take()
        self.daemon.process.lines.take()
        del self.daemon.process.output[:-400]
        return sum(patient.is_playing for patient in self._patients.values())

    def _end_faults(self, now, all_of_them=False):
        for patient in self._patients.values():
            if patient.fault is None or (now < patient.fault_ends and not all_of_them):
                continue
            if patient.fault in FAULTS:
                patient.camera.fault(patient.fault, on=False)
            patient.fault, patient.healthy_since = None, time.monotonic()

    def _begin_fault(self, now):
        patient = self._random.choice(list(self._patients.values()))
        if patient.fault is not None:
            return
        kind = self._random.choice(self._kinds)
        lasts_s = self._random.uniform(1, 8)
        self.counts[kind] += 1
        if kind == "reboot":
            patient.camera.control("reboot", {"for": int(lasts_s * 1000)})
        if kind.startswith("dropped") and self._media_back is None:
            self._media.drop_publisher(patient.did)
        kind = kind.rpartition("+")[2]
        if kind in FAULTS:
            patient.camera.fault(kind, arg=FAULTS[kind])
        if kind in ("Q13", "Q19"):  # these show when it begins anew
            patient.camera.control("reboot", {"for": 1})
        patient.fault, patient.fault_ends = kind, now + lasts_s

    def _treat_media(self, now):
        """It dies once in a while, and is back soon."""
        if self._media_back is not None and now >= self._media_back:
            self._media.start()
            self._media_back = None
            self._excuse_all()
        elif self._media_back is None and self._kinds is KINDS and self._random.random() < 0.01:
            self._media.kill()
            self._media_back = now + self._random.uniform(0.5, 3)
            self.counts["media server dies"] += 1

    def run(self, seconds, faults_per_second):
        pause = threading.Event()
        end = time.monotonic() + seconds
        number = 0
        while (now := time.monotonic()) < end:
            self._end_faults(now)
            self._treat_media(now)
            if self._random.random() < faults_per_second * LOOK_S:
                self._begin_fault(now)
            playing, number = self._look(), number + 1
            holding = self.growth.look()
            if not self._quiet and number % 40 == 0:
                progress(f"{end - now:4.0f} s left: {playing} of {len(self._patients)} play;"
                         f" {sum(self.counts.values())} faults; {holding.rss_kib} KiB;"
                         f" lag {self.lag()}")
            pause.wait(max(0, now + LOOK_S - time.monotonic()))
        if self._media_back is not None:
            self._media.start()
            self._media_back = None
        self._end_faults(end, all_of_them=True)
        self._excuse_all()
        until(lambda: self._look() == len(self._patients), "all play again")
        for did, patient in self._patients.items():
            now, _ever = patient.camera.sessions()
            assert now == 1, f"{did} has {now} sessions"

    def longest_s(self):
        return max(patient.longest_s for patient in self._patients.values())


def soak(folder, arguments):
    """Returns whether all was well."""
    fleet = Fleet(folder, arguments)
    try:
        fleet.start()
        fleet.run(arguments.seconds, arguments.faults)
        lag, waited = fleet.lag(), fleet.processor_wait.report()
    finally:
        fleet.close()
    print(f"{arguments.cameras} cameras, {arguments.seconds} s, faults {dict(fleet.counts)}")
    print(f"down after a fault: {fleet.longest_s():.1f} s at most; longer than {BOUND_S} s:"
          f" {fleet.late or 'none'}")
    print(f"main loop, ms: {lag}; its thread: {waited}")
    grows = not fleet.growth.report()
    return not fleet.late and lag["everOwn"] <= LAG_MS and not grows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=64, metavar="N", help="(%(default)s)")
    parser.add_argument("--seconds", type=int, default=600, metavar="N", help="(%(default)s)")
    parser.add_argument("--faults", type=float, default=1, metavar="N",
                        help="a second (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the faults (%(default)s)")
    parser.add_argument("--only", choices=KINDS, action="append", help="this fault (repeatable)")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="camgate-") as folder:
        sys.exit(0 if soak(folder, arguments) else 1)


if __name__ == "__main__":
    main()
