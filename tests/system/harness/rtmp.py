# SPDX-License-Identifier: GPL-2.0-or-later
"""A player of RTMP that notes when each message came: for latencies and time stamps.

Pictures are decoded by ffmpeg (picture.py); this only looks at the messages on their way.
"""

import os
import socket
import struct
import threading
import time
import urllib.parse
from collections import namedtuple

from .mailbox import WATCHDOG_S, Expired, Mailbox
from .process import read_exactly, shut_down

Tag = namedtuple("Tag", "kind timestamp key header payload at")

SET_CHUNK_SIZE, USER_CONTROL, AUDIO, VIDEO, DATA, COMMAND = 1, 4, 8, 9, 18, 20
HANDSHAKE_SIZE = 1536
PING_REQUEST, PING_RESPONSE = 6, 7
LONG_TIMESTAMP = 0xFFFFFF


def _amf(value):
    if value is None:
        return b"\x05"
    if isinstance(value, (int, float)):
        return b"\x00" + struct.pack("!d", value)
    if isinstance(value, str):
        return b"\x02" + struct.pack("!H", len(value)) + value.encode()
    members = b"".join(_amf(name)[1:] + _amf(member) for name, member in value.items())
    return b"\x03" + members + b"\x00\x00\x09"


class _Chunk:
    """What one chunk stream remembers from header to header."""

    def __init__(self):
        self.timestamp = self.delta = self.length = self.kind = 0
        self.extended = False
        self.data = bytearray()


class RtmpViewer:
    """Plays a stream, also one that nobody publishes yet. `tags` gets its audio and video."""

    BEGUN = b"NetStream.Play.Start"

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self._app, self._name = parts.path.lstrip("/").split("/", 1)
        self._url = f"rtmp://{parts.netloc}/{self._app}"
        self.tags = Mailbox(f"player of {url}")
        self._playing = Mailbox(f"player of {url}")
        self._chunks = {}
        self._chunk_size = 128
        self._socket = socket.create_connection((parts.hostname, parts.port or 1935), WATCHDOG_S)
        self._socket.settimeout(None)
        self._stream = self._socket.makefile("rb")
        self._handshake()
        self._command("connect", 1, {"app": self._app, "tcUrl": self._url})
        self._command("createStream", 2, None)
        self._ask()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self._playing.expect(what=self.BEGUN.decode())
        except Expired:
            self.close()
            raise

    def _ask(self):
        self._command("play", 3, None, self._name, -1, stream=1)

    def expect_video(self, key=False, timeout=None):
        """Waits for the next picture (no parameter sets); with `key`, for a key frame."""
        return self.tags.expect(
            lambda tag: tag.kind == VIDEO and not tag.header and (tag.key or not key),
            "key frame" if key else "video", timeout)

    def close(self):
        shut_down(self._socket)
        self._socket.close()

    def _handshake(self):
        self._socket.sendall(b"\x03" + bytes(8) + os.urandom(HANDSHAKE_SIZE - 8))
        self._exactly(1)
        answer = self._exactly(HANDSHAKE_SIZE)
        self._exactly(HANDSHAKE_SIZE)
        self._socket.sendall(answer)
        self._send(SET_CHUNK_SIZE, struct.pack("!I", 65536))

    def _command(self, *words, stream=0):
        self._send(COMMAND, b"".join(_amf(word) for word in words), stream)

    def _send(self, kind, body, stream=0):
        head = b"\x03" + bytes(3) + struct.pack("!I", len(body))[1:] + bytes([kind])
        self._socket.sendall(head + struct.pack("<I", stream) + body)

    def _exactly(self, count):
        return read_exactly(self._stream, count)

    def _number(self, count):
        return int.from_bytes(self._exactly(count), "big")

    def _read(self):
        try:
            while True:
                self._read_chunk()
        except (OSError, ValueError, EOFError):
            self.tags.close("connection lost")
            self._playing.close("connection lost")

    def _read_chunk(self):
        first = self._number(1)
        form, stream = first >> 6, first & 63
        if stream < 2:
            stream = 64 + int.from_bytes(self._exactly(stream + 1), "little")
        chunk = self._chunks.setdefault(stream, _Chunk())
        self._read_header(chunk, form)
        chunk.data += self._exactly(min(self._chunk_size, chunk.length - len(chunk.data)))
        if len(chunk.data) == chunk.length:
            data, chunk.data = bytes(chunk.data), bytearray()
            self._take(chunk, data)

    def _read_header(self, chunk, form):
        begins = not chunk.data
        if form < 3:
            chunk.delta = self._number(3)
            chunk.extended = chunk.delta == LONG_TIMESTAMP
        if form < 2:
            chunk.length, chunk.kind = self._number(3), self._number(1)
        if form == 0:
            self._exactly(4)
        if chunk.extended:
            chunk.delta = self._number(4)
        if form == 0:
            chunk.timestamp = chunk.delta
        elif begins:
            chunk.timestamp = chunk.timestamp + chunk.delta & 0xFFFFFFFF

    def _take(self, chunk, data):
        at = time.monotonic()
        if chunk.kind == SET_CHUNK_SIZE:
            self._chunk_size = struct.unpack("!I", data)[0]
        elif chunk.kind == USER_CONTROL:
            self._control(data)
        elif chunk.kind == COMMAND and self.BEGUN in data:
            self._playing.put("playing")
        elif chunk.kind == VIDEO and len(data) >= 2:
            is_key, is_header = data[0] >> 4 == 1, data[1] == 0
            self.tags.put(Tag(VIDEO, chunk.timestamp, is_key, is_header, data, at))
        elif chunk.kind == AUDIO and len(data) >= 2:
            self.tags.put(Tag(AUDIO, chunk.timestamp, True, data[1] == 0, data, at))

    def _control(self, data):
        event = struct.unpack("!H", data[:2])[0]
        if event == PING_REQUEST:
            self._send(USER_CONTROL, struct.pack("!H", PING_RESPONSE) + data[2:])


class RtmpPublisher(RtmpViewer):
    """Holds the name of a stream and sends nothing; Expired where the server does not let it."""

    BEGUN = b"NetStream.Publish.Start"

    def _ask(self):
        self._command("publish", 3, None, self._name, "live", stream=1)
