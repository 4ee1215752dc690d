#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input through the real broker: each row gets the reply that PROTOCOL.md gives, or none."""

import json

from harness.house import DID, GATEWAY, CloudTest, configuration
from harness.runner import main

UNKNOWN = "ffffffffffff"

# (what is wrong, did, data, code, a part of its error)
REFUSED = (
    ("unknown did", UNKNOWN, {"play": {"url": "rtmp://h/live/x"}}, 404, "Invalid thing id"),
    ("unknown service", DID, {"dance": {}}, 404, "Unsupported action"),
    ("unknown service of the gateway", GATEWAY, {"dance": {}}, 404, "Unsupported action"),
    ("play without url", DID, {"play": {}}, 400, "Invalid RTMP URL"),
    ("play of nothing", DID, {"play": None}, 400, "Invalid RTMP URL"),
    ("play with a number", DID, {"play": {"url": 7}}, 400, "Invalid RTMP URL"),
    ("play to http", DID, {"play": {"url": "http://h/live/x"}}, 400, "Invalid RTMP URL"),
    ("play to no host", DID, {"play": {"url": "rtmp:///live/x"}}, 400, "Invalid RTMP URL"),
    ("play to half an address", DID, {"play": {"url": "rtmp://"}}, 400, "Invalid RTMP URL"),
    ("play to no stream", DID, {"play": {"url": "rtmp://h/live"}}, 400, "Invalid RTMP URL"),
    ("play to two lines", DID, {"play": {"url": "rtmp://h/a/b\r\n"}}, 400, "Invalid RTMP URL"),
    ("direction 10", DID, {"ptz": {"start": {"direction": 10}}}, 400, "direction"),
    ("direction -1", DID, {"ptz": {"start": {"direction": -1}}}, 400, "direction"),
    ("direction up", DID, {"ptz": {"start": {"direction": "up"}}}, 400, "direction"),
    ("direction 1.5", DID, {"ptz": {"start": {"direction": 1.5}}}, 400, "direction"),
    ("no direction", DID, {"ptz": {"start": {}}}, 400, "direction"),
    ("speed -1", DID, {"ptz": {"start": {"direction": 0, "speed": -1}}}, 400, "speed"),
    ("unknown ptz command", DID, {"ptz": {"dance": {}}}, 60020, ""),
    ("unknown preset command", DID, {"preset": {"dance": {}}}, 60020, ""),
    ("preset 0", DID, {"preset": {"set": {"index": 0}}}, 400, "Invalid preset index"),
    ("preset 129", DID, {"preset": {"goto": {"index": 129}}}, 400, "Invalid preset index"),
    ("preset without index", DID, {"preset": {"goto": {}}}, 400, "Invalid preset index"),
    ("preset with text", DID, {"preset": {"goto": {"index": "gate"}}}, 400, "Invalid preset index"),
    ("preset that is not there", DID, {"preset": {"goto": {"index": 77}}}, 60011, ""),
    ("a service that is a number", DID, {"ptz": 5}, 400, ""),
    ("nothing to do", DID, {"ptz": {}}, 400, ""),
)

GOOD = '"did":"%s","mid":"%s","type":"action"'

# (what is wrong, the message); its did and mid can be read, so it is answered with 400
BROKEN = (
    ("over 64 KiB", "{" + GOOD + ',"data":{"stop":{"reason":"' + "x" * 65 * 1024 + '"}}}'),
    ("deeper than 32 levels",
     "{" + GOOD + ',"data":{"stop":' + '{"a":' * 40 + "1" + "}" * 40 + "}}"),
    ("data that is a number", "{" + GOOD + ',"data":5}'),
    ("no data", "{" + GOOD + "}"),
)

# What nobody can be told about is dropped.
DROPPED = (
    ("nothing", b""),
    ("no JSON", b"hello"),
    ("half a message", b'{"did":'),
    ("a list", b"[1,2,3]"),
    ("a string", b'"stop"'),
    ("no did", b'{"mid":"1","type":"action","data":{"stop":{}}}'),
    ("no mid", b'{"did":"%s","type":"action","data":{"stop":{}}}' % DID.encode()),
    ("bad UTF-8", b'{"did":"\xff\xfe","mid":"1","type":"action","data":{"stop":{}}}'),
    ("only brackets", b"[" * 60000),
    ("64 KiB of zeros", bytes(65536)),
)

# What looks odd and is none the less fine.
ACCEPTED = (
    ("numbers as strings", {"ptz": {"start": {"direction": "3", "speed": "1"}}}),
    ("unknown members", {"ptz": {"start": {"direction": 3, "colour": "red"}}}),
    ("speed above 2", {"ptz": {"start": {"direction": 3, "speed": 99}}}),
    ("stop with nothing to stop", {"ptz": {"stop": {}}}),
    ("two methods, the first known one counts", {"ptz": {"dance": {}, "stop": {}}}),
)


def codes_in(value):
    """Every `code` at any depth of a result."""
    if not isinstance(value, dict):
        return []
    here = [value["code"]] if "code" in value else []
    return here + [code for member in value.values() for code in codes_in(member)]


class TestBadInput(CloudTest):
    def setUp(self):
        super().setUp()
        self.camera = self.start_simulator().camera
        self.daemon = self.start_daemon(
            configuration(self.broker, {DID: self.camera}), self.broker)
        self.cloud.expect_register(DID)

    def fence(self):
        """What the daemon was sent before this is answered, dropped or lost now."""
        answer = self.cloud.ask(DID, {"stop": {}})
        self.assertEqual(answer.result, {"stop": {"code": 0}})

    def assert_answered_once(self, did, mid):
        self.fence()
        self.assertEqual(len(self.cloud.replies_to(did, mid)), 1)

    def send_as(self, did, data):
        """An action for a did to which nobody listens comes on the gateway's topic."""
        mid = f"mid-{len(self.cloud.history)}-{did}"
        message = {"did": did, "mid": mid, "type": "action", "data": data}
        topic = GATEWAY if did == UNKNOWN else did
        self.cloud.send_raw(topic, json.dumps(message).encode())
        return mid

    def test_what_is_refused(self):
        for name, did, data, code, error in REFUSED:
            with self.subTest(name):
                mid = self.send_as(did, data)

                reply = self.cloud.expect_reply(did, mid)

                self.assertEqual(codes_in(reply.body["result"]), [code])
                self.assertEqual(list(reply.body["result"]), list(data))
                service = reply.body["result"][list(data)[0]]
                self.assertIn(error.lower(), service["error"].lower())
                self.assertEqual(reply.topic, f"messages/{did}")
                self.assert_answered_once(did, mid)
        self.assertEqual(self.camera.requests("ContinuousMove"), [])
        self.assertEqual(self.camera.sessions(), (0, 0))

    def test_broken_messages_whose_sender_can_be_read(self):
        for number, (name, text) in enumerate(BROKEN):
            with self.subTest(name):
                mid = f"broken-{number}"
                self.cloud.send_raw(DID, (text % (DID, mid)).encode())

                reply = self.cloud.expect_reply(DID, mid)

                self.assertEqual(codes_in(reply.body), [400])
                self.assert_answered_once(DID, mid)

    def test_what_is_dropped(self):
        for name, payload in DROPPED:
            with self.subTest(name):
                self.fence()
                self.cloud.messages.take()

                self.cloud.send_raw(DID, payload)

                self.fence()
                self.assertEqual(self.cloud.messages.take(), [])
        self.assertIsNone(self.daemon.process.status)

    def test_what_is_odd_and_fine(self):
        for name, data in ACCEPTED:
            with self.subTest(name):
                self.assertEqual(codes_in(self.cloud.ask(DID, data).result), [0])


class TestReplies(CloudTest):
    """PROTOCOL.md 1 and 2: one reply per service and request; the same message twice acts once."""

    def setUp(self):
        super().setUp()
        self.camera = self.start_simulator().camera
        self.start_daemon(configuration(self.broker, {DID: self.camera}), self.broker)

    def test_did_mid_type_and_token_come_back(self):
        body = self.cloud.ask(DID, {"stop": {}}, token="t1").body

        mid = body.pop("mid")
        self.assertEqual(body, {
            "did": DID, "type": "action", "token": "t1", "result": {"stop": {"code": 0}}})
        self.assertTrue(mid)

    def test_each_service_is_answered_by_its_own_message(self):
        mid, _at = self.cloud.send(DID, {"stop": {}, "ptz": {"stop": {}}, "dance": {}})

        results = [self.cloud.expect_reply(DID, mid).body["result"] for _ in range(3)]

        self.assertEqual(sorted(list(result)[0] for result in results), ["dance", "ptz", "stop"])
        self.cloud.ask(DID, {"stop": {}})
        self.assertEqual(len(self.cloud.replies_to(DID, mid)), 3)

    def test_the_same_message_again_gets_the_same_reply_and_acts_once(self):
        data = {"ptz": {"start": {"direction": 3, "speed": 0}}}
        self.camera.requests()

        first = self.cloud.ask(DID, data, mid="twice")
        second = self.cloud.ask(DID, data, mid="twice")

        self.assertEqual(first.body, second.body)
        self.assertEqual(len(self.camera.requests("ContinuousMove")), 1)

    def test_a_message_with_result_is_no_request(self):
        body = {"did": DID, "mid": "r1", "type": "action", "data": {"stop": {}}, "result": {}}
        self.cloud.send_raw(DID, json.dumps(body).encode())

        self.cloud.ask(DID, {"stop": {}})

        self.assertEqual(self.cloud.replies_to(DID, "r1"), [])


if __name__ == "__main__":
    main()
