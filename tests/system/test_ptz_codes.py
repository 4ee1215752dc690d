#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every code of `ptz` and `preset` by every way to it (PROTOCOL.md 3): the reply, its basis, and
what the camera was asked, in order."""

from harness.cloud import now_ms
from harness.house import DID, SMALL, SystemTest, configuration
from harness.runner import main
from harness.simulator import until

UP, DOWN, LEFT, RIGHT, UP_LEFT, DOWN_LEFT, UP_RIGHT, DOWN_RIGHT, IN, OUT = range(10)
MOVES = ("ContinuousMove", "RelativeMove", "GotoPreset")


class CodesTest(SystemTest):
    """One camera with faults, one daemon, asked by its local socket."""

    def begin(self, *faults, arguments=(), place=None, ptz=None, keys=None, broker=None):
        """`place`: where it stands before anybody looks; `ptz`, `keys`: settings."""
        self.simulator = self.start_simulator(arguments=(*SMALL, *arguments))
        self.camera = self.simulator.camera
        for fault in faults:
            name, _equals, argument = fault.partition("=")
            self.camera.fault(name, arg=argument or None)
        self.put(**(place or {}))
        self.config = configuration(broker, {DID: self.camera}, ptz=ptz or {})
        self.config[f"camera {DID}"].update(keys or {})
        self.daemon = self.start_daemon(self.config, broker)
        self.daemon.expect_log(f"{DID}: in contact")
        self.local = self.keep(self.daemon.local())
        if place is not None:
            until(lambda: self.camera.requests("GetStatus"), "it is looked at")
            self.ask("ptz", {"status": {}})  # looks again, once the first answer has come
        self.camera.requests()

    def ask(self, service, data):
        reply = self.local.ask(DID, {service: data})[service]
        reply.pop("error", None)
        return reply

    def start(self, direction, **members):
        return self.ask("ptz", {"start": {"direction": direction, **members}})

    def stop(self):
        return self.ask("ptz", {"stop": {}})

    def preset(self, method, **members):
        return self.ask("preset", {method: members})

    def keep_preset(self, index):
        """Sets it, until all that follows behind the reply is done."""
        self.assertEqual(self.preset("set", index=index), {"code": 0})
        self.preset("list")  # waits for the list that is read after a set
        self.preset("list")  # the camera has answered the look that may follow

    def put(self, **place):
        """Somebody turns the camera by hand; nobody else has moved it."""
        self.camera.control("position", place)

    def asked(self):
        """What it was asked to do, in order: moves of no speed are stops too."""
        return [self.word_of(r) for r in self.camera.requests("Stop", "SetPreset", "RemovePreset",
                                                              *MOVES)]

    def expect_asked(self, words):
        """These, and nothing else: the last may come after the reply."""
        seen = self.asked()

        def is_done():
            seen.extend(self.asked())
            return len(seen) >= len(words)

        until(is_done, f"{words}, not only {seen}")
        self.assertEqual(seen, words)

    @staticmethod
    def word_of(request):
        args = request["args"]
        speed = [args.get(axis) for axis in ("pan", "tilt", "zoom")]
        if request["op"] == "ContinuousMove" and not any(speed):
            return "zero"
        return {"ContinuousMove": "move", "RelativeMove": "step", "GotoPreset": "goto",
                "SetPreset": "set", "RemovePreset": "remove", "Stop": "stop"}[request["op"]]

    def assert_never_moved(self):
        self.assertEqual([word for word in self.asked() if word in ("move", "step", "goto")], [])


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


class TestLimits(CodesTest):
    """60002 to 60005"""

    ENDS = {  # direction: where it ends, the code, the way back
        UP: ({"tilt": 1}, 60002, DOWN), DOWN: ({"tilt": -1}, 60003, UP),
        LEFT: ({"pan": -1}, 60004, RIGHT), RIGHT: ({"pan": 1}, 60005, LEFT),
    }

    def assert_at_limit(self, direction, code, asked):
        before = self.camera.position()
        self.asked()

        self.assertEqual(self.start(direction), {"code": code, "basis": "measured"})

        self.expect_asked(asked)
        self.assertEqual(self.camera.position(), before)

    def assert_moves(self, direction):
        before = self.camera.position()
        self.assertEqual(self.start(direction), {"code": 0})
        until(lambda: self.camera.position() != {**before, "moving": True}, "it moves")
        self.assertEqual(self.stop(), {"code": 0})
        self.camera.until_still()

    def watch(self, looks):
        """Until it has been looked at so often from now on."""
        self.camera.requests()
        seen = []

        def is_seen():
            seen.extend(self.camera.requests("GetStatus"))
            return len(seen) > looks

        until(is_seen, f"{looks} looks")

    def drive(self, direction):
        """As far as it goes, and until that was seen."""
        self.assertEqual(self.start(direction, speed=2), {"code": 0})
        until(lambda: not self.camera.position()["moving"], "it is at its end")
        self.watch(2)
        self.assertEqual(self.stop(), {"code": 0})

    def assert_all_ends(self, *faults):
        for direction, (place, code, back) in self.ENDS.items():
            with self.subTest(direction=direction):
                self.doCleanups()
                self.setUp()
                self.begin(*faults, place=place)

                # What it only says is tried once, then believed.
                self.assert_at_limit(direction, code, ["move", "stop"])
                self.ask("ptz", {"status": {}})  # the stop has been answered by then
                self.assert_at_limit(direction, code, [])
                self.assert_moves(back)

    def test_at_a_told_end(self):
        self.assert_all_ends()

    def test_at_an_end_told_in_degrees(self):
        self.assert_all_ends("Q36=degrees")

    def test_at_an_end_told_in_degrees_alone(self):
        self.assert_all_ends("Q36=degrees-only")

    def test_at_an_end_of_a_camera_that_always_says_that_it_stands(self):
        self.assert_all_ends("Q36=idle")

    def test_at_an_end_of_a_camera_that_always_says_that_it_moves(self):
        self.assert_all_ends("Q36=moving")

    def test_at_an_end_of_a_camera_that_says_nothing_of_moving(self):
        self.assert_all_ends("Q36=absent")

    def test_driven_to_a_told_end(self):
        self.begin(place={"pan": 0.9})
        self.drive(RIGHT)

        self.assertEqual(self.start(RIGHT), {"code": 60005, "basis": "measured"})
        self.assert_moves(LEFT)

    def test_ends_of_an_axis_that_goes_the_other_way(self):
        for fault in ("Q36=inverted", "Q36=mirrored"):
            with self.subTest(fault=fault):
                self.doCleanups()
                self.setUp()
                self.begin(fault)
                self.drive(RIGHT)

                self.assertEqual(self.start(RIGHT), {"code": 60005, "basis": "measured"})
                self.assert_moves(LEFT)

    def test_an_end_that_is_nearer_than_told(self):
        self.begin("Q36=short:0.5", place={"pan": -0.4})
        self.drive(LEFT)

        self.assertEqual(self.start(LEFT), {"code": 60004, "basis": "measured"})
        self.assert_moves(RIGHT)

    def test_an_end_that_is_further_than_told(self):
        self.begin("Q36=long:1.5", place={"tilt": 1})

        self.assert_moves(UP)
        self.drive(UP)

        self.assertEqual(self.start(UP), {"code": 60002, "basis": "measured"})
        self.assert_moves(DOWN)

    def test_no_position_but_a_move_that_did_not_move(self):
        self.begin("Q36=no-position")
        # MoveStatus is believed once it has told of a move, and of its end.
        self.assertEqual(self.start(LEFT), {"code": 0})
        self.watch(2)
        self.assertEqual(self.stop(), {"code": 0})
        self.keep_preset(9)
        self.put(pan=1)

        # Nothing shows whether it stands at its end, or has slept through the command (Q37).
        self.assert_at_limit(RIGHT, 60005, ["move", "move", "stop"])
        self.assert_moves(LEFT)

    def test_nothing_to_measure(self):
        for fault in ("Q36=no-position+absent", "Q36=no-position+moving",
                      "Q36=no-position+pushing", "Q36=fails", "Q36=slow"):
            with self.subTest(fault=fault):
                self.doCleanups()
                self.setUp()
                self.begin(fault, place={"pan": 1})

                self.assertEqual(self.start(RIGHT), {"code": 0})
                self.assertEqual(self.stop(), {"code": 0})

    def test_no_limit_where_there_is_none(self):
        for fault in ("Q36=idle", "Q36=moving", "Q36=frozen+absent", "Q36=late", "Q36=degrees"):
            with self.subTest(fault=fault):
                self.doCleanups()
                self.setUp()
                self.begin(fault)

                for direction in (RIGHT, UP, LEFT, DOWN, UP_LEFT):
                    self.assert_moves(direction)

    def test_diagonals_end_where_both_axes_do(self):
        for place, direction, code, slides in (
                ({"pan": 1, "tilt": 1}, UP_RIGHT, 60002, UP_LEFT),
                ({"pan": -1, "tilt": 1}, UP_LEFT, 60002, DOWN_LEFT),
                ({"pan": 1, "tilt": -1}, DOWN_RIGHT, 60003, UP_RIGHT),
                ({"pan": -1, "tilt": -1}, DOWN_LEFT, 60003, UP_LEFT)):
            with self.subTest(direction=direction):
                self.doCleanups()
                self.setUp()
                self.begin(place=place)

                self.assert_at_limit(direction, code, ["move", "stop"])
                self.assert_moves(slides)

    def test_zoom_has_no_limit(self):
        self.begin(place={"zoom": 1})

        self.assertEqual(self.start(IN), {"code": 0})
        self.assertEqual(self.stop(), {"code": 0})


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
