#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Broker, camera and media server are killed and come back; the daemon is ended while it plays."""

import signal

from harness import picture
from harness.house import DID, GATEWAY, StreamTest, configuration, expect_subscriptions
from harness.rtmp import RtmpViewer
from harness.runner import main
from harness.simulator import until

# Pauses as short as the configuration allows: it is recovery that is tested, not patience.
SOON = {
    "cloud": {"reconnect-max": 1},
    "stream": {"retry-max": 1, "publisher-wait": 0.3, "stall-timeout": 2, "publish-grace": 5},
}


class RecoverTest(StreamTest):
    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator("NORTHGATE")
        self.camera = self.simulator.camera
        self.daemon = self.start_daemon(
            configuration(self.broker, {DID: self.camera}, **SOON), self.broker)
        self.cloud.expect_register(DID)
        self.assertEqual(
            self.cloud.ask(DID, {"play": {"url": self.url}}).result, {"play": {"code": 0}})
        self.cloud.expect_event(DID, "play", state="playing")
        self.media.expect_publish(DID)

    def assert_pictures_flow(self):
        self.assertTrue(picture.is_moving(picture.grab(self.url, 4)))

    def until_sessions_ever(self, count):
        until(lambda: self.camera.sessions()[1] >= count, f"{count} RTSP sessions")


class TestRecover(RecoverTest):
    def test_broker_killed_and_back(self):
        # When the broker dies and comes back
        self.cloud.messages.take()
        self.broker.kill()
        self.broker.start()
        self.cloud.connect()

        # Then the daemon subscribes again, and the stream has never noticed
        expect_subscriptions(self.broker, self.daemon.config)
        self.assertEqual(self.camera.sessions(), (1, 1))
        self.assertEqual(self.cloud.ask(DID, {"stop": {}}).result, {"stop": {"code": 0}})
        self.media.expect_end(DID)

    def test_the_stream_goes_on_without_a_broker(self):
        self.broker.kill()

        self.assert_pictures_flow()

        self.assertEqual(self.camera.sessions(), (1, 1))
        self.assertEqual(len(self.media.publishers()), 1)

    def test_camera_killed_and_back(self):
        viewer = self.keep(RtmpViewer(self.url))
        viewer.expect_video()

        self.simulator.kill()
        self.cloud.expect_event(DID, "play", state="retrying")
        self.simulator.start()

        self.cloud.expect_event(DID, "play", state="playing")
        self.assert_pictures_flow()
        self.assertEqual(self.simulator.camera.sessions()[0], 1)

    def test_a_short_loss_of_the_camera_keeps_the_publishing_session(self):
        self.simulator.kill()
        self.cloud.expect_event(DID, "play", state="retrying")
        self.simulator.start()

        self.cloud.expect_event(DID, "play", state="playing")
        self.assertEqual(self.media.events.take(), [])
        self.assertEqual(self.media.accepted(), 1)

    def test_media_server_killed_and_back(self):
        self.media.kill()
        event = self.cloud.expect_event(DID, "play", state="retrying")
        self.assertEqual(event.body["data"]["play"]["url"], self.url)
        self.media.start()

        self.media.expect_publish(DID)
        self.cloud.expect_event(DID, "play", state="playing")
        self.assert_pictures_flow()
        self.assertEqual(self.camera.sessions(), (1, 1), "the pull has gone on")

    def test_sigterm_while_playing_leaves_nothing_behind(self):
        self.daemon.terminate()

        self.assertEqual(self.daemon.wait(), 0)
        self.media.expect_end(DID)
        self.camera.until_sessions(0)
        self.assertEqual(self.media.publishers(), {})

    def test_sigterm_ends_within_five_seconds_when_nobody_answers(self):
        # Given peers that hold their connections and say nothing any more
        for part in (self.simulator, self.media, self.broker):
            part.signal(signal.SIGSTOP)

        self.daemon.terminate()

        # 5 s are promised; the rest is for a machine that is busy with other tests.
        self.assertEqual(self.daemon.wait(timeout=10), 0)

    def test_the_cloud_hears_our_goodbye_though_a_camera_keeps_us_waiting(self):
        """A long reply-timeout is the camera's, not the doors'."""
        self.daemon.config["ptz"] = {"reply-timeout": 10}
        self.daemon.write_config()
        self.daemon.reload()
        answer = self.cloud.ask(DID, {"ptz": {"start": {"direction": 3}}})
        self.assertEqual(answer.result, {"ptz": {"code": 0}})
        self.simulator.signal(signal.SIGSTOP)

        self.daemon.terminate()

        self.assertEqual(self.daemon.wait(timeout=10), 0)
        self.broker.expect_log(f"camgate_{GATEWAY} disconnected.")


if __name__ == "__main__":
    main()
