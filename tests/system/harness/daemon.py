# SPDX-License-Identifier: GPL-2.0-or-later
"""The real camgated and camgatectl, and the local socket."""

import itertools
import json
import os
import signal
import socket
import threading

from .mailbox import WATCHDOG_S, Mailbox
from .process import Process, end_reading, shut_down

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BUILD = os.environ.get("CAMGATE_BUILD", os.path.join(ROOT, "build"))
CAMGATED = os.path.join(BUILD, "src", "camgated")
# Loaded before libc, it makes the disk hang (hang.c).
HANG = os.path.join(BUILD, "tests", "system", "hang.so")
CAMGATECTL = os.path.join(BUILD, "tools", "camgatectl", "camgatectl")
ENVIRONMENT = {"CAMGATE_PIPELINES_DIR": os.path.join(ROOT, "pipelines")}


def key_file(groups):
    """{group: {key: value}} as the text of a key file; a key with value None is left out."""
    lines = []
    for group, keys in groups.items():
        lines.append(f"[{group}]")
        lines += [f"{key}={value}" for key, value in keys.items() if value is not None]
        lines.append("")
    return "\n".join(lines)


class Daemon:
    """One camgated in a folder of its own. It is ready when it says READY=1, as to systemd."""

    def __init__(self, folder, config, name="daemon", own_session=False):
        self._folder = os.path.join(folder, name)
        os.makedirs(self._folder, exist_ok=True)
        self.config = config
        self.config_path = os.path.join(self._folder, "camgate.conf")
        self.state_dir = os.path.join(self._folder, "state")
        self.socket_path = os.path.join(self._folder, "camgate.sock")
        self.notices = Mailbox("notices of camgated")
        self._own_session = own_session
        self.program = CAMGATED
        self.environment = {}
        self._notify_path = os.path.join(self._folder, "notify")
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(self._notify_path)
        self.process = None
        self._reader = threading.Thread(target=self._read_notices, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self.process.pid

    def write_config(self, text=None):
        text = key_file(self.config) if text is None else text
        with open(self.config_path, "w", encoding="utf-8") as conf:
            conf.write(text)
        os.chmod(self.config_path, 0o600)

    def spawn(self, *arguments):
        """Starts it without waiting for anything."""
        self.process = Process(
            "camgated",
            [self.program, "--config", self.config_path, "--state-dir", self.state_dir,
             "--socket", self.socket_path, "--verbose", *arguments],
            env={**ENVIRONMENT, **self.environment, "NOTIFY_SOCKET": self._notify_path},
            own_session=self._own_session)

    def start(self):
        self.write_config()
        self.spawn()
        self.expect_ready()

    def expect_ready(self):
        """Waits for READY=1; if the daemon ends instead, says so at once."""
        threading.Thread(target=self._report_end, args=(self.process,), daemon=True).start()
        ended = f"{self.pid} ended"
        notice = self.notices.expect(lambda n: n in ("READY=1", ended), "READY=1")
        if notice == ended:
            raise AssertionError(f"camgated ended with {self.process.status}:\n{self.tail()}")

    def reload(self):
        """SIGHUP, then waits until it says that it is ready again."""
        self.notices.take()
        self.hang_up()
        self.notices.expect(lambda n: n == "READY=1", "READY=1 after SIGHUP")

    def hang_up(self):
        """SIGHUP without waiting for anything."""
        self.process.signal(signal.SIGHUP)

    def expect_log(self, word):
        """Waits for a line of its log with this word."""
        return self.process.lines.expect(lambda line: word in line, f"line with {word}")

    def terminate(self):
        self.process.signal(signal.SIGTERM)

    def wait(self, timeout=WATCHDOG_S):
        return self.process.wait(timeout)

    def local(self):
        return LocalClient(self.socket_path)

    def close(self):
        if self.process is not None:
            self.process.close()
        end_reading(self._reader, self._notify)

    def tail(self):
        return self.process.tail() if self.process else ""

    def _report_end(self, process):
        process.wait(timeout=None)
        self.notices.put(f"{process.pid} ended")

    def _read_notices(self):
        while data := self._notify.recv(4096):
            for line in data.decode().splitlines():
                self.notices.put(line)


class LocalClient:
    """A client of the local socket: one JSON message a line."""

    def __init__(self, path):
        self.messages = Mailbox("local socket")
        self._numbers = itertools.count(1)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        threading.Thread(target=self._read, daemon=True).start()

    def send_line(self, text):
        self._socket.sendall(text.encode() + b"\n")

    def send(self, did, data, mid):
        message = {"mid": mid, "type": "action", "data": data}
        if did is not None:
            message["did"] = did
        self.send_line(json.dumps(message))

    def ask(self, did, data, mid=None):
        mid = mid or f"l{next(self._numbers)}"
        self.send(did, data, mid)
        reply = self.messages.expect(
            lambda m: m.get("mid") == mid and "result" in m, f"reply to {mid}")
        return reply["result"]

    def expect_event(self, did, service, **members):
        def matches(message):
            data = message.get("data", {}).get(service)
            return message.get("type") == "event" and message.get("did") == did \
                and data is not None and all(data.get(n) == v for n, v in members.items())

        return self.messages.expect(matches, f"event {service} {members} of {did}")

    def close(self):
        shut_down(self._socket)
        self._socket.close()

    def _read(self):
        with self._socket.makefile("rb") as stream:
            try:
                for line in stream:
                    self.messages.put(json.loads(line))
            except OSError:
                pass
        self.messages.close("closed by camgated")
