#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The local socket and camgatectl, with and without a cloud (INTERFACES.md)."""

import grp
import json
import os
import signal
import stat
import subprocess
import time

from harness.daemon import CAMGATECTL, ENVIRONMENT
from harness.house import DID, GATEWAY, OTHER_DID, SystemTest, configuration
from harness.mailbox import WATCHDOG_S
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, until


class LocalTest(SystemTest):
    """No cloud here: what works on the local socket must not need one."""

    def setUp(self):
        super().setUp()
        self.media = self.start_media()
        self.simulator = self.start_simulator("CAMERA", count=2)
        self.camera = self.simulator.camera
        cameras = dict(zip((DID, OTHER_DID), self.simulator.cameras))
        self.daemon = self.start_daemon(configuration(None, cameras))
        self.local = self.keep(self.daemon.local())
        until(lambda: all(c["contacted"] for c in self.cameras()), "both cameras contacted")

    def cameras(self):
        return self.local.ask(None, {"cameras": {}})["cameras"]["cameras"]

    def ctl(self, *arguments, env=None, socket=None):
        """Runs camgatectl. Returns (status, output, errors)."""
        command = [CAMGATECTL, "--socket", socket or self.daemon.socket_path, *arguments]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=WATCHDOG_S, env={**os.environ, **ENVIRONMENT, **(env or {})})
        return done.returncode, done.stdout, done.stderr


class TestSocket(LocalTest):
    def test_who_may_use_it(self):
        mode = os.stat(self.daemon.socket_path)

        self.assertEqual(stat.S_IMODE(mode.st_mode), 0o660)
        if any(group.gr_name == "camgate" for group in grp.getgrall()) and os.geteuid() == 0:
            self.assertEqual(grp.getgrgid(mode.st_gid).gr_name, "camgate")

    def test_play_and_its_events_come_back_on_the_same_line(self):
        url = self.media.url("local")

        self.assertEqual(self.local.ask(DID, {"play": {"url": url}}), {"play": {"code": 0}})

        self.local.expect_event(DID, "play", state="playing", url=url)
        self.media.expect_publish("local")
        self.assertEqual(self.local.ask(DID, {"stop": {}}), {"stop": {"code": 0}})
        self.local.expect_event(DID, "play", state="stopped")
        self.media.expect_end("local")

    def test_a_main_loop_that_stands_still_is_seen_in_its_status(self):
        before = self.local.ask(None, {"status": {}})["status"]["lag"]
        self.assertGreaterEqual(before["max"], before["own"])

        self.daemon.process.signal(signal.SIGSTOP)
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 3, "it has stood still for long")
        self.daemon.process.signal(signal.SIGCONT)
        until(lambda: self.local.ask(None, {"status": {}})["status"]["lag"]["max"] > 1500, "seen")

        lag = self.local.ask(None, {"status": {}})["status"]["lag"]
        self.assertGreater(lag["own"], 1500, "this was no want of processors")
        self.assertEqual((lag["everMax"], lag["everOwn"]), (lag["max"], lag["own"]))
        self.assertIn(f"own      {lag['own']:g}", self.ctl("status")[1])

    def test_an_event_shows_no_login(self):
        url = "rtmp://user:hunter2@127.0.0.1:1/live/x"

        self.assertEqual(self.local.ask(DID, {"play": {"url": url}}), {"play": {"code": 0}})

        event = self.local.expect_event(DID, "play", state="retrying")
        self.assertEqual(event["data"]["play"]["url"], "rtmp://******@127.0.0.1:1/live/x")
        self.assertNotIn("hunter2", json.dumps(event))

    def test_a_client_hears_only_what_it_asked(self):
        other = self.keep(self.daemon.local())
        other.ask(None, {"status": {}})

        self.local.ask(DID, {"play": {"url": self.media.url("local")}})
        self.local.expect_event(DID, "play", state="playing")

        other.ask(None, {"status": {}})
        self.assertEqual(other.messages.take(), [])

    def test_cameras_and_status(self):
        cameras = self.cameras()
        status = self.local.ask(None, {"status": {}})["status"]

        self.assertEqual(sorted(camera["did"] for camera in cameras), sorted([DID, OTHER_DID]))
        self.assertTrue(all(camera["panTilt"] for camera in cameras))
        self.assertEqual(status["code"], 0)
        self.assertEqual(status["did"], GATEWAY)
        self.assertEqual(status["cameras"]["contacted"], 2)
        self.assertNotIn(PASSWORD, json.dumps(cameras))

    def test_trace_shows_what_goes_through_any_door_and_hides_secrets(self):
        watcher = self.keep(self.daemon.local())
        watcher.ask(None, {"trace": {}})

        self.local.ask(DID, {"play": {"url": "rtmp://u:hidden@127.0.0.1:1/live/x"}}, mid="traced")

        for word in ("data", "result"):
            watcher.messages.expect(
                lambda m, word=word: '"traced"' in json.dumps(m) and word in json.dumps(m),
                f"copy with {word}")
        self.assertFalse(any("hidden" in json.dumps(m) for m in watcher.messages.peek()))

    def test_local_services_are_not_for_cameras_and_bad_lines_do_no_harm(self):
        self.local.send_line("this is no JSON")
        self.local.send_line("[]")
        self.local.send_line("x" * 70000)
        fresh = self.keep(self.daemon.local())

        self.assertEqual(fresh.ask(None, {"status": {}})["status"]["code"], 0)
        self.assertEqual(fresh.ask(DID, {"status": {}})["status"]["code"], 404)

    def test_a_slip_of_a_client_is_no_warning(self):
        self.assertEqual(self.local.ask(DID, {"dance": {}})["dance"]["code"], 404)

        line = self.daemon.expect_log("dance of")
        self.assertIn(" info ", line)

    def test_a_stale_socket_is_replaced_and_a_live_one_is_not(self):
        second = self.make_second_daemon()
        self.assertNotEqual(second.wait(), 0)
        self.assertEqual(self.local.ask(None, {"status": {}})["status"]["code"], 0)

        self.daemon.process.kill()
        self.assertTrue(os.path.exists(self.daemon.socket_path))
        self.daemon.start()
        self.assertEqual(
            self.keep(self.daemon.local()).ask(None, {"status": {}})["status"]["code"], 0)

    def make_second_daemon(self):
        second = self.make_daemon(self.daemon.config, "second")
        second.socket_path = self.daemon.socket_path
        second.write_config()
        second.spawn()
        return second.process


class TestCtl(LocalTest):
    def test_play_and_stop(self):
        status, _output, errors = self.ctl("play", DID, self.media.url("ctl"))
        self.assertEqual((status, errors), (0, ""))
        self.media.expect_publish("ctl")

        status, _output, errors = self.ctl("stop", DID)
        self.assertEqual((status, errors), (0, ""))
        self.media.expect_end("ctl")

    def test_ptz_with_the_daemon(self):
        status, _output, errors = self.ctl("ptz", DID, "right", "--speed", "slow")
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(len(self.camera.requests("ContinuousMove")), 1)

        self.assertEqual(self.ctl("ptz", DID, "stop")[0], 0)
        self.camera.until_still()

    def test_ptz_straight_on_the_camera(self):
        login = {"CAMGATE_PASSWORD": PASSWORD}

        status, _output, errors = self.ctl(
            "ptz", "--camera", self.camera.address, "--user", USERNAME, "left", "--for", "0.2",
            env=login, socket="/nowhere")

        self.assertEqual((status, errors), (0, ""))
        self.assertLess(self.camera.until_still()["pan"], 0)

    def test_cameras_as_one_object(self):
        status, output, errors = self.ctl("--json", "cameras")

        self.assertEqual((status, errors), (0, ""))
        self.assertIsInstance(json.loads(output), dict)
        self.assertIn(DID, output)

    def test_send_any_action(self):
        status, output, _errors = self.ctl("send", DID, '{"ptz":{"stop":{}}}')

        self.assertEqual(status, 0, output)
        self.assertNotEqual(self.camera.requests("Stop"), [])

    def test_exit_statuses(self):
        for arguments, wanted in (
                (("send", DID, '{"ptz":{"dance":{}}}'), 1),
                (("dance",), 2),
                (("ptz", DID, "sideways"), 2),
                (("explain", "60004"), 0)):
            with self.subTest(arguments):
                self.assertEqual(self.ctl(*arguments)[0], wanted)
        self.assertEqual(self.ctl("cameras", socket="/nowhere")[0], 3)
        dead = self.ctl("ptz", "--camera", "127.0.0.1:1", "--user", USERNAME, "stop",
                        env={"CAMGATE_PASSWORD": "x"})
        self.assertEqual(dead[0], 4)

    def test_an_error_is_printed_with_its_code_and_its_words(self):
        _status, output, errors = self.ctl("send", DID, '{"ptz":{"dance":{}}}')

        self.assertRegex(output + errors, r"60020 \w+")


if __name__ == "__main__":
    main()
