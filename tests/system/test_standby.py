#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Warm standby (`stream.standby=connected`): the picture is there before anybody asks (Q13)."""

import time

from harness.house import DID, SystemTest, configuration
from harness.runner import main
from harness.simulator import until

# Key frames are far apart, as cameras have them.
CAMERA = ("--size", "640x360", "--fps", "10", "--gop", "4", "--bitrate", "500")
# One group of pictures in which more goes by than the hub keeps (Q14), in no time.
ENDLESS = ("--size", "640x360", "--fps", "10", "--gop", "3600", "--bitrate", "24000")
ASKED = ("SetSynchronizationPoint", "PLI")
KEPT_BYTES = 8 * 1024 * 1024


class StandbyTest(SystemTest):
    ARGUMENTS = CAMERA

    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator(arguments=self.ARGUMENTS)
        self.camera = self.simulator.camera

    def bind(self, keys=None, **stream):
        config = configuration(cameras={DID: self.camera}, stream={"publish-grace": 1, **stream})
        config[f"camera {DID}"].update(keys or {})
        self.daemon = self.start_daemon(config)
        self.client = self.daemon.local()
        self.daemon.expect_log("in contact")

    def play(self, media, name="one"):
        """Returns how long the first picture took, and where the time went."""
        began = time.monotonic()
        self.client.ask(DID, {"play": {"url": media.url(name)}})
        event = self.client.expect_event(DID, "play", state="playing", url=media.url(name))
        return time.monotonic() - began, event["data"]["play"]["stages"]

    def reload(self, **stream):
        self.daemon.config["stream"].update(stream)
        self.daemon.write_config()
        self.daemon.reload()


class TestConnected(StandbyTest):
    def test_the_first_picture_is_there_at_once(self):
        media = self.start_media()
        self.bind()
        cold_s, stages = self.play(media)
        self.assertIn("keyframe", stages)
        self.client.ask(DID, {"stop": {}})
        self.camera.until_sessions(0)

        self.reload(standby="connected")
        self.camera.until_sessions(1)
        self.daemon.expect_log("pictures come")
        warm_s, stages = self.play(media, "two")

        # Nothing of the camera was waited for, and it has one session still.
        self.assertEqual(set(stages), {"publisher", "written"})
        self.assertEqual(self.camera.sessions(), (1, 2))
        print(f"# first picture: standby=none {cold_s * 1000:.0f} ms, "
              f"standby=connected {warm_s * 1000:.0f} ms")

        self.client.ask(DID, {"stop": {}})
        self.client.expect_event(DID, "play", state="stopped")
        self.assertEqual(self.camera.sessions(), (1, 2))
        self.reload(standby="none")
        self.camera.until_sessions(0)

    def test_a_camera_that_was_away_stands_by_again(self):
        self.bind(standby="connected", **{"retry-max": 1})
        self.camera.until_sessions(1)

        self.simulator.kill()
        self.simulator.start()
        self.camera = self.simulator.camera

        self.camera.until_sessions(1)

    def test_q19_who_has_no_session_left_is_not_pressed(self):
        media = self.start_media()
        self.camera.fault("Q19", arg=0)
        self.bind(standby="connected")

        # The standby gives way for five minutes ...
        self.daemon.expect_log("next try in 300.0 s")

        # ... but whoever asks for the picture does not wait for that.
        self.camera.fault("Q19", on=False)
        self.play(media)
        self.assertEqual(self.camera.sessions(), (1, 1))

    def test_terminate_takes_leave_of_the_camera(self):
        self.bind(standby="connected")
        self.camera.until_sessions(1)

        self.daemon.terminate()

        self.assertEqual(self.daemon.wait(5), 0)
        self.camera.until_sessions(0)


class TestEndlessGroup(StandbyTest):
    """Q14: who comes late asks for a key frame, and the camera's session stays."""

    ARGUMENTS = ENDLESS

    def show(self):
        (camera,) = self.client.ask(None, {"cameras": {}})["cameras"]["cameras"]
        return camera["stream"]

    def play_late(self, word, **keys):
        media = self.start_media()
        self.bind(keys, standby="connected")
        self.daemon.expect_log("pictures come")
        # A key frame or two were asked for at the beginning.
        until(lambda: self.show()["bytes"] > 1.5 * KEPT_BYTES, "more has come than is kept")
        self.camera.requests()

        self.play(media)

        self.assertEqual([asked["op"] for asked in self.camera.requests(*ASKED)], [word])
        self.assertEqual(self.camera.sessions(), (1, 1))

    def test_it_is_asked_by_onvif(self):
        self.play_late("SetSynchronizationPoint")

    def test_it_is_asked_by_rtcp(self):
        self.play_late("PLI", protocol="rtsp", url=self.camera.rtsp)


if __name__ == "__main__":
    main()
