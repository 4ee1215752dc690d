#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The link to the cloud is lost in every state of it (PROTOCOL.md 1 and 2, register).

The server here is a script: connection by connection it goes a step further before it hangs up.
"""

import json
import socket
import struct
import threading

from harness.house import GATEWAY, GATEWAY_SECRET, SystemTest, configuration
from harness.mailbox import Mailbox
from harness.mqtt import (
    CONNACK, CONNECT, PUBACK, PUBLISH, SUBACK, SUBSCRIBE, packet, read_packet, string)
from harness.process import Port, end_reading
from harness.runner import main

# When a connection is cut, in this order; the one after them stands.
CUTS = ("accepted", "connect", "connack", "subscribe", "suback", "register", "puback", "half",
        "replied", "granted")
QUESTION = {"did": GATEWAY, "mid": "q", "type": "action", "data": {"config": {"read": {}}}}


class Hangup(Exception):
    pass


class ScriptServer:
    """`heard` gets (number of the connection, message) for each PUBLISH, also unacknowledged;
    `hellos` the body of each CONNECT."""

    def __init__(self, cuts, max_bytes=None):
        self.port = Port()
        self.heard = Mailbox("the script")
        self.hellos = Mailbox("the script")
        self._cuts = cuts
        self._max_bytes = max_bytes
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", int(self.port)))
        self._listener.listen()
        self._socket, self._stream = None, None
        self._number, self._is_closed = 0, False
        self._server = threading.Thread(target=self._serve, daemon=True)
        self._server.start()

    def send(self, body):
        payload = json.dumps(body).encode()
        self._socket.sendall(packet(PUBLISH, 0, string(f"actions/{GATEWAY}") + payload))

    def close(self):
        self._is_closed = True
        ends = [end for end in (self._listener, self._socket) if end is not None]
        end_reading(self._server, *ends)
        self.port.close()

    def _serve(self):
        while not self._is_closed:
            try:
                self._socket, _address = self._listener.accept()
                self._stream = self._socket.makefile("rb")
                self._cut("accepted")
                while True:
                    self._take(*read_packet(self._stream))
            except (OSError, ValueError, EOFError, Hangup):
                if self._socket is not None:
                    self._stream.close()
                    self._socket.close()
            self._number += 1

    def _cut(self, state):
        if self._number < len(self._cuts) and self._cuts[self._number] == state:
            raise Hangup(state)

    def _take(self, first, body):
        kind = first >> 4
        if kind == CONNECT:
            self.hellos.put(body)
            self._cut("connect")
            self._socket.sendall(packet(CONNACK, 0, b"\0\0"))
            self._cut("connack")
        elif kind == SUBSCRIBE:
            self._cut("subscribe")
            self._socket.sendall(packet(SUBACK, 0, body[:2] + b"\1"))
            self._cut("suback")
        elif kind == PUBLISH:
            self._take_message(body)

    def _take_message(self, body):
        if self._max_bytes is not None and len(body) > self._max_bytes:
            raise Hangup("too long")
        end = 2 + struct.unpack("!H", body[:2])[0]
        message = json.loads(body[end + 2:])
        self.heard.put((self._number, message))
        self._cut("register" if message["type"] == "register" else "replied")
        self._socket.sendall(packet(PUBACK, 0, body[end:end + 2]))
        if message["type"] != "register":
            return
        self._cut("puback")
        if self._is_cut_next("half"):
            whole = packet(PUBLISH, 0, string(f"actions/{GATEWAY}") + b'{"did":"x"}')
            self._socket.sendall(whole[:len(whole) // 2])
            self._cut("half")
        if self._is_cut_next("replied"):
            self.send(QUESTION)
            return
        self.send({"did": GATEWAY, "type": "register", "result": {"token": "t", "expires": 3600}})
        self._cut("granted")

    def _is_cut_next(self, state):
        return self._number < len(self._cuts) and self._cuts[self._number] == state


class TestLink(SystemTest):
    def start(self, cuts, servers=None, max_bytes=None, **cloud):
        server = self.keep(ScriptServer(cuts, max_bytes))
        config = configuration()
        address = f"mqtt://127.0.0.1:{server.port}"
        config["cloud"] = {"servers": ";".join([*(servers or []), address]), "reconnect-max": 1,
                           **cloud}
        daemon = self.make_daemon(config)
        daemon.start()
        return daemon, server

    def messages_until(self, server, matches):
        """All that is heard, connection by connection, up to the message that matches."""
        found = {}
        while True:
            number, message = server.heard.expect()
            found.setdefault(number, []).append(message)
            if matches(number, message):
                return found

    def test_how_it_says_hello(self):
        _daemon, server = self.start(())

        hello = server.hellos.expect()

        # MQTT 3.1.1, a clean session with a login and no will, which is kept alive for a minute.
        flags = 0x80 | 0x40 | 0x02
        words = (f"camgate_{GATEWAY}", GATEWAY, GATEWAY_SECRET)
        self.assertEqual(hello, string("MQTT") + bytes([4, flags]) + struct.pack("!H", 60)
                         + b"".join(map(string, words)))

    def test_and_to_a_server_that_wants_no_login(self):
        _daemon, server = self.start((), username="", password="", **{
            "client-id": "box-7", "keep-alive": 90})

        hello = server.hellos.expect()

        self.assertEqual(hello, string("MQTT") + bytes([4, 0x02]) + struct.pack("!H", 90)
                         + string("box-7"))

    def test_it_is_lost_in_every_state(self):
        _daemon, server = self.start(CUTS)
        granted = CUTS.index("granted")

        found = self.messages_until(
            server, lambda number, m: number == granted and m["type"] == "register")

        # Nobody has granted anything: in each life that comes so far it is asked for.
        registered = [number for number, messages in found.items()
                      if any(m["type"] == "register" for m in messages)]
        self.assertEqual(registered, list(range(CUTS.index("register"), granted + 1)))
        # The reply that nobody has acknowledged is given again, before what came after it.
        replies = [number for number, messages in found.items()
                   if any(m.get("mid") == "q" for m in messages)]
        self.assertEqual(replies, [CUTS.index("replied"), granted])

    def test_a_reply_too_long_for_the_server(self):
        _daemon, server = self.start((), max_bytes=10000)
        self.messages_until(server, lambda _number, message: message["type"] == "register")

        server.send({**QUESTION, "mid": "w", "data": {"config": {"write": {
            "lora": ["x" * 100] * 200}}}})
        self.messages_until(server, lambda _number, message: message.get("mid") == "w")
        server.send(QUESTION)
        found = self.messages_until(server, lambda _number, message: message.get("mid") == "q")

        # Three links are cut, and on the fourth it is told so; then at once, and that link stands.
        refused = {"config": {"read": {"code": 500, "error": "Reply too long"}}}
        self.assertEqual(found[3][-1]["result"], refused)
        server.send({**QUESTION, "mid": "r"})
        found = self.messages_until(server, lambda _number, message: message.get("mid") == "r")
        self.assertEqual(found[3][-1]["result"], refused)

    def test_what_was_granted_outlives_the_link_and_questions_are_answered(self):
        _daemon, server = self.start(("granted",))
        self.messages_until(server, lambda number, message: number == 0)
        question = {**QUESTION, "mid": "after"}

        # The connection that stands says nothing by itself: it is asked until it hears.
        answered = threading.Event()

        def ask():
            while not answered.wait(0.2):
                try:
                    server.send(question)
                except OSError:
                    continue

        threading.Thread(target=ask, daemon=True).start()
        try:
            found = self.messages_until(
                server, lambda _number, message: message.get("mid") == "after")
        finally:
            answered.set()

        self.assertEqual(list(found), [1])
        self.assertNotIn("register", [m["type"] for m in found[1]])

    def test_the_next_server_is_taken_while_the_first_hangs_up(self):
        first = self.keep(ScriptServer(("connect",) * 100))

        _daemon, second = self.start((), [f"mqtt://127.0.0.1:{first.port}"])

        self.messages_until(second, lambda _number, message: message["type"] == "register")
        self.assertEqual(first.heard.peek(), [])


if __name__ == "__main__":
    main()
