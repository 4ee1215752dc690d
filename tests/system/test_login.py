#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cameras that take one kind of login only, have a wrong clock, or refuse (Q3, Q4, Q6, Q26)."""

import json
import os
import urllib.parse

from harness.house import DID, SMALL, StreamTest, configuration
from harness.oldtls import OldTls
from harness.runner import main
from harness.simulator import until

HALF_A_YEAR_S = 182 * 86400


class TestLogin(StreamTest):
    def start_with(self, *arguments):
        return self.start_simulator(arguments=(*SMALL, *arguments)).camera

    def assert_plays_and_moves(self, camera):
        self.start_daemon(configuration(self.broker, {DID: camera}), self.broker)
        self.cloud.expect_register(DID)
        self.cloud.ask(DID, {"play": {"url": self.url}})
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

    def start_with_wrong_password(self, camera, **keys):
        config = configuration(self.broker, {DID: camera}, stream={"retry-max": 1})
        config[f"camera {DID}"].update(password="wrong", **keys)
        return self.start_daemon(config, self.broker)

    def ask_for_everything(self):
        for _ in range(3):
            self.cloud.ask(DID, {"play": {"url": self.url}})
            ptz = self.cloud.ask(DID, {"ptz": {"start": {"direction": 3}}})
            self.assertIn(ptz.result["ptz"]["code"], (60000, 60001))
            self.cloud.ask(DID, {"stop": {}})

    def assert_was_not_locked(self, camera, least=1):
        refused = []
        until(lambda: refused.extend(camera.requests("LoginRefused")) or len(refused) >= least,
              f"{least} wrong passwords came")
        self.ask_for_everything()
        refused.extend(camera.requests("LoginRefused"))
        self.assertLessEqual(len(refused), 2, refused)
        return [refusal["args"]["kind"] for refusal in refused]

    def assert_q6_over_onvif(self, auth, *more):
        camera = self.start_with("--auth", auth, "--fault", "Q6=3", *more)
        self.start_with_wrong_password(camera)

        self.assertNotIn("rtsp", self.assert_was_not_locked(camera))

    def test_q6_two_wrong_passwords_over_onvif(self):
        self.assert_q6_over_onvif("both")

    def test_q6_two_wrong_passwords_by_digest(self):
        self.assert_q6_over_onvif("digest")

    def test_q6_two_wrong_passwords_that_are_called_stale(self):
        self.assert_q6_over_onvif("digest", "--fault", "Q3=stale")

    def test_q6_two_wrong_passwords_by_token(self):
        self.assert_q6_over_onvif("token")

    def test_q6_two_wrong_passwords_over_onvif_and_rtsp(self):
        camera = self.start_with("--fault", "Q6=3")
        self.start_with_wrong_password(camera, url=camera.rtsp)

        self.cloud.ask(DID, {"play": {"url": self.url}})

        kinds = self.assert_was_not_locked(camera, least=2)
        self.assertEqual(len(kinds), 2)

    def test_q6_two_wrong_passwords_over_rtsp_alone(self):
        camera = self.start_with("--fault", "Q6=3")
        self.start_with_wrong_password(camera, url=camera.rtsp, protocol="rtsp")

        self.cloud.ask(DID, {"play": {"url": self.url}})

        self.assertEqual(self.assert_was_not_locked(camera, least=2), ["rtsp", "rtsp"])

    def test_q6_two_wrong_passwords_at_an_address_with_a_query(self):
        camera = self.start_with("--fault", "Q6=3")
        self.start_with_wrong_password(camera, url=f"{camera.rtsp}?channel=1", protocol="rtsp")

        self.cloud.ask(DID, {"play": {"url": self.url}})

        self.assertEqual(self.assert_was_not_locked(camera, least=2), ["rtsp", "rtsp"])

    def test_q57_a_camera_with_https(self):
        camera = self.start_with("--fault", "Q57")
        camera.address = camera.onvif

        self.assert_plays_and_moves(camera)

    def test_q57_a_camera_with_old_tls(self):
        camera = self.start_with()
        plain = urllib.parse.urlsplit(camera.onvif)
        old = self.keep(OldTls(self.folder, (plain.hostname, plain.port)))
        camera.address = plain._replace(scheme="https", netloc=f"127.0.0.1:{old.port}").geturl()

        self.assert_plays_and_moves(camera)
        self.assertEqual(set(old.versions), {"TLSv1"})

    def test_what_was_learnt_is_known_after_a_restart(self):
        camera = self.start_with("--auth", "token")
        config = configuration(self.broker, {DID: camera})
        daemon = self.start_daemon(config, self.broker)
        self.cloud.expect_register(DID)
        until(lambda: self.learnt(daemon), "what was learnt is stored")
        self.assertEqual(self.learnt(daemon)["login"], "token")
        self.assertEqual(self.learnt(daemon)["firmware"], "V1.0.0")

    def learnt(self, daemon):
        path = os.path.join(daemon.state_dir, f"camera-{DID}.json")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def test_a_camera_that_is_not_there(self):
        simulator = self.start_simulator()
        simulator.kill()
        self.start_daemon(configuration(self.broker, {DID: simulator.camera}), self.broker)

        ptz = self.cloud.ask(DID, {"ptz": {"start": {"direction": 3}}})

        self.assertEqual(ptz.result["ptz"]["code"], 60006)


if __name__ == "__main__":
    main()
