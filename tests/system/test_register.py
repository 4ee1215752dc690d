#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Registration of gateway and cameras, and what is only sent while it holds (PROTOCOL.md 2)."""

from harness.cloud import sign
from harness.house import DID, GATEWAY, GATEWAY_SECRET, OTHER_DID, CloudTest, configuration
from harness.runner import main


class TestRegister(CloudTest):
    def test_gateway_and_cameras_register_with_their_signs(self):
        cameras = self.start_simulator(count=2).cameras
        config = configuration(self.broker, {DID: cameras[0], OTHER_DID: cameras[1]})
        config[f"camera {OTHER_DID}"]["secret"] = "own-secret"

        self.start_daemon(config)

        gateway = self.cloud.expect_register(GATEWAY)
        self.assertEqual(gateway.topic, f"messages/{GATEWAY}")
        self.assertEqual((gateway.qos, gateway.retain), (1, False))
        self.assertNotIn("mid", gateway.body)
        self.assertEqual(gateway.body["sign"], sign(GATEWAY, GATEWAY_SECRET))
        self.assertEqual(sorted(gateway.body["data"]["nodes"]), sorted([DID, OTHER_DID]))
        self.assertIn("software", gateway.body["data"]["version"])
        for did, secret in ((DID, GATEWAY_SECRET), (OTHER_DID, "own-secret")):
            with self.subTest(did=did):
                camera = self.cloud.expect_register(did)
                self.assertEqual(camera.topic, f"messages/{did}")
                self.assertEqual(camera.body["sign"], sign(did, secret))
                self.assertEqual(camera.body["data"]["gateway"], GATEWAY)
                self.assertTrue(camera.body["data"]["version"]["firmware"])

    def test_without_a_secret_there_is_no_sign(self):
        config = configuration(self.broker)
        config["gateway"]["secret"] = None
        config["cloud"].update(username=GATEWAY, password=GATEWAY_SECRET)

        self.start_daemon(config)

        self.assertNotIn("sign", self.cloud.expect_register(GATEWAY).body)

    def test_a_camera_registers_only_when_it_has_been_seen(self):
        simulator = self.start_simulator()
        simulator.kill()
        self.start_daemon(configuration(self.broker, {DID: simulator.camera}), self.broker)
        self.cloud.expect_register(GATEWAY)
        self.assertEqual(self.cloud.messages.take(lambda m: m.body["did"] == DID), [])

        simulator.start()

        self.cloud.expect_register(DID)

    def test_an_unanswered_registration_is_repeated(self):
        self.cloud.register_result = None
        self.start_daemon(configuration(self.broker))
        self.cloud.expect_register(GATEWAY)

        self.cloud.expect_register(GATEWAY)

    def test_a_refused_registration_is_repeated(self):
        self.cloud.register_result = {"code": 401, "error": "no"}
        self.start_daemon(configuration(self.broker))
        self.cloud.expect_register(GATEWAY)

        self.cloud.expect_register(GATEWAY)

    def test_other_places_of_the_answer_are_understood(self):
        answer = {"id": GATEWAY, "expires": 3600, "token": "nested"}
        self.cloud.register_result = {"data": answer}
        media = self.start_media()
        camera = self.start_simulator().camera
        self.start_daemon(configuration(self.broker, {DID: camera}), self.broker)
        self.cloud.expect_register(DID)

        self.cloud.ask(DID, {"play": {"url": media.url(DID)}})

        event = self.cloud.expect_event(DID, "play", state="playing")
        self.assertEqual(event.body["token"], "nested")


class TestEvents(CloudTest):
    """Events go out only while their did is registered, and carry its token."""

    def setUp(self):
        super().setUp()
        self.media = self.start_media()
        self.camera = self.start_simulator().camera

    def test_an_event_carries_the_token_of_its_did(self):
        self.start_daemon(configuration(self.broker, {DID: self.camera}), self.broker)
        self.cloud.expect_register(DID)
        self.cloud.ask(DID, {"play": {"url": self.media.url(DID)}})

        event = self.cloud.expect_event(DID, "play", state="playing")

        self.assertEqual(event.topic, f"messages/{DID}")
        self.assertEqual(event.body["token"], self.cloud.tokens[DID])

    def test_actions_are_carried_out_for_who_is_not_registered_but_no_event_is_sent(self):
        self.cloud.register_result = None
        self.start_daemon(configuration(self.broker, {DID: self.camera}), self.broker)

        answer = self.cloud.ask(DID, {"play": {"url": self.media.url(DID)}})

        self.assertEqual(answer.result, {"play": {"code": 0}})
        self.media.expect_publish(DID)
        self.assertEqual(self.cloud.ask(DID, {"stop": {}}).result, {"stop": {"code": 0}})
        self.media.expect_end(DID)
        events = [m for m in self.cloud.history if m.body.get("type") == "event"]
        self.assertEqual(events, [])


class TestLastWill(CloudTest):
    def start(self):
        config = configuration(self.broker)
        config["cloud"]["last-will"] = "true"
        daemon = self.start_daemon(config, self.broker)
        self.cloud.expect_register(GATEWAY)
        return daemon

    def test_the_broker_reports_who_vanished(self):
        daemon = self.start()

        daemon.process.kill()

        event = self.cloud.expect_event(GATEWAY, "connectivity", online=False)
        self.assertEqual(event.topic, f"messages/{GATEWAY}")
        self.assertEqual(event.body["data"], {"connectivity": {"online": False}})

    def test_who_says_goodbye_leaves_no_will(self):
        daemon = self.start()

        daemon.terminate()

        self.assertEqual(daemon.wait(), 0)
        self.broker.expect_log(f"camgate_{GATEWAY} disconnected.")


class TestRenewal(CloudTest):
    def test_it_is_renewed_before_it_expires(self):
        """The shortest `expires` the contract knows is 60 s; renewed at 90 % of it."""
        self.cloud.expires = 60
        self.start_daemon(configuration(self.broker), self.broker)
        first = self.cloud.expect_register(GATEWAY)

        second = self.cloud.expect_register(GATEWAY, timeout=120)

        self.assertEqual(second.body, first.body)
        self.assertLess(second.at - first.at, 60)

    def test_a_short_registration_is_clamped_and_no_flood(self):
        """`expires` 1 s is read as 60 s: the renewal may not come at once."""
        self.cloud.expires = 1
        self.start_daemon(configuration(self.broker), self.broker)
        self.cloud.expect_register(GATEWAY)

        for number in range(20):
            self.cloud.ask(GATEWAY, {"nonsense": {}}, mid=f"fence{number}")

        registers = [m for m in self.cloud.history if m.body.get("type") == "register"]
        self.assertEqual(len(registers), 1)


if __name__ == "__main__":
    main()
