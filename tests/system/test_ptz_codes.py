#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every code of `ptz` and `preset` by every way to it (PROTOCOL.md 3), but the limits
(test_ptz_limits.py): the reply, its basis, and what the camera was asked, in order."""

from harness.cloud import now_ms
from harness.codes import IN, LEFT, OUT, RIGHT, UP, CodesTest
from harness.house import DID
from harness.runner import main
from harness.simulator import until


class TestNoPtz(CodesTest):
    """60000"""

    def assert_no_ptz(self):
        for service, data in (
                ("ptz", {"start": {"direction": UP}}), ("ptz", {"stop": {}}),
                ("preset", {"list": {}}), ("preset", {"set": {"index": 1}}),
                ("preset", {"goto": {"index": 1}}), ("preset", {"remove": {"index": 1}})):
            with self.subTest(data=data):
                self.assertEqual(self.ask(service, data), {"code": 60000})
        self.assertEqual(self.asked(), [])

    def test_no_ptz_service(self):
        self.begin(arguments=("--no-ptz",))

        self.assert_no_ptz()

    def test_no_profile_with_a_ptz_configuration(self):
        self.begin("Q34=all")

        self.assert_no_ptz()

    def test_a_camera_without_onvif(self):
        self.begin()
        self.config[f"camera {DID}"].update({"protocol": "rtsp", "url": self.camera.rtsp})
        self.daemon.write_config()
        self.daemon.reload()

        self.assert_no_ptz()


class TestNotPermitted(CodesTest):
    """60001"""

    def assert_not_permitted(self):
        for service, data in (
                ("ptz", {"start": {"direction": UP}}), ("ptz", {"stop": {}}),
                ("preset", {"set": {"index": 1}})):
            with self.subTest(data=data):
                self.assertEqual(self.ask(service, data), {"code": 60001})
        self.assertFalse(self.camera.position()["moving"])

    def test_by_fault(self):
        self.begin("Q35=fault")

        self.assert_not_permitted()

    def test_by_http_status(self):
        self.begin()
        for status in ("401", "403"):
            self.camera.fault("Q35", arg=status)

            self.assert_not_permitted()

    def test_by_http_status_of_each_call(self):
        self.begin(ptz={"move-timeout": 60})
        self.keep_preset(1)
        self.put(pan=0.5)
        self.camera.fault("Q35", arg="401")

        for service, data in (("preset", {"set": {"index": 1}}), ("preset", {"goto": {"index": 1}}),
                              ("ptz", {"stop": {}}), ("preset", {"remove": {"index": 1}}),
                              ("preset", {"set": {"index": 1}})):
            with self.subTest(data=data):
                self.assertEqual(self.ask(service, data), {"code": 60001})
        self.camera.fault("Q35", on=False)

        self.assertEqual(self.preset("goto", index=1), {"code": 0})

    def test_a_stop_refused_in_mid_move_is_repeated(self):
        self.begin("Q1=timeout", ptz={"move-timeout": 60})
        self.put(pan=-1)
        self.assertEqual(self.start(RIGHT, speed=0), {"code": 0})
        self.camera.fault("Q35", arg="401")

        self.assertEqual(self.stop(), {"code": 60001})
        self.camera.fault("Q35", on=False)

        until(lambda: not self.camera.position()["moving"], "it is stopped all the same")
        self.assertLess(self.camera.position()["pan"], 1)

    def test_by_policy(self):
        self.begin(keys={"ptz": "deny"})

        self.assert_not_permitted()

        self.assertEqual(self.asked(), [])


class TestFailed(CodesTest):
    """60006"""

    QUICK = {"reply-timeout": 0.5}

    def assert_fails(self):
        for service, data in (
                ("ptz", {"start": {"direction": RIGHT}}), ("ptz", {"stop": {}}),
                ("preset", {"list": {}}), ("preset", {"set": {"index": 1}})):
            with self.subTest(data=data):
                self.assertEqual(self.ask(service, data), {"code": 60006})

    def test_unreachable(self):
        self.begin(ptz=self.QUICK)
        self.simulator.kill()

        self.assert_fails()

    def test_no_answer_in_time(self):
        self.begin(ptz=self.QUICK)
        self.camera.fault("hang")

        self.assert_fails()

    def test_nonsense(self):
        self.begin(ptz=self.QUICK)
        self.camera.fault("Q39", arg="large")

        self.assert_fails()

    def test_a_move_that_is_answered_with_nonsense_is_stopped(self):
        self.begin(ptz={"move-timeout": 60})
        self.camera.fault("Q1", arg="timeout")
        self.camera.fault("Q39", arg="large")
        self.put(pan=-1)

        self.assertEqual(self.start(RIGHT), {"code": 60006})

        until(lambda: not self.camera.position()["moving"], "it is stopped")
        self.assertEqual(self.asked()[:2], ["move", "stop"])

    def test_too_late(self):
        self.begin()

        passed = now_ms() - 1
        for service, data in (("ptz", {"start": {"direction": RIGHT, "deadline": passed}}),
                              ("preset", {"goto": {"index": 1, "deadline": passed}})):
            with self.subTest(data=data):
                self.assertEqual(self.ask(service, data), {"code": 60006})
        self.assert_never_moved()


class TestNotSupported(CodesTest):
    """60020"""

    def assert_not_supported(self, service, *requests):
        for data in requests:
            with self.subTest(data=data):
                self.assertEqual(self.ask(service, data), {"code": 60020})
        self.assertEqual(self.camera.position()["moving"], False)

    def test_unknown_methods(self):
        self.begin()

        self.assert_not_supported("ptz", {"patrol": {}}, {"goto": {"index": 1}})
        self.assert_not_supported("preset", {"start": {"direction": 1}}, {"tour": {}})

    def test_zoom_without_zoom(self):
        self.begin("Q33=pan-tilt")

        self.assert_not_supported("ptz", *({"start": {"direction": d}} for d in (IN, OUT)))
        self.assertEqual(self.start(RIGHT), {"code": 0})
        self.assertEqual(self.stop(), {"code": 0})

    def test_zoom_alone(self):
        self.begin("Q33=zoom-only")

        self.assert_not_supported("ptz", *({"start": {"direction": d}} for d in range(8)))
        self.assertEqual(self.start(IN), {"code": 0})
        self.assertEqual(self.stop(), {"code": 0})

    def test_no_moves_at_all(self):
        self.begin("Q33=neither")

        self.assert_not_supported("ptz", *({"start": {"direction": d}} for d in range(10)))


class TestBusy(CodesTest):
    """60009"""

    def begin_goto(self, *faults, **ptz):
        self.begin(*faults, ptz=ptz)
        self.put(pan=-1)
        self.assertEqual(self.preset("set", index=1), {"code": 0})
        self.assertEqual(self.preset("set", index=2), {"code": 0})
        self.put(pan=1)
        self.assertEqual(self.preset("goto", index=1), {"code": 0})
        self.asked()

    def assert_busy(self, basis):
        busy = {"code": 60009, "basis": basis}
        self.assertEqual(self.start(UP), busy)
        self.assertEqual(self.preset("set", index=1), busy)
        self.assertEqual(self.preset("goto", index=2), busy)
        self.assertEqual(self.asked(), [])

    def until_free(self):
        until(lambda: self.start(UP) == {"code": 0}, "it is free again")

    def test_until_it_is_there(self):
        self.begin_goto()

        self.assert_busy("measured")
        self.until_free()

        self.assertLess(self.camera.position()["pan"], -0.99)

    def test_stop_is_never_refused(self):
        self.begin_goto()

        self.assertEqual(self.stop(), {"code": 0})

        self.assertEqual(self.start(UP), {"code": 0})
        self.assertGreater(self.camera.position()["pan"], -0.9)

    def test_no_longer_than_it_may_take(self):
        self.begin_goto("Q36=no-position+moving", **{"goto-timeout": 1})

        self.until_free()

        self.assertGreater(self.camera.position()["pan"], -0.9, "it was still on its way")

    def test_a_camera_that_tells_nothing(self):
        self.begin_goto("Q36=no-position+absent")

        self.assert_busy("assumed")
        self.until_free()

    def test_it_may_be_interrupted(self):
        self.begin_goto(**{"goto-interrupt": "yes"})

        self.assertEqual(self.preset("goto", index=2), {"code": 0})
        self.assertEqual(self.start(UP), {"code": 0})


class TestCalls(CodesTest):
    """0, and what the camera is asked for it"""

    def test_a_move_is_stopped_before_a_preset_is_called(self):
        for fault in ("Q36=absent", "Q36=no-position+absent"):
            with self.subTest(fault=fault):
                self.doCleanups()
                self.setUp()
                self.begin(fault)
                self.keep_preset(1)
                self.put(pan=-1)
                self.assertEqual(self.start(UP), {"code": 0})
                self.asked()

                self.assertEqual(self.preset("goto", index=1), {"code": 0})

                self.assertEqual(self.asked(), ["stop", "goto"])
                until(lambda: not self.camera.position()["moving"], "it is there")
                self.assertAlmostEqual(self.camera.position()["pan"], 0)

    def test_limits_that_are_switched_off(self):
        self.begin("Q36=unlimited", "Q1=stop", place={"pan": 0})
        self.keep_preset(1)
        self.put(pan=0.9)

        self.assertEqual(self.preset("goto", index=1), {"code": 0})
        until(lambda: abs(self.camera.position()["pan"]) < 0.01, "it is there")
        until(lambda: self.start(LEFT) == {"code": 0}, "it is free")
        self.asked()
        self.assertEqual(self.stop(), {"code": 0})

        self.expect_asked(["stop", "zero"])
        limits = self.ask("ptz", {"status": {}})["limits"]["pan"]
        self.assertEqual((limits["min"], limits["max"]), (-1, 1))

    def test_a_call_that_was_slept_through_is_made_again(self):
        self.begin(place={"pan": 0})
        self.keep_preset(1)
        self.put(pan=-1)
        self.asked()
        self.camera.fault("Q37", arg="60")

        self.assertEqual(self.preset("goto", index=1), {"code": 0})
        self.expect_asked(["goto", "goto"])
        until(lambda: abs(self.camera.position()["pan"]) < 0.01, "it is there")


class TestAtPreset(CodesTest):
    """60010"""

    AT_PRESET = {"code": 60010, "basis": "measured"}

    def test_just_set(self):
        for fault in ("Q31=opaque", "Q31=no-position", "Q36=degrees", "Q36=absent"):
            with self.subTest(fault=fault):
                self.doCleanups()
                self.setUp()
                self.begin(fault, place={"pan": 0.25, "tilt": 0.5})
                self.keep_preset(3)
                self.asked()

                self.assertEqual(self.preset("goto", index=3), self.AT_PRESET)

                self.assertEqual(self.asked(), [])

    def test_arrived(self):
        self.begin(place={"pan": 0.25})
        self.keep_preset(3)
        self.put(pan=0)
        self.assertEqual(self.preset("goto", index=3), {"code": 0})

        until(lambda: self.preset("goto", index=3) == self.AT_PRESET, "it is there")

        self.assertAlmostEqual(self.camera.position()["pan"], 0.25)
        self.assertEqual(self.asked(), ["set", "goto"])

    def test_near_is_not_there(self):
        self.begin()
        self.keep_preset(3)
        self.put(pan=0.005)
        self.assertEqual(self.preset("goto", index=3), self.AT_PRESET)

        for place in ({"pan": 0.05}, {"pan": 0, "tilt": 0.05}, {"tilt": 0, "zoom": 0.05}):
            with self.subTest(place=place):
                self.put(**place)
                self.assertEqual(self.preset("goto", index=3), {"code": 0})
                until(lambda: self.preset("goto", index=3) == self.AT_PRESET, "it is there")

    def test_a_camera_that_tells_no_position_is_sent(self):
        self.begin("Q36=no-position")
        self.keep_preset(3)
        self.asked()

        self.assertEqual(self.preset("goto", index=3), {"code": 0})

        self.assertEqual(self.asked(), ["goto"])


class TestSources(CodesTest):
    """60006: who may move it"""

    def begin_with_cloud(self, **ptz):
        self.broker = self.start_broker()
        self.cloud = self.start_cloud(self.broker)
        self.begin(broker=self.broker, ptz=ptz)
        self.cloud.expect_register(DID)

    def cloud_ask(self, data):
        reply = self.cloud.ask(DID, {"ptz": data}).result["ptz"]
        reply.pop("error", None)
        return reply

    def test_priority(self):
        self.begin_with_cloud(arbitration="priority", priority="local;cloud")
        right = {"start": {"direction": RIGHT}}
        self.assertEqual(self.cloud_ask(right), {"code": 0})
        self.assertEqual(self.start(LEFT), {"code": 0})
        self.asked()

        self.assertEqual(self.cloud_ask(right), {"code": 60006})
        self.assertEqual(self.asked(), [])

        self.assertEqual(self.stop(), {"code": 0})
        self.assertEqual(self.cloud_ask(right), {"code": 0})
        self.assertEqual(self.cloud_ask({"stop": {}}), {"code": 0})

    def test_the_last_one_wins_and_the_loser_is_told(self):
        self.begin_with_cloud()
        self.assertEqual(self.cloud_ask({"start": {"direction": RIGHT}}), {"code": 0})

        self.assertEqual(self.start(LEFT), {"code": 0})

        self.cloud.expect_event(DID, "ptz", code=60006)


class TestPresets(CodesTest):
    """60007, 60011"""

    def test_the_camera_has_no_room(self):
        self.begin(arguments=("--max-presets", "2"))
        self.assertEqual(self.preset("set", index=1), {"code": 0})
        self.assertEqual(self.preset("set", index=2), {"code": 0})

        self.assertEqual(self.preset("set", index=3), {"code": 60007})

        self.assertEqual(self.preset("set", index=2), {"code": 0})

    def test_the_camera_has_less_room_than_it_tells(self):
        self.begin("Q31=full:2")
        self.assertEqual(self.preset("set", index=1), {"code": 0})
        self.assertEqual(self.preset("set", index=2), {"code": 0})

        self.assertEqual(self.preset("set", index=3), {"code": 60007})

        self.assertEqual(self.preset("set", index=2), {"code": 0})
        self.assertEqual([p["index"] for p in self.preset("list")["presets"]], [1, 2])

    def test_never_set(self):
        self.begin()

        self.assertEqual(self.preset("goto", index=7), {"code": 60011})
        self.assertEqual(self.preset("remove", index=7), {"code": 60011})
        self.assert_never_moved()

    def test_the_camera_has_lost_it(self):
        self.begin()
        self.assertEqual(self.preset("set", index=7), {"code": 0})
        self.camera.control("reset")
        self.put(pan=0.5)

        self.assertEqual(self.preset("goto", index=7), {"code": 60011})
        self.assertEqual(self.preset("goto", index=7), {"code": 60011})
        self.assertFalse(self.camera.position()["moving"])


if __name__ == "__main__":
    main()
