#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A still picture: of the stream that runs, else of the camera itself (Q58)."""

import json
import os
import subprocess

from harness import picture
from harness.daemon import CAMGATECTL
from harness.house import DID, SMALL, SystemTest, configuration
from harness.mailbox import WATCHDOG_S
from harness.runner import main


class SnapshotTest(SystemTest):
    def bind(self, *arguments):
        self.camera = self.start_simulator("NORTHGATE", arguments=(*SMALL, *arguments)).camera
        self.daemon = self.start_daemon(configuration(cameras={DID: self.camera}))
        self.daemon.expect_log("in contact")

    def play(self):
        media = self.start_media()
        client = self.daemon.local()
        client.ask(DID, {"play": {"url": media.url("one")}})
        client.expect_event(DID, "play", state="playing")

    def snapshot(self, *arguments, path="shot.jpg"):
        words = [] if path is None else [os.path.join(self.folder, path)]
        done = subprocess.run(
            [CAMGATECTL, "--socket", self.daemon.socket_path, "snapshot", DID, *words, *arguments],
            capture_output=True, check=False, timeout=WATCHDOG_S)
        file = words[0] if words else os.path.join(self.folder, "other.jpg")
        return done.returncode, done.stdout.decode(), done.stderr.decode(), file

    def assert_shows(self, path, name, size):
        seen = json.loads(subprocess.run(
            ["ffprobe", "-loglevel", "error", "-show_streams", "-of", "json", path],
            capture_output=True, check=True, timeout=WATCHDOG_S).stdout)["streams"][0]
        self.assertEqual((seen["codec_name"], seen["width"], seen["height"]), ("mjpeg", *size))
        self.assertIn(name, picture.read_text(path))


class TestStream(SnapshotTest):
    def test_the_last_key_frame_costs_the_camera_nothing(self):
        self.bind()
        self.play()

        status, said, _, path = self.snapshot()

        self.assertEqual(status, 0)
        self.assertIn("from the stream", said)
        self.assert_shows(path, "NORTHGATE", (640, 360))
        self.assertEqual(self.camera.sessions(), (1, 1))
        self.assertEqual(self.camera.requests("GetSnapshotUri", "Snapshot"), [])

    def test_many_at_once_get_the_same(self):
        self.bind()
        self.play()
        client = self.daemon.local()

        for i in range(20):
            client.send(DID, {"snapshot": {}}, f"m{i}")
        answers = [client.messages.expect(lambda m, mid=f"m{i}": m.get("mid") == mid, "a picture")
                   for i in range(20)]

        pictures = {answer["result"]["snapshot"]["jpeg"] for answer in answers}
        self.assertLessEqual(len(pictures), 2)

    def test_standby_has_a_picture_without_anybody_who_plays(self):
        self.bind()
        self.daemon.config["stream"] = {"standby": "connected"}
        self.daemon.write_config()
        self.daemon.reload()
        self.daemon.expect_log("pictures come")

        status, said, _, path = self.snapshot("-o", os.path.join(self.folder, "other.jpg"),
                                              path=None)

        self.assertEqual(status, 0)
        self.assertIn("from the stream", said)
        self.assert_shows(path, "NORTHGATE", (640, 360))
        self.assertEqual(self.camera.sessions(), (1, 1))

    def test_h265_is_a_picture_too(self):
        # An RTMP server that does not take it still lets the camera's stream run.
        self.bind("--codec", "h265")
        self.daemon.config["stream"] = {"h265": "send"}
        self.daemon.write_config()
        self.daemon.reload()
        self.play()

        _, said, _, path = self.snapshot()

        self.assertIn("from the stream", said)
        self.assert_shows(path, "NORTHGATE", (640, 360))


class TestCamera(SnapshotTest):
    def test_without_a_stream_the_camera_takes_it_itself(self):
        self.bind()

        status, said, _, path = self.snapshot("--json")

        self.assertEqual(status, 0)
        answer = json.loads(said)["result"]
        self.assertEqual((answer["code"], answer["source"]), (0, "camera"))
        self.assertEqual(answer["bytes"], os.path.getsize(path))
        with open(path, "rb") as file:
            self.assertEqual(file.read(3), b"\xff\xd8\xff")
        self.assertEqual(len(self.camera.requests("Snapshot")), 1)
        self.assertEqual(self.camera.sessions(), (0, 0))

    def test_q58_it_is_not_asked_all_the_time(self):
        self.bind()
        self.camera.fault("Q58", arg="busy")

        client = self.daemon.local()
        codes = [client.ask(DID, {"snapshot": {}})["snapshot"]["code"] for _ in range(3)]

        self.assertEqual(codes, [0, 500, 500])
        self.assertEqual(len(self.camera.requests("Snapshot")), 1)

    def test_q58_its_login_may_be_another(self):
        self.bind()
        self.camera.fault("Q58", arg="basic")

        self.assertEqual(self.snapshot()[0], 0)

    def test_who_cannot_write_the_file_is_told(self):
        self.bind()

        status, _, complaint, path = self.snapshot(path="no/way/shot.jpg")

        self.assertEqual(status, 1)
        self.assertIn("no/way/shot.jpg", complaint)
        self.assertFalse(os.path.exists(path))

    def test_a_camera_that_is_away_has_none(self):
        simulator = self.start_simulator()
        config = configuration(cameras={DID: simulator.camera}, ptz={"reply-timeout": 0.5})
        self.daemon = self.start_daemon(config)
        self.daemon.expect_log("in contact")
        simulator.kill()

        status, _, complaint, _ = self.snapshot()

        self.assertEqual(status, 1)
        self.assertIn("18002", complaint)


if __name__ == "__main__":
    main()
