# SPDX-License-Identifier: GPL-2.0-or-later
"""The cloud's side of PROTOCOL.md: registers devices, sends actions, keeps every word it hears."""

import hashlib
import itertools
import json
import time
from collections import namedtuple

from .mailbox import Mailbox
from .mqtt import MqttClient

Message = namedtuple("Message", "topic body qos retain at")
Answer = namedtuple("Answer", "result body sent at")


def sign(did, secret):
    """PROTOCOL.md, register: lower-case hex of MD5(did ":" secret), then `:md5`."""
    return hashlib.md5(f"{did}:{secret}".encode()).hexdigest() + ":md5"


class Cloud:
    """Answers registrations by itself, with `expires` seconds and a new token each time.

    With `register_result` set to a dict, that is the answer; with None, there is none.
    """

    AUTOMATIC = object()

    def __init__(self, broker, username="cloud", password="cloud-password"):
        self._broker, self._username, self._password = broker, username, password
        self._numbers = itertools.count(1)
        self._mqtt = None
        self.messages = Mailbox("cloud")
        self.history = []
        self.tokens = {}
        self.expires = 3600
        self.register_result = self.AUTOMATIC

    def connect(self):
        client = MqttClient(
            self._broker.port, "the-cloud", self._receive, self._username, self._password)
        client.subscribe("messages/#")
        self._mqtt = client

    def close(self):
        if self._mqtt is not None:
            self._mqtt.close()

    def send(self, did, data, **members):
        """Sends an action; `mid` is made up unless it is given. Returns (mid, time of sending)."""
        message = {"did": did, "mid": f"m{next(self._numbers)}", "type": "action", "data": data}
        message.update(members)
        return message["mid"], self.send_raw(did, json.dumps(message).encode())

    def send_raw(self, did, payload):
        return self._mqtt.publish(f"actions/{did}", payload)

    def ask(self, did, data, timeout=None, **members):
        """Sends an action of one service and waits for its reply."""
        mid, sent = self.send(did, data, **members)
        message = self.expect_reply(did, mid, timeout)
        return Answer(message.body["result"], message.body, sent, message.at)

    def expect_reply(self, did, mid, timeout=None):
        return self.messages.expect(
            lambda m: m.body.get("did") == did and m.body.get("mid") == mid and "result" in m.body,
            f"reply to {mid} of {did}", timeout)

    def expect_register(self, did, timeout=None):
        return self.messages.expect(
            lambda m: m.body.get("did") == did and m.body.get("type") == "register",
            f"registration of {did}", timeout)

    def expect_event(self, did, service, timeout=None, **members):
        """Waits for an event whose data for `service` has at least these members."""

        def matches(message):
            body = message.body
            data = body.get("data", {}).get(service)
            return body.get("type") == "event" and body.get("did") == did and data is not None \
                and all(data.get(name) == value for name, value in members.items())

        return self.messages.expect(matches, f"event {service} {members} of {did}", timeout)

    def replies_to(self, did, mid):
        """All replies to one request, whether or not somebody has taken them already."""
        return [m for m in self.history if m.body.get("did") == did and m.body.get("mid") == mid]

    def answer_register(self, did, result):
        body = {"did": did, "type": "register", "result": result}
        self.send_raw(did, json.dumps(body).encode())

    def _receive(self, published):
        body = json.loads(published.payload)
        message = Message(published.topic, body, published.qos, published.retain, published.at)
        self.history.append(message)
        if body.get("type") == "register" and "result" not in body:
            self._on_register(body["did"])
        self.messages.put(message)

    def _on_register(self, did):
        result = self.register_result
        if result is self.AUTOMATIC:
            self.tokens[did] = f"token-{did}-{next(self._numbers)}"
            result = {"id": did, "expires": self.expires, "token": self.tokens[did]}
        if result is not None:
            # On the reader's thread an acknowledgement cannot be awaited.
            body = {"did": did, "type": "register", "result": result}
            self._mqtt.publish(f"actions/{did}", json.dumps(body).encode(), qos=0)


def now_ms():
    return int(time.time() * 1000)
