#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""60002 to 60005 of `ptz` by every way to them (PROTOCOL.md 3): the reply, its basis, and what the
camera was asked, in order."""

from harness.codes import (DOWN, DOWN_LEFT, DOWN_RIGHT, IN, LEFT, RIGHT, UP, UP_LEFT, UP_RIGHT,
                           CodesTest)
from harness.runner import main
from harness.simulator import until


class TestLimits(CodesTest):
    """60002 to 60005"""

    ENDS = {  # direction: where it ends, the code, the way back
        UP: ({"tilt": 1}, 60002, DOWN), DOWN: ({"tilt": -1}, 60003, UP),
        LEFT: ({"pan": -1}, 60004, RIGHT), RIGHT: ({"pan": 1}, 60005, LEFT),
    }

    def assert_at_limit(self, direction, code, asked, basis="measured"):
        before = self.camera.position()
        self.asked()

        self.assertEqual(self.start(direction), {"code": code, "basis": basis})

        self.expect_asked(asked)
        self.assertEqual(self.camera.position(), before)

    def assert_moves(self, direction):
        def place():
            return {**self.camera.position(), "moving": None}

        before = place()
        self.assertEqual(self.start(direction), {"code": 0})
        until(lambda: place() != before, "it moves")
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

                # What it only says is tried, twice, for it may have slept (Q37); then believed.
                self.assert_at_limit(direction, code, ["move", "move", "stop"])
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

    def test_no_position_but_an_end_that_was_seen_a_moment_ago(self):
        self.begin("Q36=no-position")
        self.assertEqual(self.start(LEFT), {"code": 0})
        self.watch(2)
        self.assertEqual(self.stop(), {"code": 0})
        self.keep_preset(9)
        self.put(pan=0.7)
        self.drive(RIGHT)
        self.asked()

        self.assertEqual(self.start(RIGHT), {"code": 60005, "basis": "assumed"})

        self.assertEqual(self.asked(), [])
        self.assert_moves(LEFT)

    def test_no_position_and_always_idle_is_no_limit(self):
        self.begin("Q36=no-position+idle")
        self.keep_preset(9)

        for direction in (RIGHT, UP, UP, LEFT, DOWN, UP_LEFT, RIGHT):
            self.assert_moves(direction)
        self.assertEqual(self.preset("goto", index=9), {"code": 0})
        self.assertEqual(self.stop(), {"code": 0})
        self.asked()
        self.put(pan=1)
        self.assertEqual(self.start(RIGHT), {"code": 0})
        self.assertEqual(self.stop(), {"code": 0})
        self.expect_asked(["move", "stop"])

    def test_nothing_to_measure(self):
        for fault in ("Q36=no-position+absent", "Q36=no-position+idle", "Q36=no-position+moving",
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

                # Which way its axes count is not known yet: one may wait for the other (Q38).
                self.assert_at_limit(direction, code, ["move", "move", "stop"], "assumed")
                self.assert_moves(slides)

    def test_zoom_has_no_limit(self):
        self.begin(place={"zoom": 1})

        self.assertEqual(self.start(IN), {"code": 0})
        self.assertEqual(self.stop(), {"code": 0})


if __name__ == "__main__":
    main()
