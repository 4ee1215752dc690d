# SPDX-License-Identifier: GPL-2.0-or-later
"""A camgated that is none: a socket that checks each line it gets and answers as it is told."""

import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

# pylint: disable=wrong-import-position
from harness.mailbox import WATCHDOG_S, Mailbox  # noqa: E402

CAMGATECTL = os.path.join(os.environ["CAMGATE_BUILD"], "tools", "camgatectl", "camgatectl")
DID, OTHER_DID, GATEWAY = "001122334455", "001122334466", "aa1122334455"

# Whoever runs the tests in the background may ignore these, and children would inherit that.
for number in (signal.SIGHUP, signal.SIGQUIT):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)

# Variables of whoever runs the tests that would change what is printed.
_CLEAN = {name: value for name, value in os.environ.items()
          if name not in ("CAMGATE_SOCKET", "CAMGATE_PASSWORD", "NO_COLOR", "COLUMNS", "LC_ALL")}


def environment(extra=None):
    return {**_CLEAN, "LC_ALL": "C.UTF-8", **(extra or {})}


class FakeDaemon:
    """Answers `{service: {method: …}}` with what `answers` holds for it.

    `answers` maps "service" or "service.method" to the content of the reply's `result.<service>`,
    or to a function of (daemon, message) that returns it; None answers nothing. Every request is
    checked for its shape and put into `requests` as (did, service, method, parameters).
    """

    def __init__(self, folder, answers=None):
        self.path = os.path.join(folder, "camgate.sock")
        self.answers = dict(answers or {})
        self.requests = Mailbox("requests")
        self.hung_up = Mailbox("connections that ended")
        self.faults = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.path)
        self._listener.listen()
        self._connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with connection.makefile("rb") as lines:
                for line in lines:
                    self._check_and_answer(connection, line)
        except OSError:
            pass  # it went without reading all that we said
        self.hung_up.put(True)

    def _check_and_answer(self, connection, line):
        try:
            self._answer(connection, json.loads(line), line)
        except (AssertionError, KeyError, ValueError) as fault:
            self.faults.append(f"{line!r}: {fault!r}")

    def _answer(self, connection, message, line):
        unknown = set(message) - {"did", "mid", "type", "data"}
        assert not unknown, f"unknown members {unknown}"
        assert message["type"] == "action" and isinstance(message["mid"], str) and message["mid"]
        assert len(line) < 65536 and line.endswith(b"\n")
        for service, content in message["data"].items():
            method = next(iter(content), None) if service not in self.answers else None
            self.requests.put((message.get("did"), service, method,
                               content[method] if method else content))
            answer = self.answers.get(f"{service}.{method}" if method else service)
            if callable(answer):
                answer = answer(self, message)
            if answer is not None:
                self.send({"did": message.get("did", GATEWAY), "mid": message["mid"],
                           "type": "action", "result": {service: answer}}, connection)

    def send(self, message, connection=None):
        text = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
        (connection or self._connections[-1]).sendall(text)

    def hang_up(self):
        for connection in self._connections:
            connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()


class Terminal:
    """A program on a terminal of its own, with us at the keyboard."""

    def __init__(self, test, command, env=None):
        self.keyboard, self.end = pty.openpty()
        self.before = termios.tcgetattr(self.end)
        self.child = subprocess.Popen(
            command, stdin=self.end, stdout=self.end, stderr=self.end, start_new_session=True,
            env=environment({"TERM": "xterm", **(env or {})}))
        self.screen = Mailbox("screen")
        test.addCleanup(os.close, self.end)
        test.addCleanup(self.child.wait)
        test.addCleanup(self.child.kill)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        text = ""
        while True:
            try:
                text += os.read(self.keyboard, 65536).decode()
            except OSError:
                return
            self.screen.put(text)

    def type(self, keys):
        os.write(self.keyboard, keys)

    def see(self, part):
        """What was shown can be seen again: words may come several at once."""
        text = self.screen.expect(lambda text: part in text, part)
        self.screen.put(text)
        return text

    def is_as_before(self):
        return termios.tcgetattr(self.end) == self.before


class CtlTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ctl-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.daemon = None

    def start_daemon(self, answers=None):
        self.daemon = FakeDaemon(self.folder, answers)
        self.addCleanup(self.daemon.close)
        self.addCleanup(lambda: self.assertEqual(self.daemon.faults, []))
        return self.daemon

    def command(self, *arguments):
        path = self.daemon.path if self.daemon else os.path.join(self.folder, "nobody.sock")
        return [CAMGATECTL, "--socket", path, *arguments]

    def ctl(self, *arguments, env=None, stdin=subprocess.DEVNULL):
        """Runs it to its end. Returns (status, output, errors)."""
        done = subprocess.run(
            self.command(*arguments), stdin=stdin, capture_output=True, encoding="utf-8",
            errors="backslashreplace", timeout=WATCHDOG_S, env=environment(env), check=False)
        return done.returncode, done.stdout, done.stderr

    def spawn(self, *arguments, **more):
        child = subprocess.Popen(
            self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8", env=environment(), **more)
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        return child

    def asked(self, *wanted):
        """The requests that came, in order, are these and no others."""
        self.assertEqual(self.daemon.requests.take(), list(wanted))
