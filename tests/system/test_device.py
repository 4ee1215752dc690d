#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cameras and gateway as devices (PROTOCOL.md section 4, device to statistics; section 5)."""

import os
import time

from harness.house import DID, GATEWAY, OTHER_DID, CloudTest, camera_keys, configuration
from harness.mailbox import WATCHDOG_S
from harness.runner import main
from harness.simulator import until

UNREACHABLE, NOT_SUPPORTED = 18002, 18003


class DeviceTest(CloudTest):
    """One camera in contact, registered; `ask` returns what stands under service and method."""

    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator()
        self.camera = self.simulator.camera
        self.config = configuration(self.broker, {DID: self.camera})
        self.configure()
        self.daemon = self.start_daemon(self.config, self.broker)
        self.cloud.expect_register(DID)
        self.cloud.expect_register(GATEWAY)

    def configure(self):
        """For groups of their own."""

    def ask(self, did, service, method, **members):
        result = self.cloud.ask(did, {service: {method: members}}).result
        self.assertEqual(list(result), [service])
        self.assertEqual(list(result[service]), [method])
        return result[service][method]


class TestCamera(DeviceTest):
    def test_read(self):
        device = self.ask(DID, "device", "read")

        self.assertEqual(device["deviceType"], "camera")
        self.assertEqual(device["errorCode"], 0)
        self.assertNotIn("code", device)
        for name in ("manufacturer", "modelNumber", "serialNumber", "firmwareVersion",
                     "hardwareVersion", "timezone", "UTCOffset"):
            self.assertIsInstance(device[name], str)
        self.assertRegex(device["UTCOffset"], r"^[+-]\d\d:\d\d$")
        self.assertAlmostEqual(device["currentTime"], time.time(), delta=WATCHDOG_S)

    def test_the_clock_is_set_in_seconds_and_in_milliseconds(self):
        for scale in (1, 1000):
            with self.subTest(scale=scale):
                self.camera.control("clock", {"skew": 7200})
                self.camera.requests()

                reply = self.ask(DID, "device", "write", currentTime=int(time.time() * scale))

                self.assertEqual(reply, {"code": 0})
                self.assertEqual(len(self.camera.requests("SetSystemDateAndTime")), 1)
                told = self.ask(DID, "device", "read")["currentTime"]
                self.assertAlmostEqual(told, time.time(), delta=WATCHDOG_S)

    def test_bad_members(self):
        for method, members in (("write", {}), ("write", {"currentTime": "noon"}),
                                ("reboot", {"delay": 3601}), ("reboot", {"delay": "soon"}),
                                ("reboot", {"delay": 1.5})):
            with self.subTest(method=method, **members):
                self.assertEqual(self.ask(DID, "device", method, **members)["code"], 400)
        self.assertEqual(self.ask(DID, "device", "reset")["code"], NOT_SUPPORTED)
        self.assertEqual(self.ask(DID, "device", "dance")["code"], 404)
        self.assertEqual(self.camera.requests("SystemReboot", "SetSystemDateAndTime"), [])

    def test_reboot(self):
        mid, _sent = self.cloud.send(DID, {"device": {"reboot": {"delay": 0}}})

        reply = self.cloud.expect_reply(DID, mid)
        event = self.cloud.expect_event(DID, "device", reboot={"state": "back"})

        self.assertEqual(reply.body["result"], {"device": {"reboot": {"code": 0}}})
        self.assertLess(reply.at, event.at)
        self.assertEqual(event.body["token"], self.cloud.tokens[DID])
        self.assertEqual(len(self.camera.requests("SystemReboot")), 1)

    def test_a_reboot_is_called_off(self):
        self.assertEqual(self.ask(DID, "device", "reboot", delay=3600), {"code": 0})
        self.assertEqual(self.ask(DID, "device", "reboot", delay=-1), {"code": 0})
        self.assertEqual(self.ask(DID, "device", "reboot", delay=-1), {"code": 0})

        self.assertEqual(self.camera.requests("SystemReboot"), [])

    def test_unreachable(self):
        before = self.ask(DID, "device", "read")
        self.simulator.kill()

        self.assertEqual(
            self.ask(DID, "device", "write", currentTime=int(time.time()))["code"], UNREACHABLE)

        until(lambda: self.ask(DID, "device", "read")["errorCode"] == 7, "errorCode 7")
        device = self.ask(DID, "device", "read")
        self.assertEqual(device["serialNumber"], before["serialNumber"])
        self.assertNotIn("currentTime", device)
        self.assertEqual(self.ask(GATEWAY, "device", "read")["errorCode"], 8)
        self.assertEqual(self.ask(DID, "device", "reboot")["code"], UNREACHABLE)
        link = self.ask(DID, "connectivity", "read")
        self.assertIs(link["online"], False)
        self.assertNotIn("rtt", link)

    def test_connectivity(self):
        link = self.ask(DID, "connectivity", "read")

        self.assertIs(link["online"], True)
        self.assertEqual(link["ipAddresses"], ["127.0.0.1"])
        self.assertRegex(link["mac"], "^([0-9a-f]{2}:){5}[0-9a-f]{2}$")
        self.assertEqual(link["networkBearer"], 41)
        self.assertGreater(link["rtt"], 0)

    def test_location(self):
        place = self.ask(DID, "location", "read")

        self.assertEqual((place["latitude"], place["longitude"], place["altitude"]),
                         (59.3251, 18.0711, 28.5))
        self.assertAlmostEqual(place["timestamp"], time.time(), delta=WATCHDOG_S)

    def test_statistics(self):
        self.assertEqual(self.ask(DID, "statistics", "read")["frames"], 0)
        media = self.start_media()
        self.cloud.ask(DID, {"play": {"url": media.url("count")}})
        self.cloud.expect_event(DID, "play", state="playing")

        seen = until(lambda: self.counted("bitrate", "txData"), "counters that count")

        self.assertGreater(seen["frames"], 0)
        self.assertGreater(seen["rxData"], 0)
        self.assertEqual((seen["dropped"], seen["reconnects"]), (0, 0))
        self.assertGreaterEqual(seen["collectionPeriod"], 0)
        self.assertGreaterEqual(seen["stages"]["written"], seen["stages"]["keyframe"])
        before = seen["txData"]
        self.cloud.ask(DID, {"stop": {}})
        self.cloud.expect_event(DID, "play", state="stopped")
        self.assertGreaterEqual(self.ask(DID, "statistics", "read")["txData"], before)

    def counted(self, *names):
        seen = self.ask(DID, "statistics", "read")
        return seen if all(seen[name] for name in names) else None


class TestSilentCamera(DeviceTest):
    """One that is known by its stream only can tell little, and what is configured."""

    def configure(self):
        self.config[f"camera {OTHER_DID}"] = {
            **camera_keys(None), "protocol": "rtsp", "url": self.camera.rtsp,
            "location": "1.5;-2.5", "power-sources": "poe; solar"}

    def test_what_is_not_known_is_left_out(self):
        self.cloud.expect_register(OTHER_DID)

        self.assertEqual(self.ask(OTHER_DID, "device", "read"),
                         {"deviceType": "camera", "errorCode": 0, "powerSources": [4, 7]})
        place = self.ask(OTHER_DID, "location", "read")
        self.assertEqual((place["latitude"], place["longitude"]), (1.5, -2.5))
        self.assertNotIn("altitude", place)
        self.assertEqual(self.ask(OTHER_DID, "device", "write", currentTime=1)["code"],
                         NOT_SUPPORTED)
        self.assertEqual(self.ask(OTHER_DID, "device", "reboot")["code"], NOT_SUPPORTED)


class TestGateway(DeviceTest):
    def test_read(self):
        device = self.ask(GATEWAY, "device", "read")

        self.assertEqual((device["deviceType"], device["errorCode"]), ("gateway", 0))
        self.assertAlmostEqual(device["currentTime"], time.time(), delta=WATCHDOG_S)
        self.assertNotIn("powerSources", device)

    def test_connectivity_and_statistics(self):
        link = self.ask(GATEWAY, "connectivity", "read")
        counters = self.ask(GATEWAY, "statistics", "read")

        self.assertEqual((link["online"], link["networkBearer"]), (True, 41))
        for name in ("txData", "rxData", "collectionPeriod", "frames", "bitrate", "reconnects",
                     "dropped"):
            self.assertIsInstance(counters[name], int)

    def test_nothing_is_configured(self):
        for service, method, members in (("device", "reboot", {}), ("device", "reset", {}),
                                         ("device", "write", {"currentTime": 1600000000}),
                                         ("location", "read", {})):
            with self.subTest(service=service, method=method):
                self.assertEqual(self.ask(GATEWAY, service, method, **members)["code"],
                                 NOT_SUPPORTED)


class TestConfiguredGateway(DeviceTest):
    def configure(self):
        self.witness = os.path.join(self.folder, "witness")
        script = os.path.join(self.folder, "script")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\necho \"$@\" >> '{self.witness}'\n")
        os.chmod(script, 0o700)
        self.config["device"] = {
            "location": "52.5;13.4;34", "power-sources": "ac",
            "reboot-command": f"{script} reboot 'one word'", "clock-command": f"{script} clock"}

    def words(self):
        if not os.path.exists(self.witness):
            return []
        with open(self.witness, encoding="utf-8") as file:
            return file.read().splitlines()

    def test_what_is_configured_is_told(self):
        self.assertEqual(self.ask(GATEWAY, "device", "read")["powerSources"], [6])
        self.assertEqual(self.ask(GATEWAY, "location", "read")["altitude"], 34)

    def test_the_clock(self):
        self.assertEqual(self.ask(GATEWAY, "device", "write", currentTime=1600000000123),
                         {"code": 0})
        self.assertEqual(self.words(), ["clock 1600000000"])

    def test_a_reboot_is_told_after_it(self):
        self.assertEqual(self.ask(GATEWAY, "device", "reboot", delay=0), {"code": 0})
        until(lambda: self.words() == ["reboot one word"], "the command")
        self.assertEqual([m for m in self.cloud.history if m.body["type"] == "event"], [])

        self.daemon.process.kill()
        self.daemon.spawn()

        self.cloud.expect_event(GATEWAY, "device", reboot={"state": "back"})


if __name__ == "__main__":
    main()
