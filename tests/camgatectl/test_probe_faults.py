#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Streams and heads that do what they should not: each is told with what to do."""

import json

from probes import SMALL, ProbeTest  # first: it knows where the harness is
from harness.runner import main
from harness.simulator import USERNAME


class TestStreams(ProbeTest):
    def test_q14_smart_codec(self):
        self.camera.fault("Q14", arg="60")

        status, result, checks = self.report("--no-move")

        self.assertEqual((status, checks["keyframes"]), (0, "warning"))
        self.assertIsNone(result["stream"]["gop_s"])
        self.assertGreater(result["stream"]["gop_at_least_s"], 10)
        self.assertEqual(result["profiles"][0]["told"]["gop_frames"], 5)  # and that is not so

    def test_q14_long_but_measured(self):
        self.camera.fault("Q14", arg="5")

        _status, result, checks = self.report("--no-move")

        self.assertEqual(checks["keyframes"], "warning")
        self.assertAlmostEqual(result["stream"]["gop_s"], 5, 0)

    def test_q22_b_frames(self):
        self.camera.fault("Q22")

        status, result, checks = self.report("--no-move")

        self.assertEqual((status, checks["b-frames"]), (0, "warning"))
        self.assertTrue(result["stream"]["b_frames"])

    def test_q8_no_picture(self):
        self.camera.fault("Q8")

        status, _result, checks = self.report("--no-move")

        self.assertEqual((status, checks["stream"], checks["ptz"]), (1, "fail", "ok"))

    def test_q19_no_more_sessions(self):
        self.camera.fault("Q19", arg="0")

        status, result, checks = self.report("--no-move")

        self.assertEqual((status, checks["stream"]), (1, "fail"))
        self.assertIn("453", self.finding(result, "stream"))
        self.assertIn("end other viewers", result["checks"][list(checks).index("stream")]["advice"])

    def test_q29_an_address_whose_query_is_refused(self):
        self.camera.fault("Q29", arg="query-login")

        status, _result, checks = self.report("--no-move")

        self.assertEqual((status, checks["stream"], checks["picture"]), (0, "ok", "ok"))
        self.assertLessEqual(self.refused_logins(), 2)

    def test_q60_a_recorder(self):
        self.camera.fault("Q60", arg="2")

        _status, result, checks = self.report("--no-move")
        status, output, _errors = self.run_ctl(
            "probe", self.camera.address + "/2", "--user", USERNAME, "--no-move", "--json")

        self.assertEqual((checks["channels"], len(result["profiles"])), ("ok", 4))
        self.assertEqual((status, json.loads(output)["stream"]["profile"]), (0, "main-2"))


class TestTwoCodecs(ProbeTest):
    ARGUMENTS = (*SMALL, "--codec", "h265", "--sub-codec", "h264")

    def test_q11_the_small_picture_is_played_and_both_are_told(self):
        status, result, checks = self.report("--no-move")

        self.assertEqual((status, result["stream"]["profile"]), (0, "sub"))
        self.assertEqual((result["stream"]["codec"], result["stream"]["height"]), ("H264", 90))
        told = {p["token"]: (p["played"], p["told"]["codec"]) for p in result["profiles"]}
        self.assertEqual(told, {"main": (False, "H265"), "sub": (True, "H264")})
        self.assertEqual((checks["picture"], checks["profile"]), ("ok", "warning"))
        self.assertIn("main: H.265 320x180", self.finding(result, "profile"))

    def test_q28_the_large_one_is_in_media_2_only(self):
        self.camera.fault("Q28", arg="hidden")

        _status, result, _checks = self.report("--no-move")

        self.assertEqual({p["token"] for p in result["profiles"]}, {"main", "sub"})
        self.assertEqual(result["stream"]["profile"], "sub")


class TestPtz(ProbeTest):
    def moved(self, fault, argument):
        self.camera.fault(fault, arg=argument)
        status, result, checks = self.report()
        self.assertFalse(self.camera.position()["moving"])
        self.assertAlmostEqual(self.camera.position()["pan"], 0, 1)
        return status, result["ptz"], checks

    def test_q1_stop_is_ignored(self):
        status, ptz, checks = self.moved("Q1", "stop")

        self.assertEqual((status, ptz["stops_by"], checks["stop"]), (0, "velocity", "warning"))

    def test_q1_timeout_is_ignored(self):
        status, ptz, checks = self.moved("Q1", "timeout")

        self.assertEqual((status, ptz["stops_by"], checks["stop"]), (0, "stop", "ok"))

    def test_q35_may_look_but_not_move(self):
        status, ptz, checks = self.moved("Q35", None)

        self.assertEqual((status, ptz["moves"], checks["move"]), (1, False, "fail"))
        self.assertNotIn("stop", checks)

    def test_q36_what_it_says_of_moving(self):
        for lie in ("absent", "idle", "moving"):
            with self.subTest(lie):
                status, ptz, checks = self.moved("Q36", lie)

                self.assertEqual((status, ptz["move_status"], checks["stop"]), (0, lie, "ok"))
                self.assertTrue(ptz["returned"])

    def test_q33_a_head_that_goes_by_steps_only(self):
        self.camera.control("position", {"pan": 0.9})
        self.camera.fault("Q33", arg="relative")

        status, result, checks = self.report()

        ptz = result["ptz"]
        self.assertEqual((status, ptz["pan_tilt"], ptz["zoom"]), (0, "steps", "steps"))
        self.assertEqual([checks[c] for c in ("ptz", "limits", "move", "stop", "return",
                                              "position", "presets")], ["ok"] * 7)
        self.assertEqual((ptz["moves"], ptz["stops_by"], ptz["returned"], ptz["limits"]),
                         (True, "itself", True, True))
        moves = self.camera.requests("RelativeMove", "ContinuousMove", "Stop")
        self.assertEqual(moves[0]["op"], "RelativeMove")
        self.assertLess(moves[0]["args"]["pan"], 0)  # away from the limit
        self.assertNotIn("ContinuousMove", [m["op"] for m in moves])
        self.assertAlmostEqual(self.camera.position()["pan"], 0.9, 2)

    def test_q33_steps_without_a_position(self):
        self.camera.fault("Q33", arg="relative")
        self.camera.fault("Q36", arg="no-position")

        status, result, checks = self.report()

        self.assertEqual((status, result["ptz"]["moves"], checks["return"]), (0, True, "ok"))
        self.assertIn("as far the other way", self.finding(result, "return"))
        self.assertAlmostEqual(self.camera.position()["pan"], 0, 2)

    def test_q33_neither_speed_nor_steps(self):
        self.camera.fault("Q33", arg="neither")

        status, result, checks = self.report()

        self.assertEqual((status, checks["move"], result["ptz"]["moves"]), (1, "fail", False))
        self.assertNotIn("stop", checks)

    def test_q37_the_first_command_is_ignored(self):
        self.camera.fault("Q36", arg="no-position")
        self.camera.fault("Q37")

        status, result, _checks = self.report()

        self.assertEqual((status, result["ptz"]["moves"]), (0, True))
        self.assertAlmostEqual(self.camera.position()["pan"], 0, 1)  # back by the time it moved

    def test_q36_a_slow_status_is_not_waited_for_while_it_moves(self):
        self.camera.fault("Q36", arg="slow")

        status, output, _errors = self.probe("--timeout", "1", "--json")
        result = json.loads(output)

        self.assertEqual((status, result["ptz"]["position"]), (0, False))
        self.assertEqual(len(self.camera.requests("GetStatus")), 1)
        self.assertFalse(self.camera.position()["moving"])


if __name__ == "__main__":
    main()
