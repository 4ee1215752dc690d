#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many moves by one daemon: what it holds must not grow. No part of `meson test`; docs/testing.md.

Each round moves the camera, stops it, and now and then does what ends a move otherwise: its time,
another start, a preset, a limit, a client that hangs up, a camera that starts anew. Memory, file
descriptors and threads are looked at as it goes; the last third must look like the one before it.
"""

import argparse
import random
import sys
import tempfile
import time

from harness.daemon import Daemon
from harness.growth import Growth, progress
from harness.house import DID, SMALL, configuration
from harness.simulator import Simulator, until

LOOK_EVERY = 50
# The rest are moves at a limit, and presets that it stands at.
GOOD_PART = 0.9


class Soak:
    def __init__(self, folder, arguments):
        self._random = random.Random(arguments.seed)
        self._moves, self._quiet = arguments.moves, arguments.quiet
        self._simulator = Simulator(folder, "CAMERA", 1, SMALL).start()
        self._camera = self._simulator.camera
        keys = {"move-timeout": 1, "link-grace": 0.1}
        self._daemon = Daemon(folder, configuration(None, {DID: self._camera}, ptz=keys))
        self._daemon.start()
        self._daemon.expect_log(f"{DID}: in contact")
        self._local = self._daemon.local()
        self._codes = {}
        self.growth = Growth(self._daemon.pid)
        self._looks = 0

    def close(self):
        self._local.close()
        self._daemon.close()
        self._simulator.close()

    def _try(self, service, data):
        return self._local.ask(DID, {service: data})[service]["code"]

    def _ask(self, service, data):
        code = self._try(service, data)
        self._codes[code] = self._codes.get(code, 0) + 1
        return code

    def _start(self):
        return self._ask("ptz", {"start": {"direction": self._random.randrange(10),
                                           "speed": self._random.randrange(3)}})

    def _stop(self):
        return self._ask("ptz", {"stop": {}})

    def _round(self, number):
        """Returns the moves it took."""
        moves = 1
        self._start()
        if number % 3 == 0:
            self._start()
            moves += 1
        if number % 40 == 1:
            self._ask("preset", {"set": {"index": 1 + number % 5}})
            self._ask("preset", {"goto": {"index": 1 + number % 5}})
            moves += 1
        if number % 500 == 7:
            self._hang_up()
        elif number % 500 == 11:
            until(lambda: not self._camera.position()["moving"], "its time is up")
        elif number % 2000 == 13:
            self._reboot()
        else:
            self._stop()
        return moves

    def _hang_up(self):
        """The client goes away, and its move with it."""
        self._local.close()
        until(lambda: not self._camera.position()["moving"], "it stands without its client")
        self._local = self._daemon.local()

    def _reboot(self):
        self._camera.control("reboot", {"for": 500})
        until(lambda: self._try("ptz", {"stop": {}}) != 0, "it is away")
        until(lambda: self._try("ptz", {"stop": {}}) == 0, "it is back")

    def run(self):
        done = number = 0
        begin = time.monotonic()
        while done < self._moves:
            done += self._round(number)
            number += 1
            if number % LOOK_EVERY == 0:
                self._camera.control("requests")  # so that the camera does not keep them
                self._daemon.process.lines.take()
                self._local.messages.take()
                self._look(done)
        return {"moves": done, "seconds": round(time.monotonic() - begin, 1), "codes": self._codes}

    def judge(self):
        """What is wrong with how the moves went; nothing: []"""
        wrong = []
        sent, good = sum(self._codes.values()), self._codes.get(0, 0)
        if good < GOOD_PART * sent:
            wrong.append(f"{good} of {sent} requests were answered 0")
        if self._ask("ptz", {"stop": {}}) != 0:
            wrong.append("the last stop was not answered 0")
        until(lambda: not self._camera.position()["moving"], "it stands at the end")
        return wrong

    def _look(self, done):
        now = self.growth.look()
        self._looks += 1
        if not self._quiet and self._looks % 20 == 0:
            progress(f"{done} moves: {now.rss_kib} KiB, {now.fds} descriptors,"
                     f" {now.threads} threads")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=10000, metavar="N", help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the directions (%(default)s)")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    arguments = parser.parse_args()
    if arguments.moves < 6 * LOOK_EVERY:
        parser.error(f"fewer than {6 * LOOK_EVERY} moves show nothing")
    with tempfile.TemporaryDirectory(prefix="camgate-") as folder:
        soak = Soak(folder, arguments)
        try:
            told = soak.run()
            wrong = soak.judge()
        finally:
            soak.close()
    print(f"{told['moves']} moves in {told['seconds']} s; codes {told['codes']}")
    for text in wrong:
        print(text)
    has_grown = not soak.growth.report()
    sys.exit(1 if has_grown or wrong else 0)


if __name__ == "__main__":
    main()
