#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who moves a camera, how fast, what is told of it, and what stops it in the end (Q1, Q61)."""

import json
import os
import pty
import select
import signal
import subprocess
import time

from harness.daemon import CAMGATECTL, CAMGATED, ENVIRONMENT
from harness.house import DID, SMALL, SystemTest, configuration
from harness.mailbox import WATCHDOG_S
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, until

DONE = {"ptz": {"code": 0}}


class ControlTest(SystemTest):
    keys = {}
    has_cloud = False

    def setUp(self):
        super().setUp()
        self.broker = self.start_broker() if self.has_cloud else None
        self.cloud = self.start_cloud(self.broker) if self.has_cloud else None
        self.simulator = self.start_simulator(arguments=SMALL)
        self.camera = self.simulator.camera
        self.daemon = self.start_daemon(
            configuration(self.broker, {DID: self.camera}, ptz=self.keys), self.broker)
        self.local = self.keep(self.daemon.local())
        if self.has_cloud:
            self.cloud.expect_register(DID)
        until(self.is_contacted, "a contact")

    def is_contacted(self):
        reply = self.local.ask(None, {"cameras": {}})
        return reply["cameras"]["cameras"][0]["contacted"]

    def start(self, direction=3, speed=0):
        return {"ptz": {"start": {"direction": direction, "speed": speed}}}

    def mark(self):
        return os.path.join(self.daemon.state_dir, f"moving-{DID}.json")


class TestStopMoves(ControlTest):
    """`camgated --stop-moves`, as the unit's ExecStopPost runs it."""

    keys = {"move-timeout": 60}

    def stop_moves(self):
        done = subprocess.run(
            [CAMGATED, "--config", self.daemon.config_path, "--state-dir", self.daemon.state_dir,
             "--socket", self.daemon.socket_path, "--stop-moves"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WATCHDOG_S,
            env={**os.environ, **ENVIRONMENT}, check=False)
        return done.returncode, done.stderr

    def kill_in_mid_move(self):
        self.camera.fault("Q1", arg="timeout")  # moves on beyond its own Timeout
        self.camera.control("position", {"pan": -1})
        self.assertEqual(self.local.ask(DID, self.start()), DONE)
        until(lambda: os.path.exists(self.mark()), "the mark of a move")
        self.daemon.process.signal(signal.SIGKILL)
        self.daemon.process.wait()

    def test_what_a_killed_daemon_moved_is_stopped(self):
        self.kill_in_mid_move()
        self.assertTrue(self.camera.position()["moving"])

        status, errors = self.stop_moves()

        self.assertEqual((status, self.camera.position()["moving"]), (0, False), errors)
        self.assertFalse(os.path.exists(self.mark()))

    def test_a_mark_that_a_power_cut_has_torn_is_one(self):
        self.kill_in_mid_move()
        for text in ("", '{"a":tr', 4096 * "\0"):
            with self.subTest(text=text[:8]):
                self.camera.control("position", {"pan": -1})
                self.camera.requests()
                with open(self.mark(), "w", encoding="ascii") as file:
                    file.write(text)

                status, errors = self.stop_moves()

                self.assertEqual((status, os.path.exists(self.mark())), (0, False), errors)
                self.assertTrue(self.camera.requests("Stop"))

    def test_a_camera_that_is_away_keeps_its_mark(self):
        self.kill_in_mid_move()
        self.simulator.kill()

        status, errors = self.stop_moves()

        self.assertEqual(status, 75, errors)
        self.assertIn(DID, errors)
        self.assertTrue(os.path.exists(self.mark()))

    def test_a_camera_that_goes_for_good_leaves_no_mark(self):
        self.assertEqual(self.local.ask(DID, self.start()), DONE)
        until(lambda: os.path.exists(self.mark()), "the mark of a move")
        self.simulator.kill()
        del self.daemon.config[f"camera {DID}"]
        self.daemon.write_config()

        self.daemon.reload()

        until(lambda: not os.path.exists(self.mark()), "nobody will stop it any more")

    def test_nothing_is_to_be_done(self):
        self.daemon.terminate()
        self.daemon.wait()
        self.camera.requests()

        self.assertEqual(self.stop_moves()[0], 0)
        self.assertEqual(self.camera.requests(), [])

    def test_a_daemon_that_runs_stops_its_cameras_itself(self):
        self.assertEqual(self.local.ask(DID, self.start(2)), DONE)
        until(lambda: os.path.exists(self.mark()), "the mark of a move")

        status, errors = self.stop_moves()

        self.assertEqual(status, 70, errors)
        self.assertTrue(os.path.exists(self.mark()))
        self.assertEqual(self.local.ask(DID, {"ptz": {"stop": {}}}), DONE)


    def run_second(self, *options):
        done = subprocess.run(
            [CAMGATED, "--config", self.daemon.config_path, "--state-dir", self.daemon.state_dir,
             "--socket", self.daemon.socket_path + ".other", *options],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WATCHDOG_S,
            env={**os.environ, **ENVIRONMENT}, check=False)
        return done.returncode, done.stderr

    def test_a_daemon_on_another_socket_keeps_its_marks(self):
        self.assertEqual(self.local.ask(DID, self.start(2)), DONE)
        until(lambda: os.path.exists(self.mark()), "the mark of a move")

        status, errors = self.run_second("--stop-moves")

        self.assertEqual(status, 70, errors)
        self.assertIn(self.daemon.state_dir, errors)
        self.assertTrue(os.path.exists(self.mark()))
        self.assertTrue(self.camera.position()["moving"])

    def test_a_second_daemon_on_one_state_folder_is_refused(self):
        status, errors = self.run_second()

        self.assertEqual(status, 70, errors)
        self.assertIn(self.daemon.state_dir, errors)


class TestLast(ControlTest):
    has_cloud = True

    def test_who_comes_later_moves_it_and_the_other_is_told(self):
        self.assertEqual(self.cloud.ask(DID, self.start()).result, DONE)

        self.assertEqual(self.local.ask(DID, self.start(2)), DONE)

        event = self.cloud.expect_event(DID, "ptz", code=60006)
        self.assertIn("in place of cloud", json.dumps(event.body))

    def test_the_cloud_has_no_status(self):
        self.assertEqual(self.cloud.ask(DID, {"ptz": {"status": {}}}).result["ptz"]["code"], 60020)


class TestPriority(ControlTest):
    has_cloud = True
    keys = {"arbitration": "priority", "priority": "local;cloud"}

    def test_who_ranks_lower_waits(self):
        self.assertEqual(self.local.ask(DID, self.start()), DONE)

        reply = self.cloud.ask(DID, self.start(2)).result["ptz"]

        self.assertEqual(reply["code"], 60006)
        self.assertIn("local is moving it", reply["error"])
        self.assertEqual(self.cloud.ask(DID, {"ptz": {"stop": {}}}).result, DONE)
        self.assertEqual(self.cloud.ask(DID, self.start(2)).result, DONE)
        self.assertEqual(self.local.ask(DID, self.start()), DONE)
        self.cloud.expect_event(DID, "ptz", code=60006)


class TestSpeeds(ControlTest):
    def test_a_cameras_own_speeds_hold_at_once_and_restart_nothing(self):
        self.camera.requests()
        self.daemon.config[f"camera {DID}"]["speeds"] = "0.1;0.2;0.4"
        self.daemon.write_config()

        self.daemon.reload()
        self.assertEqual(self.local.ask(DID, self.start(3, 2)), DONE)

        move = self.camera.requests("ContinuousMove")[0]["args"]
        self.assertAlmostEqual(move["pan"], 0.4, places=4)
        self.assertTrue(self.is_contacted())
        self.assertEqual(self.camera.requests("GetServices", "GetCapabilities", "GetProfiles"), [])


class TestKeys(ControlTest):
    """`camgatectl ptz DID keys` at a terminal, and what the camera is asked for."""

    keys = {"link-grace": 0.2}
    RIGHT = b"\033[C"

    def setUp(self):
        super().setUp()
        self.camera.control("position", {"pan": -1})
        self.camera.requests()
        self.screen, keyboard = pty.openpty()
        self.addCleanup(self.hang_up)
        self.child = subprocess.Popen(
            [CAMGATECTL, "--socket", self.daemon.socket_path, "ptz", DID, "keys"],
            stdin=keyboard, stdout=keyboard, stderr=keyboard, start_new_session=True,
            env={**os.environ, **ENVIRONMENT, "TERM": "xterm"})
        self.addCleanup(self.end_child)
        os.close(keyboard)
        self.see("ready")

    def hang_up(self):
        if self.screen is not None:
            os.close(self.screen)
        self.screen = None

    def end_child(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait(WATCHDOG_S)

    def see(self, text):
        shown = ""
        while text not in shown:
            ready, _, _ = select.select([self.screen], [], [], WATCHDOG_S)
            self.assertTrue(ready, f"{text!r} is not shown: {shown!r}")
            shown += os.read(self.screen, 4096).decode("utf-8", "replace")

    def hold_right(self):
        """As a keyboard does: the key repeats until the camera has been asked for it."""
        def is_moving():
            os.write(self.screen, self.RIGHT)
            return self.camera.position()["moving"]
        until(is_moving, "it moves")

    def assert_stopped(self, longest):
        """It stands because it was told to, well before its lease would have ended the move."""
        begin = time.monotonic()
        self.camera.until_still()
        self.assertLess(time.monotonic() - begin, longest)
        ops = [r["op"] for r in self.camera.requests("ContinuousMove", "Stop")]
        self.assertEqual(ops[0], "ContinuousMove", ops)
        self.assertIn("Stop", ops)

    def test_a_key_that_is_let_go_stops_it(self):
        self.hold_right()
        self.assert_stopped(longest=3)

    def test_the_terminal_is_closed(self):
        self.hold_right()
        self.hang_up()
        self.assert_stopped(longest=3)
        self.child.wait(WATCHDOG_S)

    def test_the_program_is_killed(self):
        self.hold_right()
        self.child.kill()
        self.assert_stopped(longest=3)


class TestStatus(ControlTest):
    def ctl(self, *arguments):
        done = subprocess.run(
            [CAMGATECTL, "--socket", self.daemon.socket_path, "ptz", *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WATCHDOG_S,
            env={**os.environ, **ENVIRONMENT, "CAMGATE_PASSWORD": PASSWORD}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def status(self):
        return json.loads(self.ctl(DID, "status", "--json"))["result"]

    def test_position_and_lease(self):
        self.camera.control("position", {"pan": 0.25, "tilt": -0.5, "zoom": 0})
        status = self.status()
        self.assertAlmostEqual(status["position"]["pan"], 0.25, places=2)
        self.assertFalse(status["moving"])
        self.assertNotIn("lease", status)
        self.assertEqual(status["limits"]["pan"], {"min": -1, "minKnown": "advertised",
                                                   "max": 1, "maxKnown": "advertised"})

        self.assertEqual(self.local.ask(DID, self.start()), DONE)
        status = self.status()

        self.assertTrue(status["moving"])
        self.assertTrue(status["lease"]["source"].startswith("local"))
        self.assertGreater(status["lease"]["left"], 0)
        self.assertRegex(self.ctl(DID, "status"), r"moving +yes, right by local-\d+ for \d\.\d s")

    def test_what_is_odd_is_told_in_words(self):
        self.assertRegex(self.ctl(DID, "status"), r"learnt +nothing unusual")
        self.camera.fault("Q1", arg="stop")

        self.assertEqual(self.local.ask(DID, self.start()), DONE)
        self.assertEqual(self.local.ask(DID, {"ptz": {"stop": {}}}), DONE)

        until(lambda: "stops by a move without speed" in self.ctl(DID, "status"), "what was learnt")
        self.simulator.kill()
        until(lambda: "this is what was seen last" in self.ctl(DID, "status"), "it is gone")

    def test_preset(self):
        self.assertEqual(self.local.ask(DID, {"preset": {"set": {"index": 4, "name": "门"}}}),
                         {"preset": {"code": 0}})

        until(lambda: self.status().get("preset") ==
              {"index": 4, "name": "门", "state": "at"}, "the preset that it stands at")

        self.assertIn("4 门 (there)", self.ctl(DID, "status"))

    def test_a_camera_alone(self):
        self.camera.control("position", {"pan": 0.25, "tilt": -0.5, "zoom": 0})

        text = self.ctl("--camera", self.camera.address, "--user", USERNAME, "status")

        self.assertIn("pan 0.25, tilt -0.5, zoom 0", text)
        self.assertIn("pan -1 to 1", text)

    def test_unknown_methods(self):
        self.assertEqual(self.local.ask(DID, {"ptz": {"dance": {}}})["ptz"]["code"], 60020)


if __name__ == "__main__":
    main()
