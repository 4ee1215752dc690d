#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a stream does not play: one word, one sentence, since when, and when it is tried again."""

import time

from harness import spoils
from harness.house import DID, OTHER_DID, SMALL, SystemTest, configuration
from harness.rtsp_relay import RtspRelay
from harness.runner import main
from harness.simulator import until

# Our clock and the daemon's are one; what lies between two looks at it may take a while.
LATE_MS = 30000


class WhyTest(SystemTest):
    ARGUMENTS = SMALL

    def setUp(self):
        super().setUp()
        self.media = self.start_media()
        self.camera = self.start_simulator("CAMERA", arguments=self.ARGUMENTS).camera

    def bind(self, others=None, url=None, **groups):
        config = configuration(None, {DID: self.camera, **(others or {})}, **groups)
        if url is not None:
            config[f"camera {DID}"]["url"] = url
        self.local = self.keep(self.start_daemon(config).local())
        until(lambda: self.show()["contacted"], "the camera is contacted")

    def show(self):
        cameras = self.local.ask(None, {"cameras": {}})["cameras"]["cameras"]
        (camera,) = [camera for camera in cameras if camera["did"] == DID]
        return camera

    def expect_why(self, word, sentence, url=None, state="retrying"):
        """Plays, and expects the same in the event and in `show`."""
        began_ms = time.time() * 1000
        url = url or self.media.url("why")
        self.assertEqual(self.local.ask(DID, {"play": {"url": url}}), {"play": {"code": 0}})

        event = self.local.expect_event(DID, "play", state=state)["data"]["play"]

        self.assertEqual(event["reason"], word, event)
        self.assertRegex(event["error"], sentence)
        self.assertTrue(began_ms - 1000 <= event["since"] <= began_ms + LATE_MS, event)
        self.assertGreater(event["next"], event["since"])
        shown = self.show()["stream"]
        self.assertEqual((shown["state"], shown["reason"], shown["since"]),
                         (state, word, event["since"]))
        self.assertGreaterEqual(shown["next"], event["next"])


class TestServer(WhyTest):
    def test_its_name_is_unknown(self):
        self.bind()

        self.expect_why("dns", "no-such-host.invalid", "rtmp://no-such-host.invalid/live/x")

    def test_no_way_leads_there(self):
        self.bind()

        # TCP has no way to a group of hosts, whatever this machine is connected to.
        self.expect_why("no-route", "media server 224.0.0.1", "rtmp://224.0.0.1/live/x")

    def test_nobody_listens(self):
        self.bind()

        self.expect_why("refused", "media server 127.0.0.1 port 1: ", "rtmp://127.0.0.1:1/live/x")

    def test_it_refuses_the_publisher(self):
        self.bind()

        self.expect_why("media-server-refused", "media server",
                        self.media.url("x").replace("/live/", "/nowhere/"))

    def test_q10_another_publisher_is_there(self):
        other = self.start_simulator("OTHER", arguments=SMALL).camera
        self.bind({OTHER_DID: other})
        self.local.ask(OTHER_DID, {"play": {"url": self.media.url("why")}})
        self.media.expect_publish("why")

        self.expect_why("publisher-exists", "lready publishing")


class TestCamera(WhyTest):
    def test_q19_no_more_sessions(self):
        self.bind()
        self.camera.fault("Q19", arg="0")

        self.expect_why("session-limit", "453")

    def test_q8_no_data(self):
        self.bind(stream={"start-timeout": 4})
        self.camera.fault("Q8")

        self.expect_why("no-data", "no picture within 4000 ms")

    def test_no_such_stream(self):
        self.bind(url=self.camera.rtsp + "-not")

        self.expect_why("no-such-stream", "404")


class TestSpoiltCamera(WhyTest):
    """What another camera would say or send."""

    def bind_spoilt(self, spoil, **groups):
        self.relay = self.keep(RtspRelay(self.camera.rtsp_port))
        self.relay.spoil = spoil
        self.bind(url=self.camera.rtsp.replace(
            f":{self.camera.rtsp_port}/", f":{self.relay.port}/"), **groups)

    def test_q6_login_refused_then_locked(self):
        self.bind_spoilt(spoils.Stranger())

        for _try in range(2):
            self.expect_why("login-refused", "refuses the login", state="failed")
            self.local.ask(DID, {"stop": {}})
        self.expect_why("locked", "login", state="failed")

    def test_q14_no_key_frame(self):
        self.bind_spoilt(spoils.Units(spoils.without_keys), stream={"start-timeout": 4})

        self.expect_why("no-key-frame", "no key frame within 4000 ms")

    def test_q8_packets_and_no_picture(self):
        self.bind_spoilt(spoils.Units(spoils.hollow), stream={"start-timeout": 4})

        self.expect_why("no-picture", "packets without a picture within 4000 ms")

    def test_q8_silent(self):
        self.bind_spoilt(spoils.Spoil(), stream={"start-timeout": 1})
        self.relay.deaf.set()

        self.expect_why("timed-out", "did not answer within 1000 ms")


class TestH265(WhyTest):
    ARGUMENTS = (*SMALL, "--codec", "h265")

    def test_q11_the_server_does_not_take_it(self):
        self.bind()

        self.expect_why("codec", "H.265", state="failed")


if __name__ == "__main__":
    main()
