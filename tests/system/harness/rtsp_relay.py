# SPDX-License-Identifier: GPL-2.0-or-later
"""Between a camera's RTSP port and us: whatever another camera would do to the bytes, this can.

A Spoil sees every request, every answer and every packet of all connections. Without one, the relay
changes nothing.
"""

import socket
import struct
import threading
from collections import deque

from .mailbox import WATCHDOG_S
from .process import read_exactly, shut_down

LIMIT = 1 << 16


class Message:
    """A request or an answer: a first line, [(name, value)], a body."""

    def __init__(self, line, headers, body=b""):
        self.line, self.headers, self.body = line, headers, body

    @property
    def method(self):
        return self.line.split(" ", 1)[0]

    def get(self, name, default=None):
        return next((v for n, v in self.headers if n.lower() == name.lower()), default)

    def set(self, name, value):
        """Replaces a header; with None, takes it away."""
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))

    def answer(self, status):
        """The answer to this request without the camera's help."""
        return Message(f"RTSP/1.0 {status}", [("CSeq", self.get("CSeq", "0"))])

    def __bytes__(self):
        if self.body:
            self.set("Content-Length", str(len(self.body)))
        lines = [self.line, *(f"{name}: {value}" for name, value in self.headers), "", ""]
        return "\r\n".join(lines).encode() + self.body


def frame(channel, data):
    """A packet among messages (RFC 2326, 10.12)."""
    return b"$" + struct.pack("!BH", channel, len(data)) + data


class Spoil:
    """Changes nothing. Others override what they spoil."""

    def request(self, message):
        """Returns what the camera gets; an answer of our own: that is sent back; None: nothing."""
        return message

    def answer(self, message, request):
        """Returns what the daemon gets."""
        return message

    def report(self, channel, data):
        """Is told of a packet of the daemon's (RTCP)."""

    def packet(self, channel, data):
        """Returns the bytes that the daemon gets."""
        return frame(channel, data)


class RtspRelay:
    """Listens for the daemon as long as it lives; the camera may come and go."""

    def __init__(self, camera_port):
        self.camera_port = camera_port
        self.spoil = Spoil()
        self.deaf = threading.Event()  # bytes go neither way
        self.refuses = False  # whoever calls is hung up on
        self.closed = False
        self._lock = threading.Lock()
        self._connections = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Resets every connection."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.reset()

    def forget(self, connection):
        with self._lock:
            self._connections.discard(connection)

    def close(self):
        self.closed = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.deaf.clear()
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _peer = self._listener.accept()
            except OSError:
                return  # closed
            camera = None if self.refuses else self._call_camera()
            if camera is None:
                client.close()
                continue
            connection = _Connection(self, client, camera)
            with self._lock:
                self._connections.add(connection)
            connection.start()

    def _call_camera(self):
        try:
            return socket.create_connection(("127.0.0.1", self.camera_port), WATCHDOG_S)
        except OSError:
            return None


class _Connection:
    """One of the daemon's connections and the one to the camera that belongs to it."""

    def __init__(self, relay, client, camera):
        self._relay, self._client, self._camera = relay, client, camera
        camera.settimeout(None)
        for end in (client, camera):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._asked = deque()
        self._lock, self._running = threading.Lock(), 2
        self._writing = threading.Lock()

    def start(self):
        for func in (self._read_client, self._read_camera):
            threading.Thread(target=self._run, args=(func,), daemon=True).start()

    def reset(self):
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._hang_up()

    def _hang_up(self):
        shut_down(self._client, self._camera)

    def _run(self, func):
        try:
            func()
        except (OSError, EOFError, ValueError):
            pass
        self._hang_up()
        self._relay.forget(self)
        with self._lock:
            self._running -= 1
            if self._running == 0:
                self._client.close()
                self._camera.close()

    def _answer(self, data):
        with self._writing:
            self._client.sendall(data)

    def _read_client(self):
        with self._client.makefile("rb") as stream:
            while True:
                item = _read_item(stream)
                self._wait_while_deaf()
                if isinstance(item, tuple):
                    self._relay.spoil.report(*item)
                    self._camera.sendall(frame(*item))
                    continue
                passed = self._relay.spoil.request(item)
                if passed is not None and passed.line.startswith("RTSP/"):
                    self._answer(bytes(passed))
                elif passed is not None:
                    self._asked.append(passed)
                    self._camera.sendall(bytes(passed))

    def _read_camera(self):
        with self._camera.makefile("rb") as stream:
            while True:
                item = _read_item(stream)
                self._wait_while_deaf()
                if isinstance(item, tuple):
                    self._answer(self._relay.spoil.packet(*item))
                else:
                    request = self._asked.popleft() if self._asked else None
                    self._answer(bytes(self._relay.spoil.answer(item, request)))

    def _wait_while_deaf(self):
        """Nothing is read meanwhile; whoever has hung up is noticed afterwards."""
        while self._relay.deaf.is_set() and not self._relay.closed:
            threading.Event().wait(0.05)


def _read_item(stream):
    """A Message, or (channel, data)."""
    first = read_exactly(stream, 1)
    if first == b"$":
        channel, length = struct.unpack("!BH", read_exactly(stream, 3))
        return channel, read_exactly(stream, length)
    lines = [(first + stream.readline(LIMIT)).decode().strip()]
    while line := stream.readline(LIMIT).decode().strip():
        lines.append(line)
    headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
    message = Message(lines[0], headers)
    message.body = read_exactly(stream, int(message.get("Content-Length", "0")))
    return message
