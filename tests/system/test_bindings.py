#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Configuration from the cloud: config and peripheral (PROTOCOL.md section 5)."""

import json
import os

from harness.daemon import BUILD
from harness.house import DID, GATEWAY, OTHER_DID, CloudTest, camera_keys, configuration
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, until

INVALID, NOT_MODIFIED, UNKNOWN = 9, 304, 404

# Loaded before libc, it kills the daemon in the middle of storing something (crash.c).
CRASH = os.path.join(BUILD, "tests", "system", "crash.so")
CRASH_STEPS = 7

LISTS = {"bluetooth": [{"mac": "1", "deep": {"x": [None, 1.5]}}], "lora": {"password": "open"}}


class BindingsTest(CloudTest):
    """No camera in the file; two in the house."""

    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator(count=2)
        self.config = configuration(self.broker)
        self.daemon = self.start_daemon(self.config, self.broker)
        self.cloud.expect_register(GATEWAY)

    def ask(self, service, method, did=GATEWAY, **members):
        return self.cloud.ask(did, {service: {method: members}}).result[service][method]

    def entry(self, did, camera, **members):
        return {"did": did, "protocol": "onvif", "address": camera.address, "username": USERNAME,
                "password": PASSWORD, **members}

    def entries(self):
        return [self.entry(did, camera)
                for did, camera in zip((DID, OTHER_DID), self.simulator.cameras)]

    def write(self, **members):
        self.assertEqual(self.ask("config", "write", **members), {"code": 0})

    def cameras(self):
        local = self.daemon.local()
        try:
            return {c["did"]: c for c in local.ask(None, {"cameras": {}})["cameras"]["cameras"]}
        finally:
            local.close()


class TestConfig(BindingsTest):
    def test_cameras_are_bound_without_restart(self):
        before = self.daemon.pid
        self.assertEqual(self.ask("config", "read"), {"camera": [], "updated": 0})

        self.write(camera=self.entries(), updated=1700000001)

        for did in (DID, OTHER_DID):
            self.broker.expect_subscription(f"actions/{did}")
            self.cloud.expect_register(did)
            self.assertEqual(self.cloud.ask(did, {"ptz": {"stop": {}}}).result,
                             {"ptz": {"code": 0}})
        until(lambda: [m for m in self.cloud.history
                       if m.body.get("data", {}).get("nodes") == [DID, OTHER_DID]
                       and m.body["data"]["version"]["config"] == "1700000001"],
              "registration with both nodes and the version")
        self.assertEqual(self.cameras()[DID]["source"], "cloud")
        self.assertEqual(self.daemon.pid, before)

    def test_read_hides_and_stars_keep(self):
        self.write(camera=self.entries(), updated=5, **LISTS)

        shown = self.ask("config", "read")

        self.assertEqual(shown["updated"], 5)
        self.assertEqual({name: shown[name] for name in LISTS}, LISTS)
        self.assertEqual([c["password"] for c in shown["camera"]], ["******"] * 2)
        self.assertNotIn(PASSWORD, json.dumps(shown))
        self.cloud.expect_register(DID)
        shown["camera"][0]["name"] = "gate"
        self.write(**{**shown, "updated": 6})
        until(lambda: self.cameras()[DID].get("name") == "gate" and
              self.cameras()[DID]["contacted"], "contact with the kept password")

    def test_only_what_changed_is_restarted(self):
        media = self.start_media()
        self.write(camera=self.entries(), updated=5)
        for did in (DID, OTHER_DID):
            self.cloud.expect_register(did)
            self.cloud.ask(did, {"play": {"url": media.url(did)}})
            self.cloud.expect_event(did, "play", state="playing")
            media.expect_publish(did)
        changed, kept = self.entries()
        changed["name"] = "gate"

        self.write(camera=[changed, kept], updated=6)

        media.expect_end(DID)
        media.expect_publish(DID)
        self.assertEqual(self.simulator.cameras[1].sessions(), (1, 1))

        self.write(camera=[kept], updated=7)

        media.expect_end(DID)
        self.simulator.cameras[0].until_sessions(0)
        self.assertEqual(self.simulator.cameras[1].sessions(), (1, 1))
        until(lambda: [m for m in self.cloud.history
                       if m.body.get("data", {}).get("nodes") == [OTHER_DID]], "registration")
        self.assertEqual(self.ask("device", "read", did=OTHER_DID)["errorCode"], 0)
        self.assertEqual(list(self.cameras()), [OTHER_DID])
        mid, _at = self.cloud.send(DID, {"device": {"read": {}}})
        self.ask("device", "read", did=OTHER_DID)
        self.assertEqual(self.cloud.replies_to(DID, mid), [], "nobody listens there any more")

    def test_a_change_is_registered_once(self):
        """With the new nodes at once, and a camera not before it was reached at its new place."""
        self.write(camera=self.entries()[:1], updated=5)
        self.cloud.expect_register(DID)

        self.write(camera=self.entries(), updated=6)
        self.cloud.expect_register(OTHER_DID)
        self.write(camera=[{**self.entries()[0], "address": "127.0.0.1:9"}, self.entries()[1]],
                   updated=7)
        self.write(camera=self.entries(), updated=8)
        until(lambda: self.cameras()[DID]["contacted"], "contact at its old place")

        told = [m.body for m in self.cloud.history if m.body.get("type") == "register"]
        self.assertEqual([(m["data"]["version"]["config"], m["data"]["nodes"])
                          for m in told if m["did"] == GATEWAY],
                         [("0", []), ("5", [DID]), ("6", [DID, OTHER_DID]),
                          ("7", [DID, OTHER_DID]), ("8", [DID, OTHER_DID])])
        self.assertEqual([m for m in told if m["did"] != GATEWAY
                          and "firmware" not in m["data"]["version"]], [])

    def test_a_planned_reboot_survives_another_name(self):
        self.write(camera=self.entries(), updated=5)
        self.cloud.expect_register(DID)
        self.simulator.cameras[0].requests()
        self.assertEqual(self.ask("device", "reboot", did=DID, delay=1), {"code": 0})

        self.assertEqual(self.ask("config", "write", did=DID, name="gate"), {"code": 0})

        self.cloud.expect_event(DID, "device", reboot={"state": "back"})
        self.assertEqual(len(self.simulator.cameras[0].requests("SystemReboot")), 1)
        self.assertEqual(self.cameras()[DID]["name"], "gate")

    def test_a_camera_that_the_file_has_lost_is_in_nobodys_way(self):
        """The cloud has given it a name only; the rest stood in the file."""
        self.config[f"camera {DID}"] = camera_keys(self.simulator.camera.address)
        self.daemon.write_config()
        self.daemon.reload()
        self.broker.expect_subscription(f"actions/{DID}")
        self.assertEqual(self.ask("config", "write", did=DID, name="gate"), {"code": 0})
        del self.config[f"camera {DID}"]
        self.daemon.write_config()
        self.daemon.reload()
        until(lambda: DID not in self.cameras(), "the file's camera to go")

        self.write(bluetooth=[])

        peripheral = self.cloud.ask(GATEWAY, {"peripheral": {"write": {
            "did": DID, "config": {"username": "x"}}}}).result["peripheral"]["write"]
        self.assertEqual(peripheral["code"], INVALID)
        entry = self.entry(DID, self.simulator.camera)
        peripheral = self.cloud.ask(GATEWAY, {"peripheral": {"write": {
            "did": DID, "config": entry}}}).result["peripheral"]["write"]
        self.assertEqual(peripheral, {"did": DID, "code": 0})
        self.assertEqual(self.cameras()[DID]["name"], "gate")

    def test_updated(self):
        self.write(camera=self.entries()[:1], updated=5)
        self.write(camera=self.entries()[:1], updated=5)
        self.write(**self.ask("config", "read"))

        refused = self.ask("config", "write", camera=[], updated=5)

        self.assertEqual(refused["code"], NOT_MODIFIED)
        self.assertEqual(list(self.cameras()), [DID])
        self.write(camera=[], updated=0)
        self.write(camera=self.entries()[1:])
        self.assertEqual(list(self.cameras()), [OTHER_DID])

    def test_faults_name_their_path_and_change_nothing(self):
        self.write(camera=self.entries()[:1], updated=5)
        good = self.entries()
        for cameras, path in (
                ({"camera": [*good, {"did": "x", "address": "ftp://h"}]}, "camera[2].address: "),
                ({"cameras": [{"did": "x", "host": 7}]}, "cameras[0].host: "),
                ({"peripherals": {"camera": [{"ip": "h"}]}}, "peripherals.camera[0].did: "),
                ({"camera": [{"did": GATEWAY, "address": "h"}]}, "camera[0].did: "),
                ({"camera": [good[0], good[0]]}, "camera[1].did: "),
                ({"camera": [{"did": "x", "address": "h", "password": "******"}]},
                 "camera[0].password: "),
                ({"camera": "none"}, "camera: "),
                ({"updated": "new"}, "updated: ")):
            with self.subTest(path):
                refused = self.ask("config", "write", **{"updated": 6, **cameras})
                self.assertEqual(refused["code"], INVALID)
                self.assertTrue(refused["error"].startswith(path), refused["error"])
        self.assertEqual(list(self.cameras()), [DID])
        self.assertEqual(self.ask("config", "read")["updated"], 5)

    def test_it_survives_a_kill(self):
        self.write(camera=self.entries(), updated=5, **LISTS)
        before = self.ask("config", "read")

        self.daemon.process.kill()
        self.daemon.spawn()
        self.daemon.expect_ready()

        self.broker.expect_subscription(f"actions/{GATEWAY}")
        self.assertEqual(self.ask("config", "read"), before)

    def test_a_reload_keeps_the_clouds_cameras(self):
        self.write(camera=self.entries()[:1], updated=5)
        first = self.simulator.cameras[0]
        self.config[f"camera {OTHER_DID}"] = {
            "address": self.simulator.cameras[1].address, "username": USERNAME,
            "password": PASSWORD, "name": "door"}
        self.config[f"camera {DID}"] = {"address": "192.0.2.1", "audio": "silent", "name": "file"}
        self.daemon.write_config()

        self.daemon.reload()

        cameras = self.cameras()
        self.assertEqual({did: c["source"] for did, c in cameras.items()},
                         {DID: "file+cloud", OTHER_DID: "file"})
        self.assertEqual(cameras[DID]["address"], first.address)
        self.assertEqual(cameras[DID]["name"], "file")
        self.write(camera=[], updated=6)
        self.assertEqual(self.cameras()[DID]["address"], "192.0.2.1")

    def test_the_2019_cloud(self):
        self.config["cloud"]["reply-shape"] = "flat"
        self.daemon.write_config()
        self.daemon.reload()
        self.broker.expect_subscription(f"actions/{GATEWAY}")

        result = self.cloud.ask(GATEWAY, {"config": {"read": {}}}).result

        self.assertEqual(result, {"config": {"camera": [], "updated": 0}})


class TestRevealed(BindingsTest):
    def test_a_setting_shows_passwords_to_the_cloud_alone(self):
        self.config["cloud"]["reveal-secrets"] = "true"
        self.daemon.write_config()
        self.daemon.reload()
        self.broker.expect_subscription(f"actions/{GATEWAY}")
        self.write(camera=self.entries()[:1], updated=5)

        self.assertEqual(self.ask("config", "read")["camera"][0]["password"], PASSWORD)
        local = self.keep(self.daemon.local())
        shown = local.ask(None, {"config": {"read": {}}})["config"]["read"]
        self.assertEqual(shown["camera"][0]["password"], "******")


class TestPeripheral(BindingsTest):
    def setUp(self):
        super().setUp()
        self.write(camera=self.entries(), updated=5)

    def test_read_one_and_all(self):
        one = self.peripheral("read", did=DID, config={})
        every = self.peripheral("read", did="@all", config={})

        self.assertEqual(one["did"], DID)
        self.assertEqual(one["config"], self.ask("config", "read", did=DID))
        self.assertEqual(one["config"]["password"], "******")
        self.assertEqual((every["did"], sorted(every["config"])), ("@all", [DID, OTHER_DID]))
        self.assertEqual(every["config"][DID], one["config"])

    def peripheral(self, method, **members):
        return self.cloud.ask(
            GATEWAY, {"peripheral": {method: members}}).result["peripheral"][method]

    def test_write(self):
        reply = self.peripheral("write", did=DID, config={"name": "gate", "updated": 7, "own": [1]})

        self.assertEqual(reply, {"did": DID, "code": 0})
        config = self.ask("config", "read", did=DID)
        self.assertEqual((config["name"], config["own"], config["updated"]), ("gate", [1], 7))
        self.assertEqual(self.ask("config", "read")["updated"], 5)
        self.assertEqual(self.peripheral("write", did=DID, config={"name": "gate", "updated": 7}),
                         {"did": DID, "code": 0})
        self.assertEqual(
            self.peripheral("write", did=DID, config={"name": "x", "updated": 7})["code"],
            NOT_MODIFIED)
        self.assertEqual(self.ask("config", "write", did=DID, name="door"), {"code": 0})
        self.assertEqual(self.cameras()[DID]["name"], "door")

    def test_refusals(self):
        for code, members in ((UNKNOWN, {"did": "ffff", "config": {}}), (400, {"config": {}}),
                              (400, {"did": DID}), (400, {"did": DID, "config": 5}),
                              (INVALID, {"did": DID, "config": {"address": "a b"}})):
            with self.subTest(**members):
                self.assertEqual(self.peripheral("write", **members)["code"], code)
        self.assertEqual(self.peripheral("read", did="ffff", config={})["code"], UNKNOWN)
        self.assertEqual(self.cloud.ask(DID, {"peripheral": {"read": {"did": DID}}})
                         .result["peripheral"]["read"]["code"], UNKNOWN)


class TestPowerCut(BindingsTest):
    def test_old_or_new_at_every_step(self):
        """Of a file of more than 1 MiB: it comes in many messages, and is written in one piece."""
        for number in range(18):
            self.write(**{f"list{number}": ["x" * 60000]})
        self.write(camera=self.entries()[:1], updated=1)
        stored = os.path.join(self.daemon.state_dir, "bindings.json")
        self.assertGreater(os.path.getsize(stored), 1024 * 1024)
        old = self.ask("config", "read")
        self.daemon.environment = {"LD_PRELOAD": CRASH, "CAMGATE_CRASH_FILE": "bindings.json",
                                   "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
        for step in range(1, CRASH_STEPS + 1):
            with self.subTest(step=step):
                self.restart({"CAMGATE_CRASH_AT": str(step)})
                self.cloud.send(GATEWAY, {"config": {"write": {
                    "camera": self.entries(), "updated": 100 + step}}})
                self.daemon.wait()
                self.restart({"CAMGATE_CRASH_AT": "0"})

                seen = self.ask("config", "read")

                if step < 6:
                    self.assertEqual(seen, old)
                else:
                    self.assertEqual(seen["updated"], 100 + step)
                    self.assertEqual(len(seen["camera"]), 2)
                self.write(camera=self.entries()[:1], updated=1 if seen["updated"] != 1 else 0)
                self.write(camera=self.entries()[:1], updated=1)
                self.assertEqual(self.ask("config", "read"), old)

    def restart(self, environment):
        if self.daemon.process.status is None:
            self.daemon.process.kill()
        self.daemon.environment = {**self.daemon.environment, **environment}
        self.daemon.spawn()
        self.daemon.expect_ready()
        self.broker.expect_subscription(f"actions/{GATEWAY}")


if __name__ == "__main__":
    main()
