#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""PTZ from the cloud to the camera: what it is asked, where it ends (PROTOCOL.md 4, Q1, Q61)."""

from harness.cloud import now_ms
from harness.house import DID, SMALL, CloudTest, configuration
from harness.runner import main
from harness.simulator import until

# direction: (pan, tilt, zoom) as signs; None is an axis that must not be asked for (Q33)
DIRECTIONS = {
    0: (0, 1, None), 1: (0, -1, None), 2: (-1, 0, None), 3: (1, 0, None),
    4: (-1, 1, None), 5: (-1, -1, None), 6: (1, 1, None), 7: (1, -1, None),
    8: (None, None, 1), 9: (None, None, -1),
}
SPEEDS = {0: 0.33, 1: 0.66, 2: 1.0, None: 0.66, 3: 1.0, 100: 1.0}


class PtzTest(CloudTest):
    """`ptz` sends one request and expects code 0."""

    arguments = SMALL
    keys = {}

    def setUp(self):
        super().setUp()
        self.camera = self.start_simulator(arguments=self.arguments).camera
        self.daemon = self.start_daemon(
            configuration(self.broker, {DID: self.camera}, ptz=self.keys), self.broker)
        self.cloud.expect_register(DID)

    def ask(self, service, data, **members):
        return self.cloud.ask(DID, {service: data}, **members).result[service]

    def start(self, direction, **members):
        self.assertEqual(self.ask("ptz", {"start": {"direction": direction, **members}}),
                         {"code": 0})

    def stop(self):
        self.assertEqual(self.ask("ptz", {"stop": {}}), {"code": 0})

    def moves(self):
        return [r["args"] for r in self.camera.requests("ContinuousMove")]


class TestMoves(PtzTest):
    def test_each_direction_asks_for_its_axes_alone(self):
        for direction, (pan, tilt, zoom) in DIRECTIONS.items():
            with self.subTest(direction=direction):
                self.camera.control("position", {"pan": 0, "tilt": 0, "zoom": 0.5})
                self.camera.requests()

                self.start(direction, speed=1)
                move = self.moves()[0]
                self.stop()

                for name, sign in (("pan", pan), ("tilt", tilt), ("zoom", zoom)):
                    wanted = None if sign is None else 0.66 * sign
                    self.assert_close(move[name], wanted, name)

    def test_three_speeds(self):
        for speed, fraction in SPEEDS.items():
            with self.subTest(speed=speed):
                self.camera.control("position", {"pan": 0, "tilt": 0})
                self.start(3, **({} if speed is None else {"speed": speed}))
                self.assert_close(self.moves()[0]["pan"], fraction, "pan")
                self.stop()

    def test_the_camera_moves_until_it_is_stopped(self):
        self.start(3, speed=0)
        until(lambda: self.camera.position()["pan"] > 0.01, "the camera moves right")
        self.stop()

        there = self.camera.until_still()

        self.assertGreater(there["pan"], 0.01)
        self.assertEqual(there["tilt"], 0)
        self.assertNotEqual(self.camera.requests("Stop"), [])

    def test_stop_overtakes_the_moves_that_wait(self):
        # Given many moves sent at once, each of which the camera must answer
        mids = [self.cloud.send(DID, {"ptz": {"start": {"direction": n % 4}}})[0]
                for n in range(20)]

        # When stop comes last
        self.stop()

        # Then the moves that had not begun are cancelled, all are answered, and the camera stands
        codes = [self.cloud.expect_reply(DID, mid).body["result"]["ptz"]["code"] for mid in mids]
        self.assertLessEqual(set(codes), {0, 60006})
        self.assertIn(60006, codes)
        self.camera.until_still()
        last = self.camera.requests("ContinuousMove", "Stop")[-1]
        self.assertTrue(last["op"] == "Stop" or not any(
            last["args"].get(axis) for axis in ("pan", "tilt", "zoom")), last)

    def test_a_late_request_is_not_acted_upon(self):
        result = self.ask("ptz", {"start": {"direction": 3}}, deadline=now_ms() - 1)

        self.assertEqual(result["code"], 60006)
        self.assertIn("expired", result["error"])
        self.assertEqual(self.moves(), [])

    def assert_close(self, value, wanted, name):
        if not wanted:
            self.assertFalse(value, name)
        else:
            self.assertAlmostEqual(value, wanted, 2, name)


class TestLease(PtzTest):
    keys = {"move-timeout": 1, "link-grace": 0.2}

    def test_a_move_ends_by_itself(self):
        self.start(3, speed=0)

        there = self.camera.until_still()

        self.assertGreater(there["pan"], 0)
        self.assertLess(there["pan"], 1, "it ended before its limit")

    def test_a_camera_that_ignores_the_timeout_is_stopped_too(self):
        self.camera.fault("Q1")

        self.start(3, speed=0)

        self.assertLess(self.camera.until_still()["pan"], 1, "it ended before its limit")
        self.assertNotEqual(self.camera.requests("Stop"), [])

    def test_it_stops_when_the_broker_is_lost(self):
        self.daemon.config["ptz"]["move-timeout"] = 60
        self.daemon.write_config()
        self.daemon.reload()
        self.start(3, speed=0)

        self.broker.kill()

        self.assertLess(self.camera.until_still()["pan"], 1)

    def test_it_stops_when_the_daemon_ends(self):
        self.start(3, speed=0)

        self.daemon.terminate()

        self.assertEqual(self.daemon.wait(), 0)
        self.assertFalse(self.camera.position()["moving"])


class TestPresets(PtzTest):
    def test_set_leave_and_go_back(self):
        self.camera.control("position", {"pan": -0.5, "tilt": 0.25})
        self.assertEqual(self.ask("preset", {"set": {"index": 5, "name": "gate"}}), {"code": 0})
        self.assertEqual(self.ask("preset", {"list": {}}),
                         {"code": 0, "presets": [{"index": 5, "name": "gate"}]})
        self.camera.control("position", {"pan": 0.5, "tilt": 0})

        self.assertEqual(self.ask("preset", {"goto": {"index": 5}}), {"code": 0})

        until(lambda: abs(self.camera.position()["pan"] + 0.5) < 0.01, "the camera is back")
        self.camera.until_still()
        self.assertEqual(self.ask("preset", {"remove": {"index": 5}}), {"code": 0})
        self.assertEqual(self.ask("preset", {"list": {}}), {"code": 0, "presets": []})
        self.assertEqual(self.ask("preset", {"goto": {"index": 5}})["code"], 60011)


class TestNoPtz(PtzTest):
    arguments = (*SMALL, "--no-ptz")

    def test_a_camera_without_ptz_says_so(self):
        for request in ({"start": {"direction": 0}}, {"stop": {}}):
            self.assertEqual(self.ask("ptz", request)["code"], 60000)


if __name__ == "__main__":
    main()
