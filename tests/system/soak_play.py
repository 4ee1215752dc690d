#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many plays and stops by one daemon: what it holds must not grow (Q54). docs/testing.md.

Several cameras at once; each plays until pictures flow, and is stopped. Now and then it is stopped
while it still begins, is moved to another address, is refused by the media server or by the camera.
Now and then all are awaited: then no camera may have a session left, and memory, file descriptors
and threads are looked at; the last third of these looks must look like the one before it.
"""

import argparse
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
from harness.simulator import Simulator

TINY = ("--size", "320x180", "--fps", "10", "--gop", "1", "--bitrate", "200")
SOON = {"retry-max": 1, "publisher-wait": 0.3, "publish-grace": 1}

# A goodbye may still be under way, and threads that wait for more to do come and go.
ALLOWED = Holding(rss_kib=512, fds=5, threads=2)

LOOKS = 30


class Life:
    """One camera's plays and stops, one after the other."""

    def __init__(self, did, camera, daemon, media):
        self._did, self._camera, self._media = did, camera, media
        self._local = daemon.local()
        self.kinds = Counter()

    def close(self):
        self._local.close()

    def run_round(self, number):
        kinds = {3: self._stop_at_once, 17: self._move, 29: self._refused_by_server,
                 41: self._refused_by_camera}
        kind = kinds.get(number % 50, self._play_and_stop if number % 4 else self._stop_at_once)
        self._local.messages.take()
        kind()
        self.kinds[kind.__name__.strip("_")] += 1

    def _ask(self, data):
        (answer,) = self._local.ask(self._did, data).values()
        assert answer["code"] == 0, (data, answer)

    def _play(self, url, state="playing"):
        self._ask({"play": {"url": url}})
        if state is not None:
            self._local.expect_event(self._did, "play", state=state, url=url)

    def _stop(self):
        self._ask({"stop": {}})
        self._local.expect_event(self._did, "play", state="stopped")

    def _play_and_stop(self):
        self._play(self._media.url(self._did))
        self._stop()

    def _stop_at_once(self):
        self._play(self._media.url(self._did), state=None)
        self._stop()

    def _move(self):
        self._play(self._media.url(self._did))
        self._play(self._media.url(self._did + "b"))
        self._stop()

    def _refused_by_server(self):
        self._play(self._media.url(self._did).replace("/live/", "/nowhere/"), state="retrying")
        self._stop()

    def _refused_by_camera(self):
        self._camera.fault("Q19", arg="0")
        self._play(self._media.url(self._did), state="retrying")
        self._camera.fault("Q19", on=False)
        self._stop()


class Soak(Parts):
    def __init__(self, folder, n_cameras):
        super().__init__()
        self._left, self.done = 0, 0
        self._lock = threading.Lock()
        self._failures = []
        self._media = self.keep(MediaServer(folder))
        self._media.start()
        simulator = self.keep(Simulator(folder, "CAMERA", n_cameras, TINY)).start()
        self._cameras = {f"0011223300{i:02x}": c for i, c in enumerate(simulator.cameras)}
        self._daemon = self.keep(Daemon(folder, configuration(None, self._cameras, stream=SOON)))
        self._daemon.start()
        for did in self._cameras:
            self._daemon.expect_log(f"{did}: in contact")
        self._lives = [self.keep(Life(did, camera, self._daemon, self._media))
                       for did, camera in self._cameras.items()]
        self.growth = Growth(self._daemon.pid, ALLOWED)

    def _take_round(self):
        """The number of the next round; None: there is none."""
        with self._lock:
            if self._left == 0 or self._failures:
                return None
            self._left -= 1
            self.done += 1
            return self.done

    def _live(self, life):
        try:
            while (number := self._take_round()) is not None:
                life.run_round(number)
        except Exception as error:  # of any kind: the other threads must hear of it
            self._failures.append(error)

    def run(self, rounds):
        """Then all is at rest, and is looked at."""
        self._left = rounds
        threads = [threading.Thread(target=self._live, args=(life,)) for life in self._lives]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failures:
            raise self._failures[0]
        for camera in self._cameras.values():
            camera.until_sessions(0)
        self._media.events.take()
        self._daemon.process.lines.take()
        del self._daemon.process.output[:-200]
        return self.growth.look()

    def kinds(self):
        return dict(sum((life.kinds for life in self._lives), Counter()))


def soak(folder, arguments):
    """Returns whether nothing has grown."""
    soaked = Soak(folder, arguments.cameras)
    begin = time.monotonic()
    try:
        while soaked.done < arguments.rounds:
            left = arguments.rounds - soaked.done
            now = soaked.run(min(left, max(1, arguments.rounds // LOOKS)))
            if not arguments.quiet:
                progress(f"{soaked.done} rounds: {now.rss_kib} KiB, {now.fds} descriptors,"
                         f" {now.threads} threads")
    finally:
        soaked.close()
    print(f"{soaked.done} rounds in {time.monotonic() - begin:.0f} s: {soaked.kinds()}")
    return soaked.growth.report()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10000, metavar="N", help="(%(default)s)")
    parser.add_argument("--cameras", type=int, default=4, metavar="N", help="(%(default)s)")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    arguments = parser.parse_args()
    if arguments.rounds < 30:
        parser.error("fewer than 30 rounds show nothing")
    with tempfile.TemporaryDirectory(prefix="camgate-") as folder:
        sys.exit(0 if soak(folder, arguments) else 1)


if __name__ == "__main__":
    main()
