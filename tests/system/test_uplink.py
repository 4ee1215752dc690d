#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A line that is too slow for the main picture, or a budget that it exceeds."""

import time

from harness import uplink
from harness.farend import FarEnd
from harness.house import DID, OTHER_DID, SystemTest, configuration
from harness.process import Port
from harness.rtmp import VIDEO
from harness.runner import main
from harness.simulator import until
from harness.viewer import PASSWORD, USER, GstViewer

HAS_NETWORK = uplink.leave_network()

# The main picture is filled up to its rate, the small one is far below.
LARGE = ("--size", "640x360", "--fps", "10", "--gop", "1", "--bitrate", "3000", "--audio", "aac")
ENDLESS = (*LARGE[:4], "--gop", "3600", "--bitrate", "3000")
MAIN_SIZE, SMALL_SIZE = (640, 360), (320, 180)
SLOW, FAST = 900, 100000
SOON = {"uplink-retry": 12}
# Eight seconds wait in the queue, four of drops follow, and the machine may be busy.
LATE_S = 60
# What was on its way when the line widened has come by then.
SOON_S = 12


class UplinkTest(SystemTest):
    ARGUMENTS = LARGE

    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator(count=2, arguments=self.ARGUMENTS)
        self.media = self.start_media()

    def bind(self, cameras, keys=None, **stream):
        config = configuration(cameras=cameras, stream={**SOON, **stream})
        for number, did in enumerate(cameras):
            config[f"camera {did}"].update({"importance": number, **(keys or {})})
        daemon = self.start_daemon(config)
        for _ in cameras:
            daemon.expect_log("in contact")
        return daemon

    def show(self, client, did):
        cameras = client.ask(None, {"cameras": {}})["cameras"]["cameras"]
        return next(camera for camera in cameras if camera["did"] == did)

    def expect_playing(self, client, did, reason):
        """An event that it plays, and why not the main picture."""
        def matches(message):
            event = message.get("data", {}).get("play", {})
            return (message.get("did") == did and event.get("state") == "playing"
                    and event.get("reason") == reason)
        return client.messages.expect(matches, f"playing ({reason})", LATE_S)["data"]["play"]

    def expect_other_picture(self, far, before):
        """Waits for pictures that go with other parameter sets than `before`; returns these."""
        deadline = time.monotonic() + LATE_S
        while True:
            far.expect_flow(time.monotonic(), timeout=deadline - time.monotonic())
            header = [tag.payload for tags in far.pieces() for tag in tags
                      if tag.kind == VIDEO and tag.header][-1]
            if header != before:
                return header


class TestLine(UplinkTest):
    def test_it_narrows_and_widens(self):
        camera = self.simulator.cameras[0]
        line = self.keep(uplink.Line(int(self.media.port), HAS_NETWORK))
        line.set_rate(FAST)
        client = self.bind({DID: camera}).local()
        client.ask(DID, {"play": {"url": line.url("one")}})
        self.expect_playing(client, DID, None)
        far = self.keep(FarEnd(self.media.url("one")))
        main_picture = self.expect_other_picture(far, None)

        line.set_rate(SLOW)
        event = self.expect_playing(client, DID, "uplink-too-slow")
        small_picture = self.expect_other_picture(far, main_picture)

        self.assertIn("the small one is sent", event["error"])
        self.assertEqual(self.show(client, DID)["profile"], "sub")
        self.assertEqual(camera.sessions(), (1, 2))

        line.set_rate(FAST)
        event = self.expect_playing(client, DID, None)
        last_picture = self.expect_other_picture(far, small_picture)

        self.assertNotIn("error", event)
        self.assertEqual(last_picture, main_picture)
        self.assertEqual(self.show(client, DID)["profile"], "main")
        self.assertEqual(camera.sessions(), (1, 3))
        self.assertEqual(list(self.media.publishers()), ["one"])
        self.assertEqual(far.judge(self.folder), [])
        self.assertEqual(far.sizes(self.folder), [MAIN_SIZE, SMALL_SIZE, MAIN_SIZE])


class TestEndlessGroup(UplinkTest):
    """Q14: what a slow line has cost is the rest of the group: minutes, if nobody asks."""

    ARGUMENTS = ENDLESS

    def test_pictures_flow_when_the_line_is_well_again(self):
        camera = self.simulator.cameras[0]
        line = self.keep(uplink.Line(int(self.media.port), HAS_NETWORK))
        line.set_rate(FAST)
        # A camera without another picture to change to.
        client = self.bind({DID: camera}, {"protocol": "rtsp", "url": camera.rtsp}).local()
        far = self.keep(FarEnd(self.media.url("one")))
        client.ask(DID, {"play": {"url": line.url("one")}})
        far.expect_flow(time.monotonic())

        line.set_rate(SLOW)
        until(lambda: self.show(client, DID)["stream"]["dropped"] > 0, "something is dropped")
        line.set_rate(FAST)
        well = time.monotonic()
        took_s = far.expect_flow(well, for_s=SOON_S) - well

        print(f"# the first picture after {took_s:.1f} s")
        self.assertEqual(camera.sessions(), (1, 1))
        self.assertEqual(list(self.media.publishers()), ["one"])
        self.assertEqual(far.judge(self.folder), [])


class TestBudget(UplinkTest):
    def test_the_least_important_gives_way_and_comes_back(self):
        cameras = dict(zip((DID, OTHER_DID), self.simulator.cameras))
        port = self.keep(Port())
        client = self.bind(cameras, **{
            "uplink-kbps": 4500, "restream": f"rtsp://127.0.0.1:{port}", "restream-user": USER,
            "restream-password": PASSWORD}).local()
        viewer = self.keep(GstViewer(f"rtsp://127.0.0.1:{port}/{DID}"))
        viewer.expect_size(*MAIN_SIZE)

        for did in cameras:
            client.ask(did, {"play": {"url": self.media.url(did)}})
        for did in cameras:
            self.expect_playing(client, did, None)
        event = self.expect_playing(client, DID, "uplink-budget")

        self.assertIn("uplink-kbps", event["error"])
        self.assertEqual(self.show(client, DID)["profile"], "sub")
        self.assertEqual(self.show(client, OTHER_DID)["profile"], "main")
        uplink = client.ask(None, {"status": {}})["status"]["uplink"]
        self.assertEqual((uplink["budget"], uplink["small"]), (4500, 1))
        viewer.expect_size(*SMALL_SIZE)

        client.ask(OTHER_DID, {"stop": {}})
        self.expect_playing(client, DID, None)
        viewer.expect_size(*MAIN_SIZE)

        self.assertEqual(client.ask(None, {"status": {}})["status"]["uplink"]["small"], 0)
        self.assertEqual(cameras[DID].sessions(), (1, 3))
        self.assertEqual(cameras[OTHER_DID].sessions()[1], 1)

    def test_a_small_picture_that_never_comes_is_none(self):
        camera = self.simulator.cameras[0]
        client = self.bind({DID: camera}, **{"uplink-kbps": 1000, "start-timeout": 2}).local()
        client.ask(DID, {"play": {"url": self.media.url("one")}})
        self.expect_playing(client, DID, None)

        camera.fault("Q13", arg=60000)
        client.expect_event(DID, "play", state="retrying")
        camera.fault("Q13", on=False)
        self.expect_playing(client, DID, None)

        self.assertEqual(self.show(client, DID)["profile"], "main")


if __name__ == "__main__":
    main()
