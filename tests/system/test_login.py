#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cameras that take one kind of login only, have a wrong clock, or refuse (Q3, Q4, Q6, Q26)."""

from harness.house import DID, SMALL, SystemTest, configuration
from harness.runner import main

HALF_A_YEAR_S = 182 * 86400


class TestLogin(SystemTest):
    def setUp(self):
        super().setUp()
        self.broker = self.start_broker()
        self.media = self.start_media()
        self.cloud = self.start_cloud(self.broker)

    def start_with(self, *arguments):
        return self.start_simulator(arguments=(*SMALL, *arguments)).camera

    def assert_plays_and_moves(self, camera):
        self.start_daemon(configuration(self.broker, {DID: camera}), self.broker)
        self.cloud.expect_register(DID)
        self.cloud.ask(DID, {"play": {"url": self.media.url(DID)}})
        self.cloud.expect_event(DID, "play", state="playing")
        self.media.expect_publish(DID)
        answer = self.cloud.ask(DID, {"ptz": {"start": {"direction": 3}}})
        self.assertEqual(answer.result, {"ptz": {"code": 0}})
        self.assertEqual(len(camera.requests("ContinuousMove")), 1)

    def test_digest_only(self):
        self.assert_plays_and_moves(self.start_with("--auth", "digest"))

    def test_token_only(self):
        self.assert_plays_and_moves(self.start_with("--auth", "token"))

    def test_both(self):
        self.assert_plays_and_moves(self.start_with("--auth", "both"))

    def test_none(self):
        self.assert_plays_and_moves(self.start_with("--auth", "none"))

    def test_a_clock_that_is_half_a_year_off(self):
        camera = self.start_with("--auth", "token")
        camera.control("clock", {"skew": HALF_A_YEAR_S})

        self.assert_plays_and_moves(camera)

    def test_a_wrong_password_is_told_apart(self):
        camera = self.start_with()
        config = configuration(self.broker, {DID: camera})
        config[f"camera {DID}"]["password"] = "wrong"
        self.start_daemon(config, self.broker)

        ptz = self.cloud.ask(DID, {"ptz": {"start": {"direction": 3}}})

        self.assertEqual(ptz.result["ptz"]["code"], 60001)
        self.assertEqual(camera.requests("ContinuousMove"), [])

    def test_a_camera_that_is_not_there(self):
        simulator = self.start_simulator()
        simulator.kill()
        self.start_daemon(configuration(self.broker, {DID: simulator.camera}), self.broker)

        ptz = self.cloud.ask(DID, {"ptz": {"start": {"direction": 3}}})

        self.assertEqual(ptz.result["ptz"]["code"], 60006)


if __name__ == "__main__":
    main()
