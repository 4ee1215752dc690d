# SPDX-License-Identifier: GPL-2.0-or-later
"""The cloud's end: plays rows against a bridge that sits at a broker, and keeps every deviation."""

import itertools
import json
import os
import threading
from collections import namedtuple

from harness.mailbox import Expired, Mailbox

from .judge import show
from .rows import ABSENT

Heard = namedtuple("Heard", "topic body")


def refuse_constant(word):
    """Python takes NaN and Infinity for JSON."""
    raise ValueError(word)


# So many requests without a reply, one after the other: nobody is there.
MAX_UNANSWERED = 10


class Unanswered(Exception):
    """It makes no sense to go on."""


# What a camera may be the reason of, by service.
CAMERAS_OWN = {
    "ptz": (60000, 60001, 60002, 60003, 60004, 60005, 60006, 60009, 60020),
    "preset": (60000, 60001, 60006, 60007, 60009, 60010, 60011),
    "device": (18002, 18003),
}


class Player:
    """`topics`: (publish, subscribe) templates of the bridge.

    Unless it is `strict`, what a camera of its own cannot do is a note and no deviation.
    `registered`: {did: what it has said of itself last}.
    """

    def __init__(self, judge, topics, timeout, strict=True, on_register=None, qos=None):
        self.judge = judge
        self.timeout = timeout
        self.strict = strict
        self.deviations = []
        self.notes = []
        self.played = 0
        self.registered = {}
        self._unanswered = 0
        self._topics = topics
        self._on_register = on_register
        self._qos = qos
        self._tokens = {}
        self._mqtt = None
        self._lock = threading.Lock()
        self._heard = Mailbox("the bridge")
        self._counts = {}
        # Within a minute the same mid with the same body is a duplicate: also of another run.
        self._run = os.urandom(4).hex()
        self._numbers = itertools.count(1)
        self._seen = set()

    def connect(self, make_client, dids):
        """Hears what is said of these dids: at the broker others may be, too."""
        self._mqtt = make_client(self._receive)
        self._listen(dids)

    def _listen(self, dids):
        for did in dids:
            self._mqtt.subscribe(self._topics[0].replace("%s", did))

    def close(self):
        self._mqtt.close()

    def deviate(self, name, *faults):
        with self._lock:
            self.deviations += [f"{name}: {fault}" for fault in faults]

    def next_mid(self):
        return f"{self._run}-{next(self._numbers)}"

    def send_raw(self, did, payload):
        self._mqtt.publish(self._topics[1].replace("%s", did), payload)

    def play(self, did, row):
        """One request, one reply for each of its services. Returns the replies in their order."""
        message = {"did": row.to or did, "mid": self.next_mid(), "type": "action",
                   "data": row.data, **row.members}
        message = {k: v for k, v in message.items() if v is not ABSENT}
        self.played += 1
        self.send_raw(did, json.dumps(message).encode())
        found = []
        for want in row.wants:
            heard = self.await_reply(row.name, message, want)
            if heard is None:
                continue
            found.append(heard.body)
            self.deviate(row.name, *self.judge.echo(message, heard.body))
            self._compare(f"{did}: {row.name}", want, heard.body["result"])
        return found

    def _compare(self, name, want, result):
        own = () if self.strict or 0 not in want.codes else CAMERAS_OWN.get(want.service, ())
        self.deviate(name, *self.judge.answer(want._replace(codes=want.codes + own), result))
        body = self.judge.find_body(want, result)
        code = body.get("code") if isinstance(body, dict) else None
        if code in own and code not in want.codes:
            self.notes.append(f"{name}: {show(body)}")

    def ask(self, did, data, **members):
        """For scenes: one request of one service; the reply's result, or None."""
        message = {"did": did, "mid": self.next_mid(), "type": "action", "data": data, **members}
        self.send_raw(did, json.dumps(message).encode())
        heard = self.await_reply(f"{show(data)[:80]}", message, None)
        return None if heard is None else heard.body["result"]

    def await_reply(self, name, message, want):
        """The reply to this message, of this service if one is wanted."""

        def matches(heard):
            body = heard.body
            return "result" in body and body.get("did") == message["did"] \
                and body.get("mid") == message["mid"] \
                and (want is None or want.service is None or want.service in body["result"])

        try:
            heard = self._heard.expect(matches, f"reply to {name}", self.timeout)
        except Expired:
            self.deviate(name, f"no reply in {self.timeout} s to {show(message)}")
            self._unanswered += 1
            if self._unanswered == MAX_UNANSWERED:
                raise Unanswered(f"{MAX_UNANSWERED} requests in turn had no reply") from None
            return None
        self._unanswered = 0
        return heard

    def expect(self, name, matches, what):
        """Waits for something that is no reply: its body, or None."""
        try:
            return self._heard.expect(lambda heard: matches(heard.body), what, self.timeout).body
        except Expired:
            self.deviate(name, f"no {what} in {self.timeout} s")
            return None

    def expect_event(self, name, did, service, **members):
        def matches(body):
            data = body.get("data", {})
            return body.get("type") == "event" and body.get("did") == did and service in data \
                and all(data[service].get(k) == v for k, v in members.items())

        return self.expect(name, matches, f"event {service} {members} of {did}")

    def forget_registrations(self):
        """Those that were heard so far."""
        self._heard.take(lambda heard: heard.body.get("type") == "register")

    def expect_silence(self, name, did, payload):
        """Nothing answers `payload`: what is asked behind it is the next reply that comes."""
        self.played += 1
        with self._lock:
            before = dict(self._counts)
        self.send_raw(did, payload)
        self.ask(did, {"fly": {}})
        with self._lock:
            new = [key for key, count in self._counts.items() if count > before.get(key, 0)]
        if len(new) != 1:
            self.deviate(name, f"replies came, to {new[:-1]}")

    def check_rest(self, did, dids):
        """Each request has had just as many replies as it has services: none is left. And who
        subscribes anew is told nothing that a broker had to keep."""
        self._listen(dids)
        self.ask(did, {"fly": {}})
        for heard in self._heard.take(lambda heard: "result" in heard.body):
            self.deviate("one reply a service", f"one more came: {show(heard.body)}")

    def _receive(self, published):
        try:
            body = json.loads(published.payload, parse_constant=refuse_constant)
        except ValueError:
            self.deviate("what is sent is JSON", repr(published.payload[:200]))
            return
        did = body.get("did", "") if isinstance(body, dict) else ""
        faults = self.judge.message(published.topic, self._topics[0].replace("%s", str(did)), body)
        kind = body.get("type") if isinstance(body, dict) else None
        for fault in faults:
            if (kind, fault) not in self._seen or "result" in body:
                self._seen.add((kind, fault))
                self.deviate(f"form of {show(body)[:120]}", fault)
        if published.retain:
            self.deviate("never retain", published.topic)
            return
        if not isinstance(body, dict):
            return
        self._check_sending(published, body)
        if "result" in body:
            key = (did, str(body.get("mid")))
            with self._lock:
                self._counts[key] = self._counts.get(key, 0) + 1
        elif kind == "register":
            self.registered[did] = body.get("data")
            if self._on_register is not None:
                self._on_register(self, body)
        self._heard.put(Heard(published.topic, body))

    def _check_sending(self, published, body):
        """Section 1, QoS; section 2: events and streams carry their sender's token."""
        kind = body.get("type") if "result" not in body else "reply"
        qos = (0 if kind == "stream" else 1) if self._qos is None else min(self._qos, 1)
        if published.qos != qos:
            self.deviate(f"form of {show(body)[:120]}", f"QoS is {published.qos}, not {qos}")
        token = self._tokens.get(body.get("did"), "granted yet")
        if kind in ("event", "stream") and self._tokens and body.get("token") != token:
            self.deviate(f"token of {show(body)[:120]}", f"is not {show(token)}")

    def answer_register(self, did, result, has_token=True):
        """On the reader's thread: nobody waits for the acknowledgement."""
        self._tokens[did] = result["token"] if has_token else None
        body = {"did": did, "type": "register", "result": result}
        self._mqtt.publish(self._topics[1].replace("%s", did), json.dumps(body).encode(), qos=0)
