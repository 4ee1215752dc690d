#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the daemon tells unasked (PROTOCOL.md section 6), and what ends unasked: play-lease."""

import time

from harness.house import DID, GATEWAY, CloudTest, configuration
from harness.mailbox import WATCHDOG_S
from harness.runner import main


class TelemetryTest(CloudTest):
    keys = {}

    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator()
        self.config = configuration(self.broker, {DID: self.simulator.camera})
        self.config["telemetry"] = self.keys
        self.daemon = self.start_daemon(self.config, self.broker)
        self.cloud.expect_register(GATEWAY)

    def expect_stream(self, did, matches, what):
        return self.cloud.messages.expect(
            lambda m: m.body.get("type") == "stream" and m.body["did"] == did and
            matches(m.body["data"]), what)


class TestTelemetry(TelemetryTest):
    keys = {"interval": 1, "sample-interval": 0.2}

    def test_the_gateway(self):
        message = self.expect_stream(GATEWAY, lambda data: "cpuUsage" in data, "the gateway's")

        self.assertEqual((message.qos, message.retain), (0, False))
        self.assertEqual(message.topic, f"messages/{GATEWAY}")
        self.assertNotIn("stream", message.body)
        self.assertEqual(message.body["token"], self.cloud.tokens[GATEWAY])
        data = message.body["data"]
        self.assertEqual(set(data), {
            "updated", "at", "cpuUsage", "memoryFree", "memoryUsage", "storageFree",
            "storageUsage", "txBytes", "rxBytes"})
        self.assertAlmostEqual(data["at"] / 1000, time.time(), delta=WATCHDOG_S)
        for name in ("cpuUsage", "memoryUsage", "storageUsage"):
            self.assertGreaterEqual(data[name], 0)
            self.assertLessEqual(data[name], 100)

    def test_a_camera(self):
        first = self.expect_stream(DID, lambda data: data.get("connectivity", {}).get("online"),
                                   "the camera is there")
        rest = self.expect_stream(DID, lambda data: "statistics" in data, "the camera's timer")

        self.assertEqual(first.body["stream"], "telemetry")
        self.assertEqual(first.body["data"]["device"]["errorCode"], 0)
        self.assertIn("serialNumber", rest.body["data"]["device"])
        self.assertNotIn("errorCode", rest.body["data"]["device"])

        self.simulator.kill()
        self.cloud.ask(DID, {"device": {"write": {"currentTime": 1}}})

        gone = self.expect_stream(DID, lambda data: data.get("device", {}).get("errorCode") == 7,
                                  "the camera is gone")
        self.assertIs(gone.body["data"]["connectivity"]["online"], False)


class TestLease(TelemetryTest):
    keys = {name: "none" for name in ("online", "error-code")}

    def test_a_push_ends_by_itself_unless_play_is_repeated(self):
        media = self.start_media()
        self.config["stream"] = {"play-lease": 2}
        self.daemon.write_config()
        self.daemon.reload()
        self.cloud.expect_register(DID)
        url = media.url("lease")
        self.cloud.ask(DID, {"play": {"url": url}})
        self.cloud.expect_event(DID, "play", state="playing")

        again = self.cloud.ask(DID, {"play": {"url": url}})
        stopped = self.cloud.expect_event(DID, "play", state="stopped", url=url)

        self.assertGreater(stopped.at - again.sent, 1.5)
        media.expect_end("lease")


if __name__ == "__main__":
    main()
