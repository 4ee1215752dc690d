#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""camgated against the conformance suite; and the suite against what must not pass it."""

import json
import os
import subprocess
import sys
import unittest
from collections import namedtuple

try:
    from contract.judge import Judge
    from contract.rows import acts, camera_rows, gateway_rows
    from contract.scenes import NEW
except ImportError as missing:
    print(f"1..0 # SKIP {missing}: python3-jsonschema is not installed")
    sys.exit(0)
from harness.house import (
    DID, GATEWAY, GATEWAY_SECRET, OTHER_DID, SMALL, SystemTest, camera_keys, configuration)
from harness.mailbox import WATCHDOG_S
from harness.mqtt import MqttClient
from harness.process import Port, Process
from harness.runner import main

SUITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "conformance.py")
AWAY = "001122334477"
# Telemetry often enough to be heard.
TELEMETRY = {"interval": 1, "sample-interval": 0.5}


class ConformanceTest(SystemTest):
    """A broker, three cameras of which one is away, and a daemon that has not met them yet."""

    def setUp(self):
        super().setUp()
        self.broker = self.start_broker()
        self.secret = self.write("secret", GATEWAY_SECRET)
        self.password = self.write("password", "cloud-password")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        return path

    def make_house(self, **cloud):
        moves = self.start_simulator("MOVES").camera
        fixed = self.start_simulator("FIXED", arguments=(*SMALL, "--no-ptz")).camera
        gone = self.start_simulator("GONE")
        gone.kill()
        config = configuration(self.broker, {DID: moves, OTHER_DID: fixed}, cloud=cloud)
        config[f"camera {AWAY}"] = camera_keys(gone.camera.address)
        config["telemetry"] = TELEMETRY
        return self.make_daemon(config)

    def start_suite(self, *arguments):
        suite = self.keep(Process("conformance", [
            sys.executable, SUITE, "--broker", f"127.0.0.1:{self.broker.port}", "--user", "cloud",
            "--password-file", self.password, "--gateway", GATEWAY, "--timeout", WATCHDOG_S,
            *arguments]))
        suite.lines.expect(lambda line: line == "listening", "line 'listening'")
        return suite

    def play(self, *arguments):
        """Returns (exit status, findings)."""
        path = os.path.join(self.folder, "findings.json")
        suite = self.start_suite("--json", path, *arguments)
        status = suite.wait(6 * WATCHDOG_S)
        with open(path, encoding="utf-8") as file:
            return status, json.load(file)


class TestDaemon(ConformanceTest):
    def play_all(self, daemon, *arguments):
        media = self.start_media()
        path = os.path.join(self.folder, "findings.json")
        suite = self.start_suite(
            "--camera", DID, "--fixed", OTHER_DID, "--away", AWAY, "--register", "--secret-file",
            self.secret, "--allow", "all", "--streams", "--strict", "--play-url",
            media.url("{did}"), "--json", path, *arguments)

        daemon.start()

        self.assertEqual(suite.wait(6 * WATCHDOG_S), 0)
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        self.assertEqual((found["deviations"], found["notes"]), ([], []))
        self.assertGreater(found["requests"], 1000)

    def test_it_says_what_the_contract_says(self):
        self.play_all(self.make_house())

    def test_and_to_the_cloud_of_2019(self):
        self.play_all(self.make_house(**{"reply-shape": "flat"}), "--flat")


class TestSuite(ConformanceTest):
    """What is not conforming does not pass."""

    def test_the_other_shape_is_a_deviation(self):
        daemon = self.make_house()
        daemon.start()
        self.broker.expect_subscription(f"actions/{AWAY}")

        status, found = self.play("--away", AWAY, "--flat")

        self.assertEqual(status, 1)
        self.assertTrue(any("device read" in line for line in found["deviations"]))

    def test_what_a_camera_cannot_do_is_a_note_unless_it_is_strict(self):
        daemon = self.make_house()
        daemon.start()
        daemon.expect_log(f"{OTHER_DID}: in contact")
        self.broker.expect_subscription(f"actions/{OTHER_DID}")

        status, found = self.play("--camera", OTHER_DID)
        self.assertEqual((status, found["deviations"]), (0, []))
        self.assertTrue(any("60000" in note for note in found["notes"]))

        status, found = self.play("--camera", OTHER_DID, "--strict")
        self.assertEqual(status, 1)
        self.assertTrue(any("ptz start 3" in line for line in found["deviations"]))

    def test_a_silent_bridge_is_a_deviation(self):
        status, found = self.play("--away", AWAY, "--timeout", "0.1")

        self.assertEqual(status, 1)
        self.assertIn("given up", found["deviations"][-1])

    def test_usage(self):
        for arguments in ((), ("--broker", "x"), ("--broker", "h:1", "--gateway", "g"),
                          ("--broker", "h:1", "--gateway", "g", "--camera", "c", "--allow", "x")):
            with self.subTest(arguments=arguments):
                done = subprocess.run([sys.executable, SUITE, *arguments], check=False,
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                      timeout=WATCHDOG_S)
                self.assertEqual(done.returncode, 2)
                self.assertIn("usage:", done.stderr)


Spoil = namedtuple("Spoil", "name fits change notice")


def find(body, service, method):
    content = body.get("result", {}).get(service, {})
    return content.get(method) if isinstance(content, dict) else None


def says(service, method, code=None):
    """Fits the replies of this method that have this code."""
    return lambda body: isinstance(find(body, service, method), dict) \
        and find(body, service, method).get("code") == code


def puts(service, method, **members):
    """Replaces members there; those that are None are taken away."""

    def change(body):
        content = find(body, service, method)
        content.update(members)
        for name in [name for name, value in members.items() if value is None]:
            del content[name]

    return change


def is_register(body):
    return body["type"] == "register" and body["did"] == GATEWAY


def has_firmware(body):
    return body["type"] == "register" and "firmware" in body["data"]["version"] \
        and body["did"] == OTHER_DID


def shows_password(body):
    cameras = (find(body, "config", "read") or {}).get("camera", [])
    return any("password" in camera for camera in cameras)


def show_password(body):
    find(body, "config", "read")["camera"][-1]["password"] = "hunter2"


def is_second():
    """Fits the second reply to the same request."""
    seen = set()

    def fits(body):
        key = (body.get("mid"), *body.get("result", {}))
        is_known = "statistics" in key and key in seen
        seen.add(key)
        return is_known

    return fits


# What a bridge may do wrong, and a part of what is said then. `change` may return, in place of
# the message, bytes to send in its place, and as keys topics or "retain".
SPOILS = (
    Spoil("another duplicate", is_second(), puts("statistics", "read", rxData=77),
          "a duplicate gets the stored reply"),
    Spoil("doubled", says("statistics", "read"), lambda body: [body, body], "one more came"),
    Spoil("lost", says("connectivity", "read"), lambda body: [], "connectivity read {}: no reply"),
    Spoil("another code", says("device", "write", 400), puts("device", "write", code=500),
          "code is 500, not 400"),
    Spoil("success", says("device", "reboot", 400), puts("device", "reboot", code=0, error=None),
          "code is 0, not 400"),
    Spoil("no code", says("config", "write", 9), puts("config", "write", code=None),
          "'code' is a required property"),
    Spoil("a code of text", says("config", "write", 9), puts("config", "write", code="9"),
          "'9' is not of type 'integer'"),
    Spoil("no error", says("firmware", "update", 400), puts("firmware", "update", error=None),
          "'error' is a required property"),
    Spoil("another error", says("peripheral", "read", 404),
          puts("peripheral", "read", error="nobody"), 'error is "nobody"'),
    Spoil("a member missing", says("device", "read"), puts("device", "read", deviceType=None),
          "'deviceType' is a required property"),
    Spoil("a member of another type", says("statistics", "read"),
          puts("statistics", "read", txData="5"), "'5' is not of type 'integer'"),
    Spoil("a member too many", says("firmware", "read"), puts("firmware", "read", colour=1),
          "'colour' was unexpected"),
    Spoil("another token", lambda body: body.get("token") == "t" and "result" in body,
          lambda body: body.update(token="u"), 'token is "u", not "t"'),
    Spoil("another type", says("location", "read", 18003), lambda body: body.update(type="fly"),
          'type is "fly", not "action"'),
    Spoil("another mid", says("peripheral", "write", 400), lambda body: body.update(mid="?"),
          'one more came: {"did": "aa1122334455", "mid": "?"'),
    Spoil("two services", says("peripheral", "read", 400),
          lambda body: body["result"].update(stop={"code": 0}),
          "'stop': {'code': 0}} is not valid"),
    Spoil("no JSON", says("peripheral", "read", 400), lambda body: [b"{", body],
          "what is sent is JSON"),
    Spoil("another topic", says("device", "reset", 18003),
          lambda body: [(f"messages/{AWAY}", body)],
          f"came on messages/{AWAY}, not on messages/{GATEWAY}"),
    Spoil("retained", says("device", "read", 400), lambda body: [("retain", body)],
          "never retain"),
    Spoil("shown passwords", shows_password, show_password, "'******' was expected"),
    Spoil("another sign", is_register, lambda body: body.update(sign="0" * 32 + ":md5"),
          "the sign is wrong"),
    Spoil("a node missing", lambda body: is_register(body) and NEW in body["data"]["nodes"],
          lambda body: body["data"]["nodes"].remove(NEW), "registers with"),
    Spoil("a version missing", has_firmware, lambda body: body["data"].update(version={}),
          f"firmware of {OTHER_DID} is"),
    Spoil("another event token", lambda body: body["type"] == "stream" and "result" not in body,
          lambda body: body.update(token="stale"), "token of"),
)


class Spoiler:
    """Stands between a bridge and its cloud: each spoil is done to the first message that fits."""

    def __init__(self, port, spoils):
        self.left = list(spoils)
        self._tells = MqttClient(port, "spoiler-tells", print, "cloud", "cloud-password")
        self._hears = MqttClient(port, "spoiler-hears", self._take, "cloud", "cloud-password")
        self._hears.subscribe("raw/messages/#")

    def close(self):
        self._hears.close()
        self._tells.close()

    def _take(self, published):
        body = json.loads(published.payload)
        spoil = next((spoil for spoil in self.left if spoil.fits(body)), None)
        messages = None
        if spoil is not None:
            self.left.remove(spoil)
            messages = spoil.change(body)
        for message in [body] if messages is None else messages:
            self._tell(published.topic.removeprefix("raw/"), message, published.qos)

    def _tell(self, topic, message, qos):
        is_retained = False
        if isinstance(message, tuple):
            where, message = message
            is_retained = where == "retain"
            topic = topic if is_retained else where
        payload = message if isinstance(message, bytes) else json.dumps(message).encode()
        self._tells.publish(topic, payload, qos, is_retained)


class TestSpoiled(ConformanceTest):
    def play_spoiled(self, spoils, timeout):
        port = self.keep(Port())
        fixed = self.start_simulator(arguments=(*SMALL, "--no-ptz")).camera
        config = configuration(self.broker, {OTHER_DID: fixed},
                               cloud={"publish-topic": "raw/messages/%s"})
        config[f"camera {AWAY}"] = camera_keys(f"127.0.0.1:{port}")
        config["telemetry"] = TELEMETRY
        daemon = self.make_daemon(config)
        spoiler = self.keep(Spoiler(self.broker.port, spoils))
        path = os.path.join(self.folder, "findings.json")
        suite = self.start_suite("--away", AWAY, "--fixed", OTHER_DID, "--register",
                                 "--secret-file", self.secret,
                                 "--streams", "--allow", "config", "--timeout", timeout,
                                 "--json", path)
        daemon.start()
        suite.wait(6 * WATCHDOG_S)
        with open(path, encoding="utf-8") as file:
            return json.load(file)["deviations"], [spoil.name for spoil in spoiler.left]

    def test_nothing_is_found_where_nothing_is_spoiled(self):
        self.assertEqual(self.play_spoiled((), WATCHDOG_S), ([], []))

    def test_each_wrong_is_noticed(self):
        deviations, left = self.play_spoiled(SPOILS, 2)

        self.assertEqual(left, [])
        for spoil in SPOILS:
            with self.subTest(spoil.name):
                self.assertTrue(any(spoil.notice in line for line in deviations),
                                "\n".join(deviations))


class TestReadonly(ConformanceTest):
    def test_nothing_moves(self):
        camera = self.start_simulator(arguments=SMALL).camera
        self.start_daemon(configuration(self.broker, {DID: camera}), self.broker)

        status, found = self.play("--camera", DID, "--readonly", "--strict")

        self.assertEqual((status, found["deviations"]), (0, []))
        self.assertGreater(found["requests"], 200)
        self.assertEqual(camera.requests("ContinuousMove", "Stop", "SetPreset"), [])

    def test_what_acts_is_left_out(self):
        for row in (*camera_rows("ptz"), *gateway_rows(GATEWAY, DID)):
            text = json.dumps(row.data)
            with self.subTest(row.name):
                self.assertTrue(acts(row) or not any(f'"{word}": {{' in text for word in (
                    "play", "stop", "start", "set", "goto", "remove", "write", "reboot", "update")))


def reply(result, **members):
    return {"did": DID, "mid": "1", "type": "action", "result": result, **members}


def event(service, **members):
    return {"did": DID, "type": "event", "data": {service: members}}


# What the page says itself.
GOOD = (
    reply({"ptz": {"code": 0}}), reply({"device": {"reboot": {"code": 0}}}, token="t"),
    reply({"ptz": {"code": 60004, "error": "e", "basis": "measured"}}),
    reply({"preset": {"code": 0, "presets": [{"index": 1, "name": "gate"}]}}),
    reply({"peripheral": {"write": {"did": "D", "code": 0}}}), reply({"code": 400, "error": "e"}),
    reply({"location": {"read": {"code": 18003, "error": "e"}}}),
    reply({"fly": {"code": 404, "error": "Unsupported action"}}),
    event("firmware", state=1, result=0), event("play", state="stopped", url="rtmp://h/a"),
)
BAD = (
    reply({"ptz": {}}), reply({"ptz": {"code": "0"}}), reply({"ptz": {"code": 60004}}),
    reply({"ptz": {"code": 60004, "error": "e"}}), reply({"ptz": {"code": 0, "error": "e"}}),
    reply({"ptz": {"code": 60006, "error": "e", "basis": "measured"}}),
    reply({"ptz": {"code": 18002, "error": "e"}}), reply({"play": {"code": 60006, "error": "e"}}),
    reply({"ptz": {"code": 0}, "stop": {"code": 0}}), reply({}), reply({"device": {"code": 0}}),
    reply({"device": {"reboot": {"code": 0, "extra": 1}}}), reply({"ptz": {"code": 0}}, extra=1),
    reply({"preset": {"code": 0, "presets": [{"index": 0}]}}), reply({"fly": {"code": 0}}),
    reply({"device": {"read": {"deviceType": "camera", "errorCode": 9}}}),
    reply({"device": {"read": {"deviceType": "camera", "errorCode": 0, "currentTime": 17e11}}}),
    reply({"config": {"read": {"updated": 1, "camera": [{"did": "D", "password": "p"}]}}}),
    {"did": DID, "mid": "1", "type": "action"}, event("play", state="flying", url="rtmp://h/a"),
    event("play", state="retrying", url="rtmp://h/a"), event("firmware", state=1),
    {"did": DID, "type": "register", "sign": "x", "data": {"nodes": []}},
    {"did": DID, "type": "stream", "data": {"updated": 1, "at": 5}},
)


class TestSchemas(unittest.TestCase):
    def judge(self, body, is_flat=False):
        return Judge(is_flat).message("t", "t", body)

    def test_what_the_page_says_fits(self):
        for body in GOOD:
            with self.subTest(body=body):
                self.assertEqual(self.judge(body), [])

    def test_what_it_does_not_say_does_not(self):
        for body in BAD:
            with self.subTest(body=body):
                self.assertNotEqual(self.judge(body), [])

    def test_flat(self):
        self.assertEqual(self.judge(reply({"device": {"code": 0}}), True), [])
        self.assertNotEqual(self.judge(reply({"device": {"reboot": {"code": 0}}}), True), [])

    def test_another_topic(self):
        self.assertNotEqual(Judge().message("t", "u", GOOD[0]), [])


if __name__ == "__main__":
    main()
