#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Straight on a camera, without camgated: discovery, ptz, presets, device."""

import json
import os
import signal
import socket

from ctl import DID, CtlTest, Terminal
from harness.mailbox import WATCHDOG_S
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, Simulator, until


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class CameraTest(CtlTest):
    ARGUMENTS = ()

    def setUp(self):
        super().setUp()
        self.simulator = Simulator(self.folder, "GATE", arguments=self.ARGUMENTS)
        self.addCleanup(self.simulator.close)
        self.camera = self.simulator.start().camera
        self.login = ("--camera", self.camera.address, "--user", USERNAME)
        self.password = {"CAMGATE_PASSWORD": PASSWORD}

    def on_camera(self, command, *arguments, env=None):
        return self.ctl(command, *self.login, *arguments, env=env or self.password)

    def expect_done(self, command, *arguments):
        status, output, errors = self.on_camera(command, *arguments)
        self.assertEqual((status, errors), (0, ""))
        return output

    def moves(self):
        """[(pan, tilt, zoom)] of the moves since last time, None where an axis was not sent."""
        return [tuple(request["args"].get(axis) for axis in ("pan", "tilt", "zoom"))
                for request in self.camera.requests("ContinuousMove")]


class TestPtz(CameraTest):
    def test_moves_for_a_while_and_stops(self):
        output = self.expect_done("ptz", "left", "--for", "0.3")

        self.assertEqual(output, "moved left for 0.3 s, stopped\n")
        self.assertFalse(self.camera.position()["moving"])
        self.assertLess(self.camera.position()["pan"], 0)

    def test_without_time_it_stops_all_the_same(self):
        self.expect_done("ptz", "up", "--speed", "slow")

        self.assertFalse(self.camera.position()["moving"])
        self.assertGreater(self.camera.position()["tilt"], 0)

    def test_directions_and_speeds(self):
        rows = (
            ("up", "slow", (0, 0.33, None)), ("down", "medium", (0, -0.66, None)),
            ("left", "fast", (-1, 0, None)), ("right", "slow", (0.33, 0, None)),
            ("up-left", "fast", (-1, 1, None)), ("down-left", "fast", (-1, -1, None)),
            ("up-right", "fast", (1, 1, None)), ("down-right", "fast", (1, -1, None)),
            ("zoom-in", "medium", (None, None, 0.66)), ("zoom-out", "fast", (None, None, -1)))
        for word, speed, wanted in rows:
            with self.subTest(word):
                self.camera.requests()
                self.expect_done("ptz", word, "--speed", speed, "--for", "0.01")

                move = self.moves()[0]
                for got, axis in zip(move, wanted):
                    self.assertEqual(got is None, axis is None, move)
                    if axis is not None:
                        self.assertAlmostEqual(got, axis, 5)

    def test_stop(self):
        self.expect_done("ptz", "stop")

        self.assertEqual(len(self.camera.requests("Stop")), 1)

    def test_signals_stop_the_camera_first(self):
        child = self.spawn(
            "ptz", *self.login, "--password-file", self.password_file(), "right", "--for", "600")
        until(lambda: self.camera.position()["moving"], "the camera moves")

        child.send_signal(signal.SIGINT)

        self.assertEqual(child.wait(WATCHDOG_S), -signal.SIGINT)
        self.assertFalse(self.camera.position()["moving"])

    def test_q1_a_camera_that_ignores_stop_is_stopped_by_velocity(self):
        self.camera.fault("Q1", arg="stop")

        self.expect_done("ptz", "right", "--for", "0.1")

        self.assertFalse(self.camera.position()["moving"])

    def test_q1_q36_and_says_that_it_stands(self):
        self.camera.control("position", {"pan": -1})
        self.camera.fault("Q1", arg="stop")
        self.camera.fault("Q36", arg="idle")

        self.expect_done("ptz", "right", "--for", "0.1")

        self.assertFalse(self.camera.position()["moving"])

    def test_q34_the_profile_that_moves_is_another_than_the_first(self):
        self.camera.fault("Q34")

        self.expect_done("ptz", "right", "--for", "0.1")

        self.assertGreater(self.camera.position()["pan"], 0)

    def test_q36_a_camera_that_says_it_moves_for_ever_is_believed_to_stand(self):
        for lie in ("moving", "absent", "idle"):
            with self.subTest(lie):
                self.camera.fault("Q36", arg=lie)
                self.camera.requests()

                self.expect_done("ptz", "stop")

                self.assertEqual(len(self.camera.requests("Stop")), 1)

    def test_one_object(self):
        result = json.loads(self.expect_done("ptz", "left", "--for", "0.05", "--json"))

        self.assertEqual(result, {"did": None, "service": "ptz", "method": "start", "code": 0,
                                  "error": None, "result": {"code": 0}})

    def password_file(self):
        path = os.path.join(self.folder, "password")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
        return path


class TestKeys(CameraTest):
    def test_hold_let_go_and_leave(self):
        terminal = Terminal(self, self.command("ptz", *self.login, "keys"), self.password)
        terminal.see("ready")

        terminal.type(b"\033[C")
        until(lambda: self.camera.position()["moving"], "the camera moves")
        self.camera.until_still()
        self.assertGreater(self.camera.position()["pan"], 0)

        terminal.type(b"\033[C")
        until(lambda: self.camera.position()["moving"], "the camera moves")
        terminal.type(b"q")
        self.assertEqual(terminal.child.wait(WATCHDOG_S), 0)
        self.assertFalse(self.camera.position()["moving"])
        self.assertTrue(terminal.is_as_before())

    def test_the_password_is_asked_for_without_echo(self):
        command = self.command("ptz", *self.login, "stop")
        terminal = Terminal(self, ["setsid", "--ctty", "--wait", *command])
        terminal.see("Password of admin at the camera: ")

        terminal.type(PASSWORD.encode() + b"\n")

        text = terminal.see("stopped")
        self.assertNotIn(PASSWORD, text)
        self.assertEqual(terminal.child.wait(WATCHDOG_S), 0)


class TestPresets(CameraTest):
    def test_goto_where_it_stands_and_a_name_of_any_script(self):
        self.camera.control("position", {"pan": 0.5})
        self.expect_done("preset", "set", "1", "大门")

        self.assertIn("1      大门", self.expect_done("preset", "list"))
        status, _output, errors = self.on_camera("preset", "goto", "1")

        self.assertEqual(status, 1)
        self.assertTrue(errors.startswith("60010"), errors)

    def test_set_list_goto_remove(self):
        self.assertEqual(self.expect_done("preset", "list"), "no presets\n")

        self.expect_done("preset", "set", "1", "Hof T\u00fcr")
        self.assertIn("Hof T\u00fcr", self.expect_done("preset", "list"))

        self.camera.control("position", {"pan": 0.9})
        self.expect_done("preset", "goto", "1")
        self.assertAlmostEqual(self.camera.until_still()["pan"], 0, 2)

        self.expect_done("preset", "remove", "1")
        self.assertEqual(self.expect_done("preset", "list"), "no presets\n")

    def test_one_that_is_not_there(self):
        for verb in ("goto", "remove"):
            status, _output, errors = self.on_camera("preset", verb, "7")

            self.assertEqual(status, 1)
            self.assertTrue(errors.startswith("60011 preset does not exist\n"), errors)

    def test_list_as_one_object(self):
        self.expect_done("preset", "set", "1", "gate")

        result = json.loads(self.expect_done("preset", "list", "--json"))

        self.assertEqual([preset["name"] for preset in result["result"]["presets"]], ["gate"])


class TestDevice(CameraTest):
    def test_read(self):
        result = json.loads(self.expect_done("device", "read", "--json"))["result"]

        self.assertEqual(result["deviceType"], "camera")
        self.assertTrue(result["manufacturer"])
        self.assertIsInstance(result["currentTime"], int)

    def test_send_is_the_same(self):
        output = self.expect_done("send", '{"ptz":{"stop":{}}}')

        self.assertEqual(output, "done\n")
        self.assertEqual(len(self.camera.requests("Stop")), 1)


class TestRefusals(CameraTest):
    def test_a_wrong_password(self):
        status, _output, errors = self.on_camera(
            "ptz", "stop", env={"CAMGATE_PASSWORD": "wrong"})

        self.assertEqual(status, 1)
        self.assertTrue(errors.startswith("60001 no permission for PTZ\n"), errors)
        self.assertNotIn("wrong\n", errors)

    def test_q35_a_user_who_may_not_move_it(self):
        self.camera.fault("Q35")

        status, _output, errors = self.on_camera("ptz", "up")

        self.assertEqual(status, 1)
        self.assertTrue(errors.startswith("60001 no permission for PTZ\n"), errors)

    def test_no_login_where_one_is_wanted(self):
        status, _output, errors = self.ctl("device", "--camera", self.camera.address, "read")

        self.assertEqual(status, 1)
        self.assertTrue(errors.startswith("18002 "), errors)

    def test_nobody_at_that_address(self):
        status, output, errors = self.ctl("ptz", "--camera", "127.0.0.1:1", "up", "--json")

        self.assertEqual(status, 4)
        self.assertEqual(json.loads(output)["exit"], 4)
        self.assertIn("no answer from camera 127.0.0.1:1", errors)

    def test_no_password_and_nobody_to_ask(self):
        # without a controlling terminal there is no question
        child = self.spawn("ptz", *self.login, "stop", start_new_session=True)

        self.assertEqual(child.wait(WATCHDOG_S), 2)
        self.assertIn("--password-file", child.stderr.read())


class TestWithoutPtz(CameraTest):
    ARGUMENTS = ("--no-ptz",)

    def test_it_says_so(self):
        for arguments in (("ptz", "up"), ("ptz", "stop"), ("preset", "list")):
            status, _output, errors = self.on_camera(*arguments)

            self.assertEqual(status, 1)
            self.assertTrue(errors.startswith("60000 device has no PTZ\n"), errors)


class TestDiscover(CtlTest):
    SEARCH = ("discover", "--interface", "lo", "--timeout", "1")

    def setUp(self):
        super().setUp()
        self.port = str(free_udp_port())
        self.simulator = Simulator(
            self.folder, "GATE", arguments=("--discovery", "--discovery-port", self.port))
        self.addCleanup(self.simulator.close)

    def start_camera(self):
        return self.simulator.start().camera

    def test_found(self):
        camera = self.start_camera()

        status, output, errors = self.ctl(*self.SEARCH, "--port", self.port)

        self.assertEqual((status, errors), (0, ""))
        lines = output.splitlines()
        self.assertEqual(lines[0].split(), ["ADDRESS", "NAME", "MODEL", "BOUND", "ENDPOINT"])
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines[1].split()[:2], [camera.address, "GATE"])
        self.assertIn("urn:uuid:", lines[1])

    def test_bound_or_not(self):
        camera = self.start_camera()
        bound = {"did": DID, "address": camera.address}
        other = {"did": "other", "address": "127.0.0.1:1"}
        for cameras, wanted in (([other, bound], (True, DID)), ([other], (False, None))):
            self.daemon = None
            for name in os.listdir(self.folder):
                if name == "camgate.sock":
                    os.unlink(os.path.join(self.folder, name))
            self.start_daemon({"cameras": {"code": 0, "cameras": cameras}})

            output = self.ctl(*self.SEARCH, "--port", self.port, "--json")[1]

            found = json.loads(output)["cameras"]
            self.assertEqual([(c["bound"], c["did"]) for c in found], [wanted])

    def test_as_json_without_camgated(self):
        camera = self.start_camera()

        output = self.ctl(*self.SEARCH, "--port", self.port, "--json")[1]

        found = json.loads(output)["cameras"]
        self.assertEqual(len(found), 1)
        self.assertEqual(
            list(found[0]), ["address", "name", "model", "endpoint", "service", "bound", "did"])
        self.assertEqual((found[0]["bound"], found[0]["name"]), (None, "GATE"))
        self.assertEqual(found[0]["address"], camera.address)
        self.assertIn(camera.address, found[0]["service"])

    def test_asked_alone(self):
        self.start_camera()

        output = self.ctl(*self.SEARCH, "--host", f"127.0.0.1:{self.port}", "--port",
                          str(free_udp_port()), "--json")[1]

        self.assertEqual(len(json.loads(output)["cameras"]), 1)

    def test_a_deaf_camera_is_asked_in_its_range_q15(self):
        self.start_camera().fault("Q15", arg="unicast")

        missed = self.ctl(*self.SEARCH, "--port", self.port)[0]
        output = self.ctl(*self.SEARCH, "--range", "127.0.0.0/30", "--port", self.port, "--json")[1]

        self.assertEqual(missed, 4)
        self.assertEqual(len(json.loads(output)["cameras"]), 1)

    def test_none(self):
        status, output, errors = self.ctl(*self.SEARCH, "--port", self.port, "--json")

        self.assertEqual((status, json.loads(output)), (4, {"cameras": []}))
        self.assertIn("no camera answered", errors)


if __name__ == "__main__":
    main()
