#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One pull, many viewers on the LAN (`stream.restream`): real viewers, one camera session."""

import os
import socket
import time

from harness import viewer
from harness.house import DID, OTHER_DID, SMALL, SystemTest, configuration
from harness.process import Port
from harness.runner import main
from harness.simulator import until
from harness.viewer import PASSWORD, USER, GstViewer


def thread_names(pid):
    names = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            names.append(file.read().strip())
    return names


class RestreamTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.port = self.keep(Port())
        self.keys = {"restream": f"rtsp://127.0.0.1:{self.port}", "restream-user": USER,
                     "restream-password": PASSWORD, "publish-grace": 1}

    def url(self, did=DID):
        return f"rtsp://127.0.0.1:{self.port}/{did}"

    def bind(self, simulator, **stream):
        config = configuration(cameras={DID: simulator.camera}, stream={**self.keys, **stream})
        daemon = self.start_daemon(config)
        daemon.expect_log("in contact")
        return daemon


class TestViewers(RestreamTest):
    def test_ffmpeg_sees_clean_pictures_and_sound_by_tcp_and_udp(self):
        simulator = self.start_simulator(arguments=(*SMALL, "--audio", "aac"))
        self.bind(simulator)

        for transport in ("tcp", "udp"):
            with self.subTest(transport=transport):
                seen, complaints = viewer.probe(self.url(), transport, seconds=2)

                self.assertEqual(complaints, "")
                self.assertEqual([s["codec_name"] for s in seen["streams"]], ["h264", "aac"])
                self.assertEqual((seen["streams"][0]["width"], seen["streams"][0]["height"]),
                                 (640, 360))
                for index in (0, 1):
                    times = [int(p["dts"]) for p in seen["packets"]
                             if p["stream_index"] == index and "dts" in p]
                    self.assertGreater(len(times), 10)
                    self.assertEqual(times, sorted(set(times)))

        # One after the other within the grace time: the camera saw one session.
        self.assertEqual(simulator.camera.sessions()[1], 1)
        simulator.camera.until_sessions(0)

    def test_ten_viewers_are_one_session_at_the_camera(self):
        simulator = self.start_simulator()
        daemon = self.bind(simulator)
        client = daemon.local()
        url = self.url()

        viewers = [self.keep(GstViewer(url, transport=("tcp", "udp")[i % 2])) for i in range(10)]
        for one in viewers:
            one.expect_pictures()

        self.assertEqual(simulator.camera.sessions(), (1, 1))
        self.assertEqual(client.ask(None, {"status": {}})["status"]["restream"],
                         {"url": self.keys["restream"], "viewers": 10})
        shown = client.ask(None, {"cameras": {}})["cameras"]["cameras"][0]["stream"]
        self.assertEqual(shown["viewers"], 10)
        # One thread for them all, beside those of the pull; it is there before any of them.
        threads = [name for name in thread_names(daemon.pid) if name == "restream"]
        self.assertEqual(threads, ["restream"])
        for one in viewers:
            one.close()
        simulator.camera.until_sessions(0)

    def test_a_push_and_a_viewer_share_the_pull(self):
        simulator, media = self.start_simulator(), self.start_media()
        daemon = self.bind(simulator)
        client = daemon.local()
        client.ask(DID, {"play": {"url": media.url("one")}})
        media.expect_publish("one")

        frames, complaints = viewer.grab(self.url(), 5)
        client.ask(DID, {"stop": {}})
        media.expect_end("one")

        self.assertEqual((len(frames), complaints), (5, ""))
        self.assertEqual(simulator.camera.sessions()[1], 1)
        simulator.camera.until_sessions(0)

    def test_h265_is_shown_as_it_comes(self):
        simulator = self.start_simulator(arguments=(*SMALL, "--codec", "h265"))
        self.bind(simulator)

        frames, complaints = viewer.grab(self.url(), 5, "udp")

        self.assertEqual(complaints, "")
        self.assertEqual({(f.width, f.height) for f in frames}, {(640, 360)})
        one = self.keep(GstViewer(self.url(), "h265"))
        one.expect_pictures()


class TestRefusals(RestreamTest):
    def test_who_does_not_know_the_login_sees_nothing(self):
        simulator = self.start_simulator()
        self.bind(simulator)

        seen, complaints = viewer.probe(self.url(), password="wrong")

        self.assertIn("401", complaints)
        self.assertEqual(seen, {})
        self.assertEqual(simulator.camera.sessions(), (0, 0))

    def test_an_unknown_did_is_not_found(self):
        self.bind(self.start_simulator())

        _, complaints = viewer.probe(self.url(OTHER_DID))

        self.assertIn("404", complaints)

    def test_a_camera_that_is_away_is_told_within_the_bound(self):
        simulator = self.start_simulator()
        self.bind(simulator)
        simulator.kill()
        began = time.monotonic()

        _, complaints = viewer.probe(self.url())

        self.assertIn("503", complaints)
        self.assertLess(time.monotonic() - began, 15)

    def test_a_camera_that_comes_back_goes_on_in_the_same_session(self):
        simulator = self.start_simulator()
        self.bind(simulator)
        one = self.keep(GstViewer(self.url()))
        one.expect_pictures()

        simulator.kill()
        simulator.start()

        simulator.camera.until_sessions(1)
        one.expect_pictures(30)


class TestSettings(RestreamTest):
    def test_reload_moves_the_port_and_changes_the_login(self):
        simulator = self.start_simulator()
        daemon = self.bind(simulator)
        one = self.keep(GstViewer(self.url()))
        one.expect_pictures()
        other = self.keep(Port())

        daemon.config["stream"]["restream"] = f"rtsp://127.0.0.1:{other}"
        daemon.write_config()
        daemon.reload()

        daemon.expect_log(f"let in at rtsp://127.0.0.1:{other}")
        self.port = other
        frames, _ = viewer.grab(self.url(), 2)
        self.assertEqual(len(frames), 2)

        del daemon.config["stream"]["restream"]
        daemon.write_config()
        daemon.reload()
        simulator.camera.until_sessions(0)
        with self.assertRaises(ConnectionRefusedError):
            viewer.ask(int(str(other)), f"OPTIONS {self.url()} RTSP/1.0")

    def test_reload_changes_the_login(self):
        simulator = self.start_simulator()
        daemon = self.bind(simulator)
        self.assertIn("401", viewer.probe(self.url(), password="new")[1])

        daemon.config["stream"]["restream-password"] = "new"
        daemon.write_config()
        daemon.reload()

        self.assertIn("401", viewer.probe(self.url())[1])
        self.assertEqual(viewer.probe(self.url(), password="new")[1], "")

    def test_a_camera_that_is_configured_anew_is_watched_anew(self):
        simulator = self.start_simulator()
        other = self.start_simulator(name="OTHER")
        daemon = self.bind(simulator)
        one = self.keep(GstViewer(self.url()))
        one.expect_pictures()

        daemon.config[f"camera {DID}"] = configuration(cameras={DID: other.camera})[f"camera {DID}"]
        daemon.write_config()
        daemon.reload()

        simulator.camera.until_sessions(0)
        until(lambda: viewer.probe(self.url())[1] == "", "a picture of the other camera")
        self.assertGreater(other.camera.sessions()[1], 0)

    def test_a_port_that_is_taken_is_told_and_tried_again(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port = taken.getsockname()[1]
            self.keys["restream"] = f"rtsp://127.0.0.1:{self.port}"
            simulator = self.start_simulator()
            daemon = self.bind(simulator)
            daemon.expect_log("Address already in use")
            status = daemon.local().ask(None, {"status": {}})["status"]
            self.assertIn("Address already in use", status["restream"]["trouble"])

        # Nothing else suffers, and the port is taken when it is free.
        daemon.expect_log("let in at")
        frames, _ = viewer.grab(self.url(), 2)
        self.assertEqual(len(frames), 2)

    def test_terminate_with_viewers_is_clean_and_quick(self):
        simulator = self.start_simulator()
        daemon = self.bind(simulator)
        viewers = [self.keep(GstViewer(self.url())) for _ in range(3)]
        for one in viewers:
            one.expect_pictures()

        daemon.terminate()

        self.assertEqual(daemon.wait(5), 0)
        simulator.camera.until_sessions(0)

    def test_without_a_login_only_loopback_is_let_in(self):
        config = configuration(stream={"restream": "rtsp://0.0.0.0:8554"})
        daemon = self.make_daemon(config)
        daemon.write_config()

        daemon.spawn("--check-config")

        self.assertEqual(daemon.wait(), 78)
        self.assertIn("restream=rtsp://0.0.0.0:8554: restream-user", daemon.tail())


if __name__ == "__main__":
    main()
