#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""camgated against the conformance suite; and the suite against what must not pass it."""

import json
import os
import subprocess
import sys
import unittest

try:
    from contract.judge import Judge
except ImportError as missing:
    print(f"1..0 # SKIP {missing}: python3-jsonschema is not installed")
    sys.exit(0)
from harness.house import (
    DID, GATEWAY, GATEWAY_SECRET, OTHER_DID, SMALL, SystemTest, camera_keys, configuration)
from harness.mailbox import WATCHDOG_S
from harness.process import Process
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
