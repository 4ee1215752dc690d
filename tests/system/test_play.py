#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""From a `play` message to pictures at the media server, and back to silence (PROTOCOL.md 4)."""

import os

from harness import picture
from harness.house import DID, OTHER_DID, SMALL, StreamTest, configuration
from harness.process import connections
from harness.rtmp import VIDEO, RtmpViewer
from harness.runner import main


class PlayTest(StreamTest):
    def bind(self, cameras, **groups):
        """Starts the daemon and waits until each camera is registered: events need that."""
        daemon = self.start_daemon(configuration(self.broker, cameras, **groups), self.broker)
        for did in cameras:
            self.cloud.expect_register(did)
        return daemon

    def play(self, url, did=DID, **members):
        answer = self.cloud.ask(did, {"play": {"url": url, **members}})
        self.assertEqual(answer.result, {"play": {"code": 0}})
        return answer

    def play_until_playing(self, url, did=DID, **members):
        self.play(url, did, **members)
        self.cloud.expect_event(did, "play", state="playing", url=url)
        self.media.expect_publish(url.rsplit("/", 1)[1])

    def stop(self, did=DID):
        self.assertEqual(self.cloud.ask(did, {"stop": {}}).result, {"stop": {"code": 0}})


class TestPictures(PlayTest):
    def test_each_camera_arrives_at_its_own_address_moving_and_in_full_size(self):
        # Given two cameras with different names and picture sizes
        north = self.start_simulator("NORTHGATE", arguments=("--size", "1280x720", "--fps", "10"))
        south = self.start_simulator("SOUTHYARD", arguments=SMALL)
        cameras = {DID: north.camera, OTHER_DID: south.camera}
        self.bind(cameras)
        expected = {DID: ("NORTHGATE", (1280, 720)), OTHER_DID: ("SOUTHYARD", (640, 360))}

        # When the cloud plays both
        for did in cameras:
            self.play_until_playing(self.media.url(did), did)

        # Then each address shows its own camera, live
        for did, (name, size) in expected.items():
            with self.subTest(camera=name):
                frames = picture.grab(self.media.url(did), 8)
                self.assertEqual({(f.width, f.height) for f in frames}, {size})
                self.assertTrue(picture.is_moving(frames))
                png = os.path.join(self.folder, f"{name}.png")
                picture.save_png(self.media.url(did), png)
                self.assertIn(name, picture.read_text(png))

    def test_q13_the_event_tells_where_the_time_went(self):
        camera = self.start_simulator().camera
        self.bind({DID: camera})

        self.play(self.media.url("one"))
        event = self.cloud.expect_event(DID, "play", state="playing").body["data"]["play"]

        stages = event["stages"]
        self.assertEqual(set(stages), {"contact", "described", "data", "keyframe", "publisher",
                                       "written"})
        camera_side = [stages[name] for name in ("contact", "described", "data", "keyframe")]
        self.assertEqual(camera_side, sorted(camera_side))
        self.assertGreaterEqual(stages["written"], stages["keyframe"])
        self.assertGreaterEqual(stages["written"], stages["publisher"])

    def test_the_stream_begins_at_zero_with_parameter_sets_and_a_key_frame(self):
        camera = self.start_simulator().camera
        self.bind({DID: camera})
        viewer = self.keep(RtmpViewer(self.media.url("one")))

        self.play(self.media.url("one"))

        tags = [viewer.tags.expect(lambda tag: tag.kind == VIDEO) for _ in range(12)]
        self.assertTrue(tags[0].header and tags[1].key)
        pictures = [tag for tag in tags if not tag.header]
        times = [tag.timestamp for tag in pictures]
        self.assertLess(times[0], 1000)
        self.assertEqual(times, sorted(set(times)), "time stamps rise strictly")


class TestH265(PlayTest):
    """Q11: nginx takes H.264 only, and does not say that it takes more."""

    def setUp(self):
        super().setUp()
        self.camera = self.start_simulator(
            "EASTDOOR", arguments=(*SMALL, "--codec", "h265")).camera

    def test_a_clear_event_where_the_server_does_not_take_it(self):
        self.bind({DID: self.camera})

        self.play(self.url)

        event = self.cloud.expect_event(DID, "play", state="failed").body["data"]["play"]
        self.assertEqual(event["reason"], "codec")
        self.assertIn("H.265", event["error"])
        self.stop()
        self.camera.until_sessions(0)

    def test_h264_is_made_where_the_configuration_asks_for_it(self):
        self.bind({DID: self.camera}, stream={"h265": "transcode"})

        self.play_until_playing(self.url)

        frames = picture.grab(self.url, 8)
        self.assertEqual({(f.width, f.height) for f in frames}, {(640, 360)})
        self.assertTrue(picture.is_moving(frames))
        png = os.path.join(self.folder, "h265.png")
        picture.save_png(self.url, png)
        self.assertIn("EASTDOOR", picture.read_text(png))
        self.assertEqual(self.camera.sessions(), (1, 1))
        self.stop()
        self.camera.until_sessions(0)


class TestOneSession(PlayTest):
    def setUp(self):
        super().setUp()
        self.camera = self.start_simulator().camera
        self.daemon = self.bind({DID: self.camera})

    def assert_one_of_each(self, name):
        self.assertEqual(self.camera.sessions(), (1, 1))
        self.assertEqual(list(self.media.publishers()), [name])
        self.assertEqual(len(self.media.publishers()[name]), 1)
        self.assertEqual(connections(self.daemon.pid, self.camera.rtsp_port), 1)
        self.assertEqual(connections(self.daemon.pid, self.media.port), 1)

    def test_ten_plays_at_once_make_one_rtsp_session_and_one_publisher(self):
        url = self.url

        sent = [self.cloud.send(DID, {"play": {"url": url, "players": n}}) for n in range(10)]

        for mid, _at in sent:
            reply = self.cloud.expect_reply(DID, mid)
            self.assertEqual(reply.body["result"], {"play": {"code": 0}})
        self.cloud.expect_event(DID, "play", state="playing", url=url)
        self.media.expect_publish(DID)
        self.assert_one_of_each(DID)
        self.assertEqual(self.media.accepted(), 1)

    def test_the_same_url_again_restarts_nothing_whatever_players_says(self):
        url = self.url
        self.play_until_playing(url, players=1)
        viewer = self.keep(RtmpViewer(url))

        for players in (0, 3, 1):
            self.play(url, players=players)

        viewer.expect_video(key=True)
        self.assert_one_of_each(DID)
        self.assertEqual(self.media.events.take(), [])

    def test_another_url_moves_the_push_and_keeps_the_pull(self):
        self.play_until_playing(self.media.url("first"))

        self.play_until_playing(self.media.url("second"))

        self.media.expect_end("first")
        self.keep(RtmpViewer(self.media.url("second"))).expect_video(key=True)
        self.assert_one_of_each("second")

    def test_stop_ends_both_and_says_so(self):
        url = self.url
        self.play_until_playing(url)

        self.stop()

        self.cloud.expect_event(DID, "play", state="stopped", url=url)
        self.media.expect_end(DID)
        self.camera.until_sessions(0)
        self.assertEqual(self.media.publishers(), {})
        self.assertEqual(self.daemon.process.status, None)

    def test_stop_when_nothing_runs_is_no_error(self):
        self.stop()

        self.assertEqual(self.camera.sessions(), (0, 0))

    def test_it_plays_again_after_a_stop(self):
        for time in (1, 2):
            self.play_until_playing(self.url)
            self.stop()
            self.media.expect_end(DID)
            self.camera.until_sessions(0)
            self.assertEqual(self.camera.sessions(), (0, time))

    def test_stop_while_it_still_begins_leaves_nothing_behind(self):
        play, _at = self.cloud.send(DID, {"play": {"url": self.url}})
        stop, _at = self.cloud.send(DID, {"stop": {"reason": "changed my mind"}})

        for mid in (play, stop):
            self.cloud.expect_reply(DID, mid)
        self.cloud.expect_event(DID, "play", state="stopped")

        self.camera.until_sessions(0)
        self.assertEqual(self.media.publishers(), {})


if __name__ == "__main__":
    main()
