#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What real cameras do wrong, from the cloud's side: each fault is switched on in the camera."""

import os

from harness.house import DID, StreamTest, configuration
from harness.runner import main
from harness.simulator import until

RIGHT = {"ptz": {"start": {"direction": 3, "speed": 0}}}
SOON = {"retry-max": 1, "stall-timeout": 1}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class TestQuirks(StreamTest):
    def setUp(self):
        super().setUp()
        self.camera = self.daemon = None

    def start_with(self, *faults, ptz=None):
        self.camera = self.start_simulator().camera
        for fault in faults:
            name, _equals, argument = fault.partition("=")
            self.camera.fault(name, arg=argument or None)
        self.daemon = self.start_daemon(
            configuration(self.broker, {DID: self.camera}, stream=SOON, ptz=ptz or {}),
            self.broker)
        self.cloud.expect_register(DID)

    def code_of(self, data):
        (answer,) = self.cloud.ask(DID, data).result.values()
        return answer["code"]

    def assert_plays(self):
        self.assertEqual(self.code_of({"play": {"url": self.url}}), 0)
        self.cloud.expect_event(DID, "play", state="playing")
        self.media.expect_publish(DID)

    def assert_moves(self):
        self.assertEqual(self.code_of(RIGHT), 0)
        until(lambda: self.camera.position()["pan"] > 0, "the camera moves")
        self.assertEqual(self.code_of({"ptz": {"stop": {}}}), 0)
        self.camera.until_still()

    def test_q2_refuses_calls_with_addressing_headers(self):
        self.start_with("Q2=all")

        self.assert_plays()
        self.assert_moves()
        self.assertEqual(self.code_of({"preset": {"set": {"index": 1}}}), 0)

    def test_q3_answers_a_call_without_login_with_nothing(self):
        self.start_with("Q3")

        self.assert_plays()
        self.assert_moves()

    def test_q7_gives_addresses_of_another_network(self):
        self.start_with("Q7")

        self.assert_plays()
        self.assert_moves()

    def test_q8_freezes_and_comes_back(self):
        self.start_with()
        self.assert_plays()

        self.camera.fault("Q8")
        event = self.cloud.expect_event(DID, "play", state="retrying")
        self.assertEqual(event.body["data"]["play"]["reason"], "no-data")
        self.camera.fault("Q8", on=False)

        self.cloud.expect_event(DID, "play", state="playing")
        self.camera.until_sessions(1)

    def test_q13_takes_long_to_the_first_picture(self):
        self.start_with("Q13=2500")

        self.assert_plays()
        self.assertEqual(self.camera.sessions(), (1, 1))

    def test_q18_takes_udp_only_and_is_asked_for_it_first_in_the_next_life(self):
        self.start_with("Q18")

        self.assert_plays()
        path = os.path.join(self.daemon.state_dir, f"camera-{DID}.json")
        until(lambda: '"udp"' in read(path), "the transport is stored")
        refused = len(self.camera.requests("SETUP"))
        self.daemon.terminate()
        self.daemon.wait()
        self.daemon.start()
        self.cloud.expect_register(DID)
        self.assert_plays()

        self.assertGreater(refused, 0)
        self.assertEqual(self.camera.requests("SETUP"), [])

    def test_q33_refuses_each_stop_but_a_move_of_no_speed(self):
        self.start_with("Q33=stop")

        self.assert_moves()

    def test_q34_has_a_profile_that_cannot_move(self):
        self.start_with("Q34")

        self.assert_plays()
        self.assert_moves()

    def test_q35_lets_the_user_look_but_not_move(self):
        self.start_with("Q35")

        self.assertEqual(self.code_of(RIGHT), 60001)
        self.assert_plays()

    def test_q36_has_no_move_status(self):
        self.start_with("Q36=absent")

        self.assert_moves()

    def test_q36_always_says_that_it_stands(self):
        self.start_with("Q36=idle")

        self.assert_moves()

    def test_q36_always_says_that_it_moves(self):
        self.start_with("Q36=moving")

        self.assert_moves()

    def test_q43_tells_of_motion_and_again_after_a_restart(self):
        self.camera = self.start_simulator().camera
        config = configuration(self.broker, {DID: self.camera}, stream=SOON)
        config[f"camera {DID}"]["events"] = "motion"
        self.start_daemon(config, self.broker)
        self.cloud.expect_register(DID)

        until(lambda: self.alarm(True) > 0, "somebody hears of alarms")
        told = self.cloud.expect_event(DID, "alarm", topic="VideoSource/MotionAlarm", state=True)
        self.assertEqual(told.body["data"]["alarm"]["data"], {"State": "true"})
        self.camera.control("reboot", {"for": 100})
        self.camera.requests()
        until(lambda: self.camera.requests("CreatePullPointSubscription"), "subscribed anew")
        until(lambda: self.alarm(False) > 0, "somebody hears of alarms again")
        self.cloud.expect_event(DID, "alarm", state=False)

    def alarm(self, state):
        return self.camera.control("alarm", {"topic": "motion", "state": state})["told"]

    def test_q46_closes_the_connection_after_each_answer(self):
        self.start_with("Q46")

        self.assert_plays()
        self.assert_moves()

    def test_a_camera_that_hangs_is_answered_for_in_time(self):
        self.start_with(ptz={"reply-timeout": 0.5})
        self.camera.fault("hang")

        self.assertEqual(self.code_of(RIGHT), 60006)


if __name__ == "__main__":
    main()
