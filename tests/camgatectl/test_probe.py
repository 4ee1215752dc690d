#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The acceptance report: what `probe` finds out about a camera, and how it tells."""

import json
import signal
import socket
import subprocess

from ctl import CtlTest, Terminal, environment
from harness.mailbox import WATCHDOG_S
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, until
from probes import SMALL, ProbeTest

CHECKS = ["contact", "ports", "device", "clock", "login", "services", "stream", "picture",
          "keyframes", "b-frames", "audio", "profile", "ptz", "limits", "move", "stop", "return",
          "position", "presets"]
SECTIONS = {
    "ports": ["onvif", "rtsp", "open"],
    "device": ["manufacturer", "model", "firmware", "serial", "hardware", "macs"],
    "clock": ["offset_s", "timezone"],
    "login": ["kind", "digest", "clock"],
    "stream": ["profile", "location", "transport", "codec", "width", "height", "fps",
               "bitrate_kbps", "gop_s", "gop_frames", "gop_at_least_s", "b_frames",
               "first_picture_s", "measured_s", "audio", "audio_rate"],
    "ptz": ["pan_tilt", "zoom", "position", "move_status", "limits", "moves", "stops_by", "stop_s",
            "returned", "presets", "max_presets"],
}


class TestGoodCamera(ProbeTest):
    ARGUMENTS = (*SMALL, "--audio", "aac")

    def test_as_text(self):
        status, output, errors = self.probe()

        self.assertEqual((status, errors), (0, ""))
        self.assertNotIn("warning", output)
        self.assertRegex(
            output, r"(?m)^ok       picture    main: H\.264 320x180, (9|10)\.\d pictures/s, ")
        self.assertRegex(output, r"(?m)^ok       keyframes  0\.[456] s apart \(5 pictures\)$")
        self.assertRegex(output, r"(?m)^ok       b-frames   none$")
        self.assertRegex(output, r"(?m)^ok       audio      AAC, 16000 Hz$")
        self.assertRegex(output, r"(?m)^ok       profile    sub: H\.264 160x90, ")
        self.assertTrue(output.endswith("\nThe bridge will work with this camera.\n"), output)

    def test_as_one_object_whose_members_are_stable(self):
        status, result, checks = self.report()

        self.assertEqual((status, result["verdict"]), (0, "ok"))
        self.assertEqual(list(checks), CHECKS)
        self.assertEqual(set(result), {"address", "verdict", "checks", "services", "profiles",
                                       *SECTIONS})
        for section, members in SECTIONS.items():
            self.assertEqual(list(result[section]), members)

    def test_facts(self):
        _status, result, _checks = self.report()

        stream, ptz = result["stream"], result["ptz"]
        self.assertEqual((stream["codec"], stream["width"], stream["height"]), ("H264", 320, 180))
        self.assertAlmostEqual(stream["fps"], 10, 0)
        self.assertEqual((stream["gop_frames"], stream["b_frames"]), (5, False))
        self.assertEqual((stream["transport"], stream["audio"]), ("tcp", "AAC"))
        self.assertEqual((ptz["moves"], ptz["stops_by"], ptz["returned"]), (True, "stop", True))
        self.assertEqual((ptz["move_status"], ptz["max_presets"]), ("true", 16))
        self.assertEqual(result["login"]["kind"], "digest")
        self.assertEqual([p["token"] for p in result["profiles"]], ["main", "sub"])
        self.assertEqual(result["profiles"][1]["measured"]["height"], 90)
        self.assertIn("ptz", result["services"])

    def test_it_is_moved_a_little_stopped_and_brought_back(self):
        self.camera.control("position", {"pan": 0.9})

        self.probe()

        moves = self.camera.requests("ContinuousMove", "Stop")
        self.assertLess(moves[0]["args"]["pan"], 0)  # away from the limit
        self.assertLessEqual(abs(moves[0]["args"]["pan"]), 0.25)
        self.assertFalse(self.camera.position()["moving"])
        self.assertAlmostEqual(self.camera.position()["pan"], 0.9, 1)
        self.assertEqual(self.camera.sessions()[0], 0)

    def test_no_move_leaves_it_alone(self):
        status, result, checks = self.report("--no-move")

        self.assertEqual((status, checks["move"]), (0, "ok"))
        self.assertEqual(self.camera.requests("ContinuousMove", "RelativeMove", "Stop"), [])
        self.assertIsNone(result["ptz"]["moves"])

    def test_a_signal_stops_it_first(self):
        child = subprocess.Popen(
            self.command("probe", self.camera.address, "--user", USERNAME),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment({"CAMGATE_PASSWORD": PASSWORD}))
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        until(lambda: self.camera.position()["moving"], "the camera moves")

        child.send_signal(signal.SIGINT)

        self.assertEqual(child.wait(WATCHDOG_S), -signal.SIGINT)
        self.assertFalse(self.camera.position()["moving"])
        self.camera.until_sessions(0)

    def test_progress_on_a_terminal(self):
        terminal = Terminal(
            self, self.command("probe", self.camera.address, "--user", USERNAME, "--no-move"),
            {"CAMGATE_PASSWORD": PASSWORD})

        terminal.see("measuring the picture of main ... 1 s")
        terminal.see("The bridge will work")
        self.assertEqual(terminal.child.wait(WATCHDOG_S), 0)


class TestH265(ProbeTest):
    ARGUMENTS = (*SMALL, "--codec", "h265", "--audio", "pcma", "--no-ptz")

    def test_q11_q12_what_rtmp_carries_here_and_there_only(self):
        status, output, _errors = self.probe()

        self.assertEqual(status, 0, output)
        self.assertRegex(
            output,
            r"(?m)^warning  picture    main: H\.265 320x180, (9|10)\.\d pictures/s, \d+ kbit/s$")
        self.assertRegex(output, r"(?m)^         -> few media servers take H\.265 .*: switch one")
        self.assertRegex(output, r"(?m)^ok       keyframes  0\.[456] s apart \(5 pictures\)$")
        self.assertRegex(output, r"(?m)^ok       b-frames   none$")
        self.assertRegex(output, r"(?m)^warning  audio      PCMA$")
        self.assertRegex(output, r"(?m)^ok       profile    sub: H\.265 160x90, ")
        self.assertRegex(output, r"(?m)^ok       ptz        none")

    def test_as_facts(self):
        _status, result, checks = self.report()

        stream = result["stream"]
        self.assertEqual((stream["codec"], stream["audio"]), ("H265", "PCMA"))
        self.assertEqual((stream["width"], stream["height"]), (320, 180))
        self.assertAlmostEqual(stream["fps"], 10, 0)
        self.assertGreater(stream["bitrate_kbps"], 0)
        self.assertEqual((stream["gop_frames"], stream["b_frames"]), (5, False))
        self.assertAlmostEqual(stream["gop_s"], 0.5, 1)
        self.assertEqual(checks["picture"], "warning")
        self.assertEqual(result["profiles"][1]["measured"]["height"], 90)
        self.assertIsNone(result["ptz"]["pan_tilt"])

    def test_q14_smart_codec(self):
        self.camera.fault("Q14", arg="60")

        status, result, checks = self.report()

        self.assertEqual((status, checks["keyframes"]), (0, "warning"))
        self.assertGreater(result["stream"]["gop_at_least_s"], 10)

    def test_q22_b_frames(self):
        self.camera.fault("Q22")

        status, result, checks = self.report()

        self.assertEqual((status, checks["b-frames"]), (0, "warning"))
        self.assertTrue(result["stream"]["b_frames"])


class TestWithoutPipelines(ProbeTest):
    def test_all_but_the_stream_is_looked_at(self):
        done = subprocess.run(
            self.command("probe", self.camera.address, "--user", USERNAME, "--no-move", "--json"),
            stdin=subprocess.DEVNULL, capture_output=True, timeout=WATCHDOG_S, check=False,
            env=environment({"CAMGATE_PASSWORD": PASSWORD,
                             "CAMGATE_PIPELINES_DIR": self.folder}))

        checks = {c["check"]: c for c in json.loads(done.stdout)["checks"]}
        self.assertEqual((done.returncode, checks["stream"]["verdict"]), (1, "fail"))
        self.assertIn("CAMGATE_PIPELINES_DIR", checks["stream"]["advice"])
        self.assertEqual(checks["presets"]["verdict"], "ok")


class TestClockAndLogin(ProbeTest):
    def test_q4_a_wrong_clock(self):
        self.camera.fault("Q4", arg="3600")

        status, result, checks = self.report("--no-move")

        self.assertEqual((status, result["verdict"], checks["clock"]), (0, "warning", "warning"))
        self.assertAlmostEqual(result["clock"]["offset_s"], 3600, delta=2)
        self.assertRegex(self.finding(result, "clock"), "minutes ahead of this machine's")

    def test_q6_a_wrong_password_is_shown_twice_at_most(self):
        self.camera.fault("Q6", arg="3")

        status, result, checks = self.report(password="wrong")

        self.assertEqual((status, result["verdict"], checks["login"]), (1, "fail", "fail"))
        self.assertLessEqual(self.refused_logins(), 2)
        self.assertEqual(self.report("--no-move")[0], 0)  # it was not locked

    def test_q6_a_camera_that_calls_every_nonce_stale(self):
        self.camera.fault("Q3", arg="stale")

        status, _result, checks = self.report(password="wrong")

        self.assertEqual((status, checks["login"]), (1, "fail"))
        self.assertLessEqual(self.refused_logins(), 2)

    def test_q6_a_locked_login(self):
        self.camera.fault("Q6", arg="0")

        status, _result, checks = self.report()

        self.assertEqual((status, checks["login"]), (1, "fail"))
        self.assertLessEqual(self.refused_logins(), 2)

    def test_a_login_is_wanted(self):
        status, output, _errors = self.run_ctl("probe", self.camera.address)

        self.assertEqual(status, 1)
        self.assertIn("-> give a user of the camera: --user NAME", output)

    def test_q26_credentials_are_never_printed(self):
        for password in (PASSWORD, "wr0ng-one"):
            for kind in ((), ("--json",)):
                self.assertNotIn(password, "".join(map(str, self.probe(
                    "--no-move", *kind, password=password))))


class TestRtspOnly(ProbeTest):
    ARGUMENTS = (*SMALL, "--audio", "aac")

    def test_a_camera_without_onvif(self):
        status, output, _errors = self.run_ctl(
            "probe", self.camera.rtsp, "--user", USERNAME, "--json")
        result = json.loads(output)

        self.assertEqual((status, result["verdict"]), (0, "ok"))
        self.assertEqual([c["check"] for c in result["checks"]],
                         ["contact", "stream", "picture", "keyframes", "b-frames", "audio"])
        self.assertEqual((result["stream"]["codec"], result["stream"]["gop_frames"]), ("H264", 5))
        self.assertEqual(self.camera.requests(), [])

    def test_q6_a_wrong_password_is_shown_twice_at_most(self):
        status, output, _errors = self.run_ctl(
            "probe", self.camera.rtsp, "--user", USERNAME, "--json", password="wrong")

        self.assertEqual((status, json.loads(output)["verdict"]), (1, "fail"))
        self.assertIn(self.refused_logins(), (1, 2))

    def test_nobody_there(self):
        status, output, _errors = self.run_ctl("probe", "rtsp://127.0.0.1:1/main", "--json")

        self.assertEqual((status, json.loads(output)["verdict"]), (4, "fail"))


class TestNobodyThere(CtlTest):
    def checks(self, *arguments):
        status, output, _errors = self.ctl("probe", *arguments, "--json")
        return status, {c["check"]: (c["verdict"], c["finding"])
                        for c in json.loads(output)["checks"]}

    def test_a_closed_port(self):
        status, checks = self.checks("127.0.0.1:1")

        self.assertEqual((status, checks["contact"][0], checks["ports"][0]), (4, "fail", "fail"))

    def test_a_peer_that_never_speaks(self):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            port = mute.getsockname()[1]

            status, checks = self.checks(f"127.0.0.1:{port}", "--timeout", "0.5")

        self.assertEqual((status, checks["contact"][0]), (4, "fail"))
        self.assertIn(str(port), checks["ports"][1])

    def test_usage(self):
        for line, part in (("probe", "something is missing"),
                           ("probe http://", "no host"),
                           ("probe ftp://h/", "an http(s) URL"),
                           ("probe h --speed slow", "--speed is not for probe"),
                           ("probe h --csv", "--csv is not for probe"),
                           ("discover --csv", "go with --probe-all"),
                           ("discover --no-move", "go with --probe-all"),
                           ("discover --probe-all --csv --json", "either --csv or --json")):
            with self.subTest(line):
                status, _output, errors = self.ctl(*line.split())

                self.assertEqual(status, 2, errors)
                self.assertIn(part, errors)


if __name__ == "__main__":
    main()
