# SPDX-License-Identifier: GPL-2.0-or-later
"""A small MQTT 3.1.1 client: what a cloud needs, on the standard library alone."""

import itertools
import socket
import struct
import threading
import time
from collections import namedtuple

from .mailbox import WATCHDOG_S, Mailbox
from .process import read_exactly

Published = namedtuple("Published", "topic payload qos retain at")

CONNECT, CONNACK, PUBLISH, PUBACK = 1, 2, 3, 4
SUBSCRIBE, SUBACK, DISCONNECT = 8, 9, 14


def string(text):
    """A text as MQTT writes it: behind its length (MQTT 3.1.1, 1.5.3)."""
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("!H", len(data)) + data


def packet(kind, flags, body):
    """A whole control packet (MQTT 3.1.1, 2)."""
    length, rest = bytearray(), len(body)
    while True:
        rest, digit = divmod(rest, 128)
        length.append(digit | (128 if rest else 0))
        if not rest:
            return bytes([kind << 4 | flags]) + bytes(length) + body


def read_packet(stream):
    """(first byte, body) of the next control packet."""
    first = read_exactly(stream, 1)[0]
    length = shift = 0
    while True:
        digit = read_exactly(stream, 1)[0]
        length |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            return first, read_exactly(stream, length)


class MqttClient:
    """One connection. What arrives is handed to `on_message` on the reader's thread.

    `tls`, an ssl.SSLContext, is for a broker elsewhere.
    """

    def __init__(self, port, client_id, on_message, username=None, password=None,
                 host="127.0.0.1", tls=None):
        self._on_message = on_message
        self._acks = Mailbox(f"mqtt {client_id}")
        self._ids = itertools.count(1)
        self._socket = socket.create_connection((host, int(port)), WATCHDOG_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self._socket = tls.wrap_socket(self._socket, server_hostname=host)
        self._socket.settimeout(None)
        self._stream = self._socket.makefile("rb")
        self._send_connect(client_id, username, password)
        threading.Thread(target=self._read, daemon=True).start()
        code = self._acks.expect(lambda ack: ack[0] == CONNACK, "CONNACK")[1][1]
        if code != 0:
            raise ConnectionError(f"the broker refused {client_id}: {code}")

    def subscribe(self, topic, qos=1):
        number = next(self._ids) & 0xFFFF
        body = struct.pack("!H", number) + string(topic) + bytes([qos])
        self._socket.sendall(packet(SUBSCRIBE, 2, body))
        self._expect_ack(SUBACK, number)

    def publish(self, topic, payload, qos=1, retain=False):
        """Returns the moment of sending; with QoS 1, after the broker has taken it."""
        number = next(self._ids) & 0xFFFF
        head = string(topic) + (struct.pack("!H", number) if qos else b"")
        at = time.monotonic()
        self._socket.sendall(packet(PUBLISH, qos << 1 | retain, head + payload))
        if qos:
            self._expect_ack(PUBACK, number)
        return at

    def close(self):
        try:
            self._socket.sendall(packet(DISCONNECT, 0, b""))
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the broker may be gone already
        self._socket.close()

    def _send_connect(self, client_id, username, password):
        flags = 2 | (0x80 if username else 0) | (0x40 if password else 0)
        body = string("MQTT") + bytes([4, flags]) + struct.pack("!H", 0) + string(client_id)
        for word in (username, password):
            if word:
                body += string(word)
        self._socket.sendall(packet(CONNECT, 0, body))

    def _expect_ack(self, kind, number):
        self._acks.expect(
            lambda ack: ack[0] == kind and struct.unpack("!H", ack[1][:2])[0] == number,
            f"acknowledgement of kind {kind}",
        )

    def _read(self):
        try:
            while True:
                self._take(*read_packet(self._stream))
        except (OSError, ValueError, EOFError):
            self._acks.close("connection lost")

    def _take(self, first, body):
        if first >> 4 != PUBLISH:
            self._acks.put((first >> 4, body))
            return
        at = time.monotonic()
        qos = first >> 1 & 3
        end = 2 + struct.unpack("!H", body[:2])[0]
        topic, rest = body[2:end].decode(), body[end:]
        if qos:
            self._socket.sendall(packet(PUBACK, 0, rest[:2]))
            rest = rest[2:]
        self._on_message(Published(topic, rest, qos, bool(first & 1), at))
