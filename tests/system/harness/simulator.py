# SPDX-License-Identifier: GPL-2.0-or-later
"""camgate-sim: one or several simulated cameras, and their control socket."""

import json
import os
import socket
import urllib.parse

from .daemon import BUILD, ENVIRONMENT
from .mailbox import WATCHDOG_S, until
from .process import Port, Process, Program

CAMGATE_SIM = os.path.join(BUILD, "tools", "camgate-sim", "camgate-sim")
USERNAME, PASSWORD = "admin", "p@ss#w%r?d^/:1"  # what Q26 warns of


class Camera:
    """One simulated camera as its control socket shows it."""

    def __init__(self, simulator, index, announced):
        self._simulator, self._index = simulator, index
        self.name = announced["name"]
        self.onvif, self.rtsp = announced["onvif"], announced["rtsp"]
        self.address = urllib.parse.urlsplit(self.onvif).netloc
        self.rtsp_port = urllib.parse.urlsplit(self.rtsp).port

    def control(self, verb, argument=None):
        return self._simulator.control({verb: argument or {}, "camera": self._index})

    def fault(self, name, on=True, arg=None):
        request = {"fault": name, "on": on, "camera": self._index}
        if arg is not None:
            request["arg"] = arg
        return self._simulator.control(request)

    def requests(self, *operations):
        """What it was asked since last time; only these operations if any are named."""
        asked = self.control("requests")["requests"]
        return [r for r in asked if not operations or r["op"] in operations]

    def position(self):
        return self.control("position")["position"]

    def sessions(self):
        """(RTSP sessions now, RTSP sessions ever)"""
        stream = self.control("stream")["stream"]
        return stream["sessions"], stream["ever"]

    def until_still(self):
        until(lambda: not self.position()["moving"], f"{self.name} stands")
        return self.position()

    def until_sessions(self, count):
        until(lambda: self.sessions()[0] == count, f"{self.name} has {count} RTSP sessions")


class Simulator(Program):
    """The program. After kill(), start() brings the same cameras back on the same ports."""

    def __init__(self, folder, name="CAMERA", count=1, arguments=(), own_session=False):
        self._ports = [Port(), Port()] if count == 1 else []
        self._control_path = os.path.join(folder, f"sim-{name}.sock")
        self._count = count
        self._own_session = own_session
        self._command = [
            CAMGATE_SIM, "--name", name, "--count", count, "--control", self._control_path,
            "--user", USERNAME, "--password", PASSWORD, *arguments]
        if self._ports:
            self._command += ["--port", self._ports[0], "--rtsp-port", self._ports[1]]
        self.cameras = []

    @property
    def camera(self):
        return self.cameras[0]

    def start(self):
        self._process = Process(
            "camgate-sim", self._command, env=ENVIRONMENT, own_session=self._own_session)
        lines = [
            self._process.lines.expect(lambda line: line.startswith("{"), "line of JSON")
            for _ in range(self._count)]
        self.cameras = [Camera(self, i, json.loads(line)) for i, line in enumerate(lines)]
        return self

    def control(self, request):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            control.settimeout(WATCHDOG_S)
            control.connect(self._control_path)
            control.sendall(json.dumps(request).encode() + b"\n")
            with control.makefile("rb") as stream:
                answer = json.loads(stream.readline())
        if "error" in answer:
            raise AssertionError(f"{request}: {answer}")
        return answer

    def close(self):
        super().close()
        for port in self._ports:
            port.close()
