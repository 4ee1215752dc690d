#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every fault of the sections Stream in and Stream out (CAMERA_QUIRKS.md), at every moment.

A row is a fault, a column the moment when it begins: while a stream starts, while it plays, while
it stops. A quirk that camgate has to put up with must not keep pictures away; of another fault the
event has to say what it is. Once the fault is over, pictures flow again within BOUND_S, the camera
has one session, and the far end finds every stamp in order and every picture decodable.

    fault_matrix.py               the whole table, in some minutes
    fault_matrix.py Q20 Q53       rows with these words in their name
    fault_matrix.py --moment playing --workers 2
"""

import argparse
import os
import queue
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections import namedtuple

from harness import spoils
from harness.daemon import Daemon
from harness.farend import FarEnd
from harness.house import DID, SMALL, configuration
from harness.mailbox import Expired
from harness.parts import Parts
from harness.rtmp import RtmpPublisher
from harness.rtsp_relay import RtspRelay, Spoil
from harness.servers import MediaServer
from harness.simulator import Simulator, until

MOMENTS = ("starting", "playing", "stopping")

STREAM = {"retry-max": 1, "publisher-wait": 0.5, "stall-timeout": 1, "start-timeout": 4,
          "publish-grace": 2}
# From the end of a fault: the deadline that runs (start-timeout), the pause (retry-max) and a
# start. The rest is for a machine that does other things.
BOUND_S = 4 + 1 + 1
MACHINE_S = 10

WITH_AAC = (*SMALL, "--audio", "aac")
WITH_PCMA = (*SMALL, "--audio", "pcma")
WITH_H265 = (*SMALL, "--codec", "h265")
OTHER_SIZE = ("--size", "320x240", "--fps", "10", "--gop", "1", "--bitrate", "300")


class House(Parts):
    """Media server, camera, relay, daemon: of one row, so that no row learns from another."""

    def __init__(self, folder, row):
        super().__init__()
        self.folder = folder
        self.media = self.keep(MediaServer(folder))
        self.media.start()
        self.camera = self.keep(Simulator(folder, "CAMERA", 1, row.camera)).start().camera
        self.relay = None
        config = configuration(None, {DID: self.camera}, stream=STREAM)
        config[f"camera {DID}"].update(row.keys)
        config["stream"].update(row.stream)
        if not row.by_onvif:
            self.relay = self.keep(RtspRelay(self.camera.rtsp_port))
            config[f"camera {DID}"]["url"] = self.camera.rtsp.replace(
                f":{self.camera.rtsp_port}/", f":{self.relay.port}/")
        self.daemon = self.keep(Daemon(folder, config))
        self.daemon.start()
        self.daemon.expect_log(f"{DID}: in contact")
        self.local = self.keep(self.daemon.local())
        self.name = self.url = None

    def use(self, name):
        """The address of the cell that begins."""
        self.name, self.url = name, self.media.url(name)

    def ask(self, data):
        (answer,) = self.local.ask(DID, data).values()
        if answer["code"] != 0:
            raise AssertionError(f"{data}: {answer}")

    def count_restarts(self):
        (camera,) = self.local.ask(None, {"cameras": {}})["cameras"]["cameras"]
        return camera["stream"]["reconnects"]

    def expect_state(self, state):
        return self.local.expect_event(DID, "play", state=state)["data"]["play"]

    def expect_reason(self, words):
        """Waits until an event says one of these; what it says before is of the way there."""

        def matches(message):
            play = message.get("data", {}).get("play", {})
            return play.get("state") == "retrying" and play.get("reason") in words

        self.local.messages.expect(matches, f"event whose reason is one of {words}")

    def lose_camera(self):
        """What it does wrong at a start, it shows at the next."""
        if self.relay is not None:
            self.relay.cut()
        else:
            self.camera.control("reboot", {"for": 1})


class Fault:
    """Begins and ends in a house."""

    def begin(self, house, moment):
        raise NotImplementedError

    def end(self, house):
        raise NotImplementedError

    def complaint(self, house):
        """What camgate did that it must not; None: nothing."""
        return None


class Sim(Fault):
    """A fault of camgate-sim."""

    def __init__(self, name, arg=None):
        self._name, self._arg = name, arg

    def begin(self, house, moment):
        house.camera.fault(self._name, arg=self._arg)

    def end(self, house):
        house.camera.fault(self._name, on=False)


class Reboot(Fault):
    """The camera is away for a while."""

    def begin(self, house, moment):
        house.camera.control("reboot", {"for": 1000})

    def end(self, house):
        pass


class Relayed(Fault):
    """Something between the camera and us, done to its bytes."""

    def __init__(self, make):
        self._make = make

    def begin(self, house, moment):
        house.relay.spoil = self._make()

    def end(self, house):
        house.relay.spoil = Spoil()


class Speaker(Relayed):
    def __init__(self):
        super().__init__(spoils.NoBackChannel)

    def complaint(self, house):
        return "the back-channel was taken" if house.relay.spoil.taken else None


class Haunted(Relayed):
    """Q19: the camera still counts what was lost; where nothing was lost, it must not matter."""

    def __init__(self):
        super().__init__(lambda: spoils.Ghosts(2))
        self._moment = None

    def begin(self, house, moment):
        super().begin(house, moment)
        self._moment = moment
        if moment == "playing":
            until(house.relay.spoil.is_counted, "the session is counted")

    def complaint(self, house):
        refused = house.relay.spoil.refused
        if self._moment == "playing":
            return None if refused else "the ghost was not met"
        return f"{refused} sessions were refused, and none was lost" if refused else None


class Deaf(Fault):
    """Connected, and not a byte either way."""

    def begin(self, house, moment):
        house.relay.deaf.set()

    def end(self, house):
        house.relay.deaf.clear()


class Cut(Fault):
    """Connections are reset, and new ones refused."""

    def begin(self, house, moment):
        house.relay.refuses = True
        house.relay.cut()

    def end(self, house):
        house.relay.refuses = False


class OtherCamera(Fault):
    """Q25: another picture size, from one moment to the next."""

    def __init__(self):
        self._relay_port = None

    def begin(self, house, moment):
        other = house.keep(Simulator(house.folder, "OTHER", 1, OTHER_SIZE)).start().camera
        self._relay_port = house.relay.camera_port
        house.relay.camera_port = other.rtsp_port

    def end(self, house):
        house.relay.camera_port = self._relay_port
        house.relay.cut()


class Killed(Fault):
    """The media server dies."""

    def begin(self, house, moment):
        house.media.kill()

    def end(self, house):
        house.media.start()


class Frozen(Fault):
    """The media server stands still; its kernel goes on taking data for a while."""

    def begin(self, house, moment):
        house.media.freeze()

    def end(self, house):
        house.media.thaw()


class Refused(Fault):
    """The media server does not want us any more."""

    def begin(self, house, moment):
        house.media.refuse(house.name)
        house.media.drop_publisher(house.name)

    def end(self, house):
        house.media.refuse(house.name, on=False)


class Dropped(Fault):
    """The media server hangs up, once."""

    def begin(self, house, moment):
        house.media.drop_publisher(house.name)

    def end(self, house):
        pass


class OtherPublisher(Fault):
    """Q10: somebody else has the name."""

    def __init__(self):
        self._other = None

    def begin(self, house, moment):
        house.media.drop_publisher(house.name)
        self._other = until(lambda: self._try(house.url), "another publisher has the name")

    def end(self, house):
        self._other.close()

    @staticmethod
    def _try(url):
        try:
            return RtmpPublisher(url)
        except (Expired, OSError, EOFError):
            return None


class Nothing(Fault):
    """What is odd is the camera's nature."""

    def begin(self, house, moment):
        pass

    def end(self, house):
        pass


Row = namedtuple("Row", "name fault meets words camera keys stream by_onvif at_setup lasts_s sound")


def row(name, fault, meets=True, words=(), camera=SMALL, keys=None, stream=None, by_onvif=False,
        at_setup=False, lasts_s=0.5, sound=False):
    """A row of the table.

    @meets: True: it plays while the fault is there, without being built anew; False: it cannot,
            and says one of `words`; None: it may do either
    @at_setup: the fault shows in the dialogue: what plays is interrupted once
    @by_onvif: the camera's own addresses, without a relay
    """
    return Row(name, fault, meets, words, camera, keys or {}, stream or {}, by_onvif, at_setup,
               lasts_s, sound)


def sdp(name, change, **members):
    return row(name, lambda: Relayed(lambda: spoils.Sdp(change)), at_setup=True, **members)


def stamps(name, make_change, **members):
    return row(name, lambda: Relayed(lambda: spoils.Stamps(make_change())), lasts_s=2, **members)


def units(name, change, **members):
    return row(name, lambda: Relayed(lambda: spoils.Units(change)), lasts_s=2, **members)


def headers(name, change):
    return row(name, lambda: Relayed(lambda: spoils.Headers(change)), at_setup=True)


def onvif(name, quirk, arg, **members):
    return row(name, lambda: Sim(quirk, arg), by_onvif=True, at_setup=True, **members)


LOST = ("unreachable", "refused", "no-data", "lost", "closed", "timed-out")

ROWS = (
    # Stream in
    row("Q8 no frames", lambda: Sim("Q8"), False, ("no-data",)),
    row("Q8 packets without pictures", lambda: Relayed(lambda: spoils.Units(spoils.hollow)), False,
        ("no-picture",)),
    row("Q8 not a byte", Deaf, False, LOST),
    row("Q9 connection reset", Cut, False, LOST),
    row("Q9 camera starts anew", Reboot, None, lasts_s=1.5),
    row("Q13 slow to the first picture", lambda: Sim("Q13", "1500"), at_setup=True),
    row("Q14 seldom key frames", lambda: Sim("Q14", "8"), at_setup=True, lasts_s=3),
    row("Q17 short session", lambda: Relayed(lambda: spoils.Keepalive(1)), at_setup=True,
        lasts_s=3),
    row("Q17 no GET_PARAMETER", lambda: Relayed(lambda: spoils.Keepalive(1, "GET_PARAMETER")),
        at_setup=True, lasts_s=3),
    row("Q17 wants reports", lambda: Relayed(lambda: spoils.Reports(8)), at_setup=True, lasts_s=9),
    onvif("Q18 UDP only", "Q18", "udp"),
    onvif("Q18 multicast only", "Q18", "multicast", keys={"transport": "multicast"}),
    onvif("Q18 HTTP tunnel only", "Q18", "http", keys={"transport": "http"}),
    row("Q19 no session left", lambda: Sim("Q19", "0"), False, ("session-limit",), at_setup=True),
    row("Q19 ghost of a lost session", Haunted, at_setup=True, lasts_s=1),
    stamps("Q20 jumps by an hour", lambda: lambda n, t: t + spoils.HOUR),
    stamps("Q20 jumps back", lambda: lambda n, t: t - spoils.HOUR),
    stamps("Q20 single ones are wrong",
           lambda: lambda n, t: t + (spoils.HOUR if n % 23 == 0 else 0)),
    stamps("Q20 begins at 0 again", spoils.from_zero),
    stamps("Q20 drifts", spoils.drift),
    row("Q22 B-frames", lambda: Sim("Q22"), at_setup=True, lasts_s=2),
    sdp("Q23 two names", spoils.two_names),
    sdp("Q23 no origin", spoils.no_origin),
    sdp("Q23 bad connection", spoils.bad_connection),
    sdp("Q24 no sets in the description", spoils.no_sets),
    sdp("Q24 wrong sets in the description", spoils.wrong_sets),
    units("Q24 sets in the description only", spoils.without_sets_in_band),
    row("Q25 another size", OtherCamera, at_setup=True),
    row("Q25 another size in one session", lambda: Sim("Q25"), lasts_s=2),
    # Where RTSP has a port of its own, nobody can know which.
    onvif("Q29 port 80", "Q29", "port80", meets=None, lasts_s=1),
    onvif("Q29 loopback", "Q29", "loopback"),
    onvif("Q29 doubled port", "Q29", "doubled"),
    onvif("Q29 refused query", "Q29", "query"),
    onvif("Q29 query that wants a login", "Q29", "query-login"),
    sdp("Q47 metadata first", spoils.other_media_first, camera=WITH_AAC, keys={"audio": "pass"},
        sound=True),
    row("Q48 door speaker", Speaker, at_setup=True),
    units("Q49 marker on each packet", spoils.every_marker),
    units("Q49 no markers", spoils.no_marker),
    units("Q49 start codes in packets", spoils.start_codes),
    row("Q50 ADTS inside RTP", lambda: Relayed(lambda: spoils.Sound(spoils.with_adts)),
        camera=WITH_AAC, keys={"audio": "pass"}, sound=True, lasts_s=2),
    sdp("Q50 wrong AAC configuration", spoils.wrong_config, camera=WITH_AAC,
        keys={"audio": "pass"}),
    headers("Q51 broken Content-Base", spoils.broken_base),
    headers("Q51 rtsp://rtsp://", spoils.doubled_base),
    headers("Q51 Transport without /TCP", spoils.no_tcp),
    row("Q51 other channels", lambda: Relayed(spoils.Channels), at_setup=True),
    row("Q52 picky about headers", lambda: Relayed(spoils.Picky), at_setup=True),
    row("Q53 garbage between packets", lambda: Relayed(lambda: spoils.Garbage(7)), lasts_s=2),
    # Stream out
    row("Q9 media server killed", Killed, False, LOST),
    row("Q8 media server frozen", Frozen, None, lasts_s=1.5),
    row("Q10 another publisher", OtherPublisher, False, ("publisher-exists",)),
    row("Q11 H.265, made H.264", Nothing, camera=WITH_H265, stream={"h265": "transcode"}),
    row("Q12 G.711, made AAC", Nothing, camera=WITH_PCMA, keys={"audio": "aac"}, sound=True),
    row("Q12 G.711, dropped", Nothing, camera=WITH_PCMA, keys={"audio": "drop"}),
    row("Q12 G.711, silence in its place", Nothing, camera=WITH_PCMA, keys={"audio": "silent"},
        sound=True),
    row("Q12 no sound, silence in its place", Nothing, keys={"audio": "silent"}, sound=True),
    row("Q56 publisher refused", Refused, False, ("media-server-refused", *LOST)),
    row("Q56 media server hangs up", Dropped, None, lasts_s=0.1),
)

# A quarter of an hour of CI has better uses: these stand for their kind.
SAMPLE = ("Q8 not a byte", "Q17 no GET_PARAMETER", "Q18 UDP only", "Q20 jumps by an hour",
          "Q25 another size in one session", "Q49 start codes",
          "Q53 garbage", "Q9 media server killed", "Q10 another publisher")


class Cell:
    """One fault at one moment."""

    def __init__(self, house, row_, moment):
        self._house, self._row, self._moment = house, row_, moment
        house.use(moment)
        self._far = FarEnd(house.url)
        self._fault = row_.fault()
        self.seconds = None  # from the end of the fault to the first picture
        self._restarts = 0  # before the fault

    def _begin_fault(self):
        self._restarts = self._house.count_restarts()
        self._house.local.messages.take()
        self._fault.begin(self._house, self._moment)
        if self._row.at_setup and self._moment == "playing":
            self._house.lose_camera()
        return time.monotonic()

    def _play_until_playing(self):
        self._house.ask({"play": {"url": self._house.url}})
        self._house.expect_state("playing")
        self._far.expect_flow(0, sound=self._row.sound)

    def _stop(self):
        self._house.local.messages.take()
        self._house.ask({"stop": {}})
        self._house.expect_state("stopped")

    def _expect_to_play_through(self, began):
        row_ = self._row
        before = self._restarts
        if row_.at_setup or self._moment == "starting":
            self._far.expect_flow(began, sound=row_.sound)
            before = self._house.count_restarts()
        self._far.expect_flow(began, for_s=row_.lasts_s, sound=row_.sound)
        restarts = self._house.count_restarts() - before
        if restarts > 0:
            raise AssertionError(f"it plays, but was built anew {restarts} times")

    def _expect_what_is_due(self, began):
        row_ = self._row
        if row_.meets:
            self._expect_to_play_through(began)
        elif row_.meets is None:
            until(lambda: time.monotonic() >= began + row_.lasts_s, "it has lasted")
        else:
            self._house.expect_reason(row_.words)

    def _end_fault(self):
        complaint = self._fault.complaint(self._house)
        self._fault.end(self._house)
        if complaint is not None:
            raise AssertionError(complaint)

    def run(self):
        try:
            self._run()
        finally:
            self._far.close()

    def _run(self):
        if self._moment == "starting":
            began = self._begin_fault()
            self._house.ask({"play": {"url": self._house.url}})
        else:
            self._play_until_playing()
            began = self._begin_fault()
        if self._moment == "stopping":
            self._stop()
        else:
            self._expect_what_is_due(began)
        self._end_fault()
        ended = time.monotonic()
        if self._moment == "stopping":
            self._house.camera.until_sessions(0)
            self._house.ask({"play": {"url": self._house.url}})
        first = self._far.expect_flow(ended, timeout=BOUND_S + MACHINE_S, sound=self._row.sound)
        self.seconds = first - ended
        self._house.camera.until_sessions(1)
        self._stop()
        self._house.camera.until_sessions(0)
        complaints = self._far.judge(self._house.folder)
        if complaints:
            raise AssertionError("at the far end: " + "; ".join(complaints[:5]))


Verdict = namedtuple("Verdict", "row moment seconds failure words")


def run_row(row_, moments=MOMENTS):
    """Yields a Verdict for each moment."""
    folder = tempfile.mkdtemp(prefix="camgate-")
    try:
        for moment in moments:
            yield run_cell(os.path.join(folder, moment), row_, moment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_cell(folder, row_, moment):
    os.makedirs(folder)
    house = cell = failure = None
    words = ""
    try:
        house = House(folder, row_)
        cell = Cell(house, row_, moment)
        cell.run()
    except Exception:  # of any kind: it is the cell's verdict
        failure = traceback.format_exc(limit=-3)
        words = house.daemon.process.tail(40) if house is not None else ""
    finally:
        if house is not None:
            house.close()
    return Verdict(row_, moment, cell and cell.seconds, failure, words)


class Table:
    """Runs the cells by several workers; @tell gets each row with its verdicts."""

    def __init__(self, rows, moments, workers, tell=lambda row, verdicts: None):
        self._moments = moments
        self._left = queue.Queue()
        for row_ in rows:
            self._left.put(row_)
        self._workers, self._tell = workers, tell
        self._lock = threading.Lock()
        self.verdicts = []

    def run(self):
        threads = [threading.Thread(target=self._work) for _ in range(self._workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self):
        while True:
            try:
                row_ = self._left.get_nowait()
            except queue.Empty:
                return
            verdicts = list(run_row(row_, self._moments))
            with self._lock:
                self.verdicts += verdicts
                self._tell(row_, verdicts)


def print_row(row_, verdicts):
    cells = "".join(f"{'FAILS' if v.failure else f'{v.seconds:.1f} s':>12}" for v in verdicts)
    print(f"{row_.name:<36}{cells}", flush=True)
    for verdict in verdicts:
        if verdict.failure:
            print(f"--- {row_.name}, {verdict.moment}:\n{verdict.failure}{verdict.words}\n",
                  flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only rows with one of these in their name")
    parser.add_argument("--moment", choices=MOMENTS, action="append", help="only this (repeatable)")
    parser.add_argument("--workers", type=int, default=3, metavar="N", help="(%(default)s)")
    arguments = parser.parse_args()
    rows = [r for r in ROWS
            if not arguments.words or any(word in r.name for word in arguments.words)]
    moments = tuple(arguments.moment or MOMENTS)
    table = Table(rows, moments, arguments.workers, print_row)
    print(f"{'fault':<36}" + "".join(f"{moment:>12}" for moment in moments), flush=True)
    table.run()
    failed = [v for v in table.verdicts if v.failure]
    slow = [v for v in table.verdicts if v.seconds is not None and v.seconds > BOUND_S]
    print(f"{len(table.verdicts)} cells, {len(failed)} failed; longer than {BOUND_S} s to the"
          f" first picture: {', '.join(f'{v.row.name} ({v.moment})' for v in slow) or 'none'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
