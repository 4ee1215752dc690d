#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `camgatectl probe` says of a camera is what camgated then meets."""

import json
import os
import subprocess

from harness.daemon import BUILD, ENVIRONMENT
from harness.house import DID, SMALL, StreamTest, configuration
from harness.mailbox import WATCHDOG_S
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, until

CAMGATECTL = os.path.join(BUILD, "tools", "camgatectl", "camgatectl")
RIGHT = {"ptz": {"start": {"direction": 3, "speed": 0}}}
H265 = (*SMALL, "--codec", "h265")


class TestAcceptance(StreamTest):
    def bind(self, camera):
        self.start_daemon(configuration(self.broker, {DID: camera}), self.broker)
        self.cloud.expect_register(DID)

    def probe(self, camera, *arguments):
        done = subprocess.run(
            [CAMGATECTL, "probe", camera.address, "--user", USERNAME, "--json", *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=WATCHDOG_S, check=False,
            env={**os.environ, **ENVIRONMENT, "CAMGATE_PASSWORD": PASSWORD})
        return done.returncode, json.loads(done.stdout)

    def code_of(self, data):
        (answer,) = self.cloud.ask(DID, data).result.values()
        return answer["code"]

    def test_what_is_ok_plays_and_moves(self):
        camera = self.start_simulator().camera

        self.assertEqual(self.probe(camera)[0], 0)
        self.bind(camera)

        self.assertEqual(self.code_of({"play": {"url": self.url}}), 0)
        self.cloud.expect_event(DID, "play", state="playing")
        self.media.expect_publish(DID)
        self.assertEqual(self.code_of(RIGHT), 0)
        until(lambda: camera.position()["pan"] > 0, "the camera moves")
        self.assertEqual(self.code_of({"ptz": {"stop": {}}}), 0)

    def test_q19_a_look_at_a_camera_that_plays_does_not_end_its_picture(self):
        camera = self.start_simulator().camera
        self.bind(camera)
        self.assertEqual(self.code_of({"play": {"url": self.url}}), 0)
        self.cloud.expect_event(DID, "play", state="playing")

        status, result = self.probe(camera, "--no-move")

        self.assertEqual((status, result["stream"]["codec"]), (0, "H264"))
        camera.until_sessions(1)
        self.assertEqual(self.cloud.ask(DID, {"stop": {}}).result, {"stop": {"code": 0}})
        camera.until_sessions(0)

    def test_q11_what_is_warned_of_does_not_play_at_every_server(self):
        camera = self.start_simulator(arguments=H265).camera

        status, result = self.probe(camera, "--no-move")
        self.bind(camera)

        self.assertEqual((status, result["verdict"], result["stream"]["codec"]),
                         (0, "warning", "H265"))
        self.code_of({"play": {"url": self.url}})
        event = self.cloud.expect_event(DID, "play", reason="codec")
        self.assertNotEqual(event.body["data"]["play"]["state"], "playing")


if __name__ == "__main__":
    main()
