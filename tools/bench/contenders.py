# SPDX-License-Identifier: GPL-2.0-or-later
"""Those who carry streams from cameras to a media server, and what the kernel says they cost."""

import json
import os
import subprocess
import time
import urllib.parse

from harness.daemon import BUILD, CAMGATED, ENVIRONMENT, ROOT, Daemon
from harness.house import camera_keys, configuration
from harness.process import Process
from harness.simulator import PASSWORD, USERNAME

BARE_RELAY = os.path.join(BUILD, "tools", "bench", "bare-relay")
RTMP_SINK = os.path.join(BUILD, "tools", "bench", "rtmp-sink")
UNIT = os.path.join(ROOT, "systemd", "camgated.service.in")
TICKS = os.sysconf("SC_CLK_TCK")
START_S = 60

STOCK_PIPELINE = (
    "rtspsrc name=s location={rtsp} user-id={user} user-pw={password} protocols=tcp "
    "flvmux name=m streamable=true ! rtmp2sink location={rtmp} "
    "s. ! application/x-rtp,media=video ! rtph264depay ! h264parse ! m. "
    "s. ! application/x-rtp,media=audio ! rtpmp4gdepay ! aacparse ! m.")


class Failed(Exception):
    """A contender does not carry what it was given."""


class Cost:
    """What some processes have used so far; the difference of two is what a window cost."""

    def __init__(self, pids, proc="/proc"):
        self.user_s = self.system_s = 0.0
        self.tasks = {}  # (process, thread) → (seconds, switches)
        for pid in pids:
            self._add(os.path.join(proc, str(pid)))

    def _add(self, process):
        with open(f"{process}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
        self.user_s += int(fields[11]) / TICKS
        self.system_s += int(fields[12]) / TICKS
        for task in os.listdir(f"{process}/task"):
            try:
                self.tasks[process, task] = self._read_task(f"{process}/task/{task}")
            except (FileNotFoundError, ProcessLookupError):
                pass  # it has just ended

    @staticmethod
    def _read_task(path):
        with open(f"{path}/schedstat", encoding="ascii") as stat:
            cpu_s = int(stat.read().split()[0]) / 1e9
        with open(f"{path}/status", encoding="ascii", errors="replace") as status:
            return cpu_s, sum(int(line.split()[1]) for line in status if "voluntary_ctxt" in line)

    def since(self, before):
        """Exact in sum, user and system as the clock ticks have it; by ticks alone where threads
        have come or gone: those that ended have told nobody how exactly they ran."""
        user_s, system_s = self.user_s - before.user_s, self.system_s - before.system_s
        ticks_s = user_s + system_s
        is_exact = self.tasks.keys() == before.tasks.keys()
        old = {task: before.tasks.get(task, (0.0, 0)) for task in self.tasks}
        cpu_s = (sum(self.tasks[task][0] - old[task][0] for task in self.tasks) if is_exact
                 else ticks_s)
        user = user_s / ticks_s if ticks_s > 0 else 0.5
        return {"cpu_s": cpu_s, "user_s": cpu_s * user, "system_s": cpu_s * (1 - user),
                "switches": sum(self.tasks[task][1] - old[task][1] for task in self.tasks),
                "threads": len(self.tasks), "is_exact": is_exact}


def pss_kib(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
            total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return total


def rss_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def make_did(number):
    return f"{0xac0000000001 + number:012x}"


def unit_environment():
    """What the service manager gives camgated, apart from folders of its own (%C)."""
    with open(UNIT, encoding="utf-8") as unit:
        words = [word for line in unit if line.startswith("Environment=")
                 for word in line.partition("=")[2].split()]
    return dict(word.split("=", 1) for word in words if "%" not in word)


class QuietDaemon(Daemon):
    """camgated as it runs in the field: without --verbose."""

    def spawn(self, *arguments):
        self.process = Process(
            "camgated",
            [CAMGATED, "--config", self.config_path, "--state-dir", self.state_dir,
             "--socket", self.socket_path, *arguments],
            env={**ENVIRONMENT, **unit_environment(), "NOTIFY_SOCKET": self._notify_path})


class Camgate:
    """One camgated with all cameras."""

    name = "camgate"

    def __init__(self, folder, cameras, stream_keys=None, broker=None):
        self._dids = [make_did(i) for i in range(len(cameras))]
        self._daemon = QuietDaemon(folder, configuration(broker), "camgate")
        self._daemon.config["stream"] = {"max-streams": max(len(cameras), 1),
                                         **(stream_keys or {})}
        for did, camera in zip(self._dids, cameras):
            self._daemon.config[f"camera {did}"] = {**camera_keys(camera.address),
                                                    "audio": "pass"}
        self._client = None

    def prepare(self):
        """In contact with all cameras; nothing plays."""
        self._daemon.start()
        for did in self._dids:
            self._daemon.process.lines.expect(
                lambda line, did=did: f"{did}: in contact" in line, f"contact with {did}", START_S)
        self._client = self._daemon.local()

    def start(self, urls):
        for did, url in zip(self._dids, urls):
            reply = self._client.ask(did, {"play": {"url": url, "players": 1}})
            if reply["play"]["code"] != 0:
                raise Failed(f"camgated replied {reply}")

    def pids(self):
        return [self._daemon.pid]

    def close(self):
        if self._client is not None:
            self._client.close()
        self._daemon.close()


class Lean(Camgate):
    """Without the pictures since the last key frame: for boxes with little memory."""

    name = "no-cache"

    def __init__(self, folder, cameras):
        super().__init__(folder, cameras, {"gop-cache": 0})


class OneEach:
    """One process for each camera."""

    def __init__(self, _folder, cameras):
        self._cameras = cameras
        self._processes = []

    def prepare(self):
        pass

    def command(self, camera, url):
        raise NotImplementedError

    def start(self, urls):
        for camera, url in zip(self._cameras, urls):
            self._processes.append(Process(self.name, self.command(camera, url)))

    def pids(self):
        """Failed, where one has ended by itself."""
        for process in self._processes:
            if process.status is not None:
                status = process.wait()  # for its last line, too
                raise Failed(f"{self.name} ended with {status}: {process.tail(1).strip()}")
        return [process.pid for process in self._processes]

    def close(self):
        for process in self._processes:
            process.close()


class Ffmpeg(OneEach):
    """ffmpeg -c copy"""

    name = "ffmpeg"

    def command(self, camera, url):
        login = ":".join(urllib.parse.quote(word, safe="") for word in (USERNAME, PASSWORD))
        source = camera.rtsp.replace("rtsp://", f"rtsp://{login}@")
        return ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-rtsp_transport",
                "tcp", "-i", source, "-c", "copy", "-f", "flv", url]


class Stock(OneEach):
    """GStreamer's own elements."""

    name = "gstreamer"

    def command(self, camera, url):
        text = STOCK_PIPELINE.format(rtsp=camera.rtsp, user=USERNAME, rtmp=url,
                                     password=PASSWORD)
        return ["gst-launch-1.0", "-q", *text.split()]


class Bare:
    """Bytes and nothing else, between a feeder and a sink of its own."""

    name = "bare"

    def __init__(self, _folder, cameras):
        self._count = len(cameras)
        self._processes = []

    def prepare(self):
        pass

    def _spawn(self, *words):
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", BARE_RELAY, *map(str, words)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._processes.append(process)
        line = process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"bare-relay {words[0]} did not start")
        return line

    def feed(self, fps, sizes_path):
        sink = self._spawn("sink")
        relay = self._spawn("relay", sink)
        self._spawn("feed", relay, self._count, fps, sizes_path)

    def pids(self):
        return [self._processes[1].pid]

    def close(self):
        for process in reversed(self._processes):
            process.stdin.close()
            process.wait()
            process.stdout.close()


class Sink:
    """A media server that looks how old the frames of camgate-sim --stamp are."""

    def __init__(self):
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", RTMP_SINK], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self._port = int(self._process.stdout.readline())

    def url(self, name):
        return f"rtmp://127.0.0.1:{self._port}/live/{name}"

    def report(self):
        """What has come since the last report."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def await_streams(self, count):
        deadline = time.monotonic() + START_S
        while self.report()["streams"] < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"fewer than {count} streams have come")
            time.sleep(0.5)

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
