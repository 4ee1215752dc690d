#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A recorder's channels, each a camera of its own with a did of its own (Q60)."""

from harness.house import DID, GATEWAY, OTHER_DID, CloudTest, configuration
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, until

THIRD_DID = "001122334477"
FIXED = {"ptz": {"start": {"direction": 3}}}
NO_PTZ = 60000


class TestChannels(CloudTest):
    """Channels 1 and 3 are fixed, 2 and 4 have a head."""

    def setUp(self):
        super().setUp()
        self.recorder = self.start_simulator().camera
        self.recorder.fault("Q60", arg="4")
        self.history = []
        self.daemon = self.start_daemon(configuration(self.broker), self.broker)
        self.cloud.expect_register(GATEWAY)
        self.local = self.keep(self.daemon.local())

    def entry(self, did, channel, **members):
        return {"did": did, "address": f"{self.recorder.address}/{channel}", "username": USERNAME,
                "password": PASSWORD, **members}

    def entries(self):
        return [self.entry(DID, 1), self.entry(OTHER_DID, 2, name="dome"),
                {**self.entry(THIRD_DID, 1), "address": self.recorder.address,
                 "profile": "sub-4"}]

    def write(self, entries):
        result = self.cloud.ask(GATEWAY, {"config": {"write": {"camera": entries}}}).result
        self.assertEqual(result, {"config": {"write": {"code": 0}}})

    def bind(self):
        self.write(self.entries())
        for did in (DID, OTHER_DID, THIRD_DID):
            self.broker.expect_subscription(f"actions/{did}")
        for did in (DID, OTHER_DID, THIRD_DID):
            self.cloud.expect_register(did)

    def cameras(self):
        return {c["did"]: c for c in self.local.ask(None, {"cameras": {}})["cameras"]["cameras"]}

    def result(self, did, data):
        (service,) = data
        return self.cloud.ask(did, data).result[service]

    def heads(self):
        """Profiles whose head was looked at while it moved."""
        until(lambda: any(r["op"] == "ContinuousMove" for r in self.asked()), "the move")
        return {r["args"]["profile"] for r in self.asked() if r["op"] == "GetStatus"}

    def asked(self):
        self.history += self.recorder.requests()
        return self.history

    def test_each_is_bound_and_tells_of_itself(self):
        self.bind()

        cameras = self.cameras()
        self.assertEqual({did: camera["address"] for did, camera in cameras.items()}, {
            DID: f"{self.recorder.address}/1", OTHER_DID: f"{self.recorder.address}/2",
            THIRD_DID: self.recorder.address})
        self.assertEqual(cameras[OTHER_DID]["name"], "dome")
        for did in (DID, OTHER_DID, THIRD_DID):
            read = self.result(did, {"device": {"read": {}}})["read"]
            self.assertEqual((read["deviceType"], read["errorCode"]), ("camera", 0))
            self.assertTrue(self.result(did, {"connectivity": {"read": {}}})["read"]["online"])
        until(lambda: [m for m in self.cloud.history if m.body.get("type") == "register"
                       and m.body["did"] == GATEWAY
                       and sorted(m.body["data"]["nodes"]) == sorted([DID, OTHER_DID, THIRD_DID])],
              "registration with all channels")

    def test_the_one_with_a_head_moves_and_keeps_its_presets(self):
        self.bind()

        self.assertEqual(self.result(DID, FIXED)["code"], NO_PTZ)
        self.assertEqual(self.result(OTHER_DID, FIXED), {"code": 0})
        self.assertEqual(self.result(OTHER_DID, {"ptz": {"stop": {}}}), {"code": 0})
        self.assertIn("main-2", self.heads())
        self.recorder.requests()

        self.assertEqual(self.result(OTHER_DID, {"preset": {"set": {"index": 5, "name": "gate"}}}),
                         {"code": 0})
        self.assertEqual(self.result(OTHER_DID, {"preset": {"list": {}}})["presets"],
                         [{"index": 5, "name": "gate"}])
        self.assertEqual({r["args"]["profile"] for r in self.recorder.requests("GetPresets")},
                         {"main-2"})
        self.assertEqual(self.result(DID, {"preset": {"list": {}}})["code"], NO_PTZ)
        self.assertTrue(self.local.ask(OTHER_DID, {"ptz": {"status": {}}})["ptz"]["contacted"])

    def test_each_plays_its_own_picture(self):
        media = self.start_media()
        self.bind()
        for did in (DID, OTHER_DID):
            self.cloud.ask(did, {"play": {"url": media.url(did)}})
            media.expect_publish(did)
            self.cloud.expect_event(did, "play", state="playing")
        asked = {r["args"]["profile"]
                 for r in self.recorder.requests("GetStreamUri", "GetStreamUri2")}
        self.assertLessEqual({"main", "main-2"}, asked)
        self.assertEqual(self.recorder.sessions()[0], 2)

        self.cloud.ask(DID, {"stop": {}})

        media.expect_end(DID)
        self.recorder.until_sessions(1)
        self.assertEqual(self.result(OTHER_DID, {"statistics": {"read": {}}})["read"]["reconnects"],
                         0)

    def test_another_channel_is_another_camera(self):
        """Only the did whose channel changes is restarted."""
        media = self.start_media()
        self.bind()
        self.cloud.ask(OTHER_DID, {"play": {"url": media.url(OTHER_DID)}})
        media.expect_publish(OTHER_DID)
        self.cloud.expect_event(OTHER_DID, "play", state="playing")
        entries = self.entries()
        entries[0] = self.entry(DID, 4)

        self.write(entries)

        until(lambda: self.cameras()[DID]["contacted"], "contact with the other channel")
        self.assertEqual(self.result(DID, FIXED), {"code": 0})
        self.assertEqual(self.result(DID, {"ptz": {"stop": {}}}), {"code": 0})
        self.assertIn("main-4", self.heads())
        self.assertEqual(self.recorder.sessions(), (1, 1))

    def test_a_channel_that_is_not_there(self):
        self.write([self.entry(DID, 1), self.entry(OTHER_DID, 9)])

        self.cloud.expect_register(DID)
        until(lambda: "9" in self.cameras()[OTHER_DID].get("error", ""), "why")
        self.assertFalse(self.cameras()[OTHER_DID]["contacted"])
        self.assertEqual(self.result(DID, {"ptz": {"stop": {}}})["code"], NO_PTZ)


if __name__ == "__main__":
    main()
