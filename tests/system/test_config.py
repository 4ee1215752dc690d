#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Command line, exit statuses, and SIGHUP (INTERFACES.md, camgated)."""

import os
import re
import shutil
import signal
import stat
import subprocess

from harness.daemon import CAMGATED, ENVIRONMENT, HANG, key_file
from harness.house import (
    DID, GATEWAY, OTHER_DID, CloudTest, StreamTest, SystemTest, camera_keys, configuration,
    expect_subscriptions)
from harness.mailbox import WATCHDOG_S
from harness.runner import main
from harness.simulator import until

USAGE, CONFIG = 64, 78

# (group, key, value): what the message must name
BAD = (
    ("ptz", "move-timeout", "soon"),
    ("ptz", "move-timeout", "-1"),
    ("ptz", "speed-fast", "2"),
    ("cloud", "servers", "http://example.com"),
    ("cloud", "qos", "3"),
    ("stream", "max-streams", "0"),
    ("stream", "stall-timeout", "nan"),
    (f"camera {DID}", "protocol", "gb28181"),
    (f"camera {DID}", "transport", "pigeon"),
    (f"camera {DID}", "ptz", "perhaps"),
    ("cloud", "client-id", "act\x01ions"),
    ("cloud", "publish-topic", "a\x85/%s"),
    ("gateway", "did", "x\x85y"),
    ("cloud", "username", "u" * 70000),
)


def run(*arguments):
    done = subprocess.run([CAMGATED, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=WATCHDOG_S)
    return done.returncode, done.stdout, done.stderr


class TestCommandLine(SystemTest):
    def test_usage(self):
        for arguments in (["--nonsense"], ["extra"], ["--config"]):
            with self.subTest(arguments):
                status, _output, errors = run(*arguments)
                self.assertEqual(status, USAGE)
                self.assertNotEqual(errors, "")

    def test_version_and_help(self):
        status, output, _errors = run("--version")
        self.assertEqual(status, 0)
        self.assertIn("camgate", output)
        self.assertEqual(run("--help")[0], 0)

    def test_check_config(self):
        path = self.write(key_file(configuration(None)))

        self.assertEqual(run("--check-config", "--config", path)[0], 0)

    def test_a_missing_file_is_named(self):
        status, _output, errors = run("--config", "/nowhere/camgate.conf")

        self.assertEqual(status, CONFIG)
        self.assertIn("/nowhere/camgate.conf", errors)

    def test_a_bad_value_is_named_with_file_group_and_key(self):
        for group, key, value in BAD:
            with self.subTest(f"[{group}] {key}={value}"):
                config = configuration(None)
                config.setdefault(group, {"address": "127.0.0.1"})[key] = value
                path = self.write(key_file(config))

                status, _output, errors = run("--check-config", "--config", path)

                self.assertEqual(status, CONFIG)
                shown = re.sub("[\x01\x85]", "?", value)[:100]
                for word in (path, group, key, shown):
                    self.assertIn(word, errors)

    def test_the_daemon_itself_ends_with_78(self):
        daemon = self.make_daemon(configuration(None, ptz={"move-timeout": "soon"}))
        daemon.write_config()

        daemon.spawn()

        self.assertEqual(daemon.wait(), CONFIG)
        self.assertIn("move-timeout", daemon.tail())

    def test_a_broken_pipeline_text_is_named_at_the_start(self):
        folder = os.path.join(self.folder, "pipelines")
        shutil.copytree(ENVIRONMENT["CAMGATE_PIPELINES_DIR"], folder)
        with open(os.path.join(folder, "video-h264.launch"), "w", encoding="utf-8") as text:
            text.write("rtph264depay name=source ! nonsense\n")
        path = self.write(key_file(configuration(None)))

        done = subprocess.run(
            [CAMGATED, "--config", path, "--state-dir", os.path.join(self.folder, "state"),
             "--socket", os.path.join(self.folder, "socket")],
            env={**os.environ, "CAMGATE_PIPELINES_DIR": folder}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=WATCHDOG_S, check=False)

        self.assertEqual(done.returncode, CONFIG)
        self.assertIn("video-h264.launch", done.stderr)
        self.assertIn("nonsense", done.stderr)

    def test_no_key_file_at_all_is_named(self):
        path = self.write("this is no key file\n")

        status, _output, errors = run("--check-config", "--config", path)

        self.assertEqual(status, CONFIG)
        self.assertIn(path, errors)

    def test_a_secret_is_not_shown(self):
        for line in ("[cloud]\nservers=mqtt://u:hunter2@x", "[cloud]\npassword hunter2",
                     "[camera c]\naddress=ftp://a:hunter2@h/"):
            with self.subTest(line):
                path = self.write(f"[gateway]\ndid=x\n{line}\n")

                status, output, errors = run("--check-config", "--config", path)

                self.assertEqual(status, CONFIG)
                self.assertIn(path, errors)
                self.assertNotIn("hunter2", output + errors)

    def test_a_fifo_is_refused_at_once(self):
        path = os.path.join(self.folder, "fifo")
        os.mkfifo(path)

        status, _output, errors = run("--check-config", "--config", path)

        self.assertEqual(status, CONFIG)
        self.assertIn(path, errors)

    def test_an_unknown_key_is_a_warning_with_the_nearest_one(self):
        config = configuration(None, ptz={"move-timeuot": "5"})
        path = self.write(key_file(config))

        status, output, errors = run("--check-config", "--config", path)

        self.assertEqual(status, 0)
        self.assertIn("move-timeuot", output + errors)
        self.assertIn("move-timeout", output + errors)

    def write(self, text):
        path = os.path.join(self.folder, "test.conf")
        with open(path, "w", encoding="utf-8") as conf:
            conf.write(text)
        return path


class TestReload(StreamTest):
    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator(count=2)
        self.config = configuration(self.broker, {DID: self.simulator.cameras[0]})
        self.daemon = self.start_daemon(self.config, self.broker)
        self.cloud.expect_register(DID)
        self.cloud.expect_register(GATEWAY)
        self.cloud.ask(DID, {"play": {"url": self.url}})
        self.cloud.expect_event(DID, "play", state="playing")
        self.media.expect_publish(DID)

    def assert_nothing_restarted(self):
        self.assertEqual(self.simulator.cameras[0].sessions(), (1, 1))
        self.assertEqual(self.media.events.take(), [])

    def test_a_new_camera_comes_and_the_others_go_on(self):
        self.config[f"camera {OTHER_DID}"] = camera_keys(self.simulator.cameras[1].address)
        self.daemon.write_config()

        self.daemon.reload()

        self.broker.expect_subscription(f"actions/{OTHER_DID}")
        self.cloud.expect_register(OTHER_DID)
        again = self.cloud.expect_register(GATEWAY)
        self.assertEqual(sorted(again.body["data"]["nodes"]), sorted([DID, OTHER_DID]))
        self.assert_nothing_restarted()

    def test_a_removed_camera_is_stopped(self):
        del self.config[f"camera {DID}"]
        self.daemon.write_config()

        self.daemon.reload()

        self.media.expect_end(DID)
        self.simulator.cameras[0].until_sessions(0)
        self.assertEqual(self.cloud.expect_register(GATEWAY).body["data"]["nodes"], [])

    def test_a_faulty_file_is_refused_as_a_whole(self):
        self.config["ptz"]["move-timeout"] = "soon"
        del self.config[f"camera {DID}"]
        self.daemon.write_config()

        self.daemon.hang_up()

        self.daemon.expect_log("move-timeout")
        self.assertEqual(self.cloud.ask(DID, {"ptz": {"stop": {}}}).result, {"ptz": {"code": 0}})
        self.assert_nothing_restarted()

    def replace_camera(self, name):
        """A reload after which the camera waits for the goodbye of its predecessor."""
        self.config[f"camera {DID}"]["name"] = name
        self.daemon.write_config()
        self.daemon.reload()

    def test_what_was_played_outlives_two_reloads(self):
        self.simulator.signal(signal.SIGSTOP)
        self.replace_camera("gate")
        self.replace_camera("door")
        self.simulator.signal(signal.SIGCONT)

        self.media.expect_publish(DID)
        self.cloud.expect_event(DID, "play", state="playing")

    def test_a_stop_counts_while_the_camera_is_replaced(self):
        self.simulator.signal(signal.SIGSTOP)
        self.replace_camera("gate")
        self.cloud.ask(DID, {"stop": {}})
        self.simulator.signal(signal.SIGCONT)

        local = self.keep(self.daemon.local())
        until(lambda: local.ask(None, {"status": {}})["status"]["cameras"]["contacted"] == 1,
              "contact with the successor")
        cameras = local.ask(None, {"status": {}})["status"]["cameras"]
        self.assertEqual(cameras["streaming"], 0)

    def test_settings_that_all_cameras_share_change_under_a_running_stream(self):
        camera = self.simulator.cameras[0]
        self.config["ptz"]["speed-fast"] = 0.125
        self.config["stream"] = {"retry-max": 7, "max-streams": 1}
        self.daemon.write_config()

        self.daemon.reload()

        self.cloud.ask(DID, {"ptz": {"start": {"direction": 3, "speed": 2}}})
        self.cloud.ask(DID, {"ptz": {"stop": {}}})
        (move, *_zeros) = camera.requests("ContinuousMove")
        self.assertAlmostEqual(move["args"]["pan"], 0.125)
        self.assert_nothing_restarted()

    def test_no_more_streams_than_allowed(self):
        self.config[f"camera {OTHER_DID}"] = camera_keys(self.simulator.cameras[1].address)
        self.config["stream"] = {"max-streams": 1}
        self.daemon.write_config()
        self.daemon.reload()
        self.broker.expect_subscription(f"actions/{OTHER_DID}")
        other = {"play": {"url": self.media.url(OTHER_DID)}}

        refused = self.cloud.ask(OTHER_DID, other).result["play"]
        again = self.cloud.ask(DID, {"play": {"url": self.url}}).result["play"]

        self.assertEqual(refused["code"], 500)
        self.assertIn("streams", refused["error"])
        self.assertEqual(again, {"code": 0}, "who streams already is no further stream")
        self.assert_nothing_restarted()
        self.assertEqual(self.cloud.ask(DID, {"stop": {}}).result, {"stop": {"code": 0}})
        self.media.expect_end(DID)
        self.assertEqual(self.cloud.ask(OTHER_DID, other).result, {"play": {"code": 0}})
        self.media.expect_publish(OTHER_DID)

    def test_the_same_file_again_changes_nothing(self):
        self.daemon.reload()

        self.cloud.ask(DID, {"ptz": {"stop": {}}})
        self.assert_nothing_restarted()
        registers = [m for m in self.cloud.history if m.body.get("type") == "register"]
        self.assertEqual(len(registers), 2)


class TestCloudChange(CloudTest):
    """SIGHUP with another [cloud]: the link is exchanged, what is under way goes on."""

    CLIENT = f"camgate_{GATEWAY}"

    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator()
        self.config = configuration(self.broker, {DID: self.simulator.camera},
                                    ptz={"reply-timeout": 10}, cloud={"reconnect-max": 1})
        self.daemon = self.start_daemon(self.config, self.broker)
        self.cloud.expect_register(DID)
        self.local = self.keep(self.daemon.local())

    def door(self):
        doors = self.local.ask(None, {"status": {}})["status"]["doors"]
        return next(door for door in doors if door["name"] == "cloud")

    def send_to_slow_camera(self):
        """An action that has come in, and that the camera does not answer for now."""
        received = self.door()["received"]
        self.simulator.freeze()
        mid, _at = self.cloud.send(DID, {"ptz": {"stop": {}}})
        until(lambda: self.door()["received"] > received, "the action came in")
        return mid

    def move_to_second_broker(self):
        second = self.start_broker("second")
        cloud = self.start_cloud(second)
        self.config["cloud"]["servers"] = second.url
        self.daemon.write_config()
        self.daemon.reload()
        expect_subscriptions(second, self.config)
        return cloud

    def test_an_action_under_way_is_answered_through_the_new_link(self):
        mid = self.send_to_slow_camera()
        second = self.move_to_second_broker()

        self.simulator.signal(signal.SIGCONT)

        self.assertEqual(second.expect_reply(DID, mid).body["result"], {"ptz": {"code": 0}})
        second.expect_register(GATEWAY)
        second.expect_register(DID)
        self.assertEqual(self.cloud.replies_to(DID, mid), [])

    def test_what_waited_for_the_old_link_goes_out_by_the_new_one(self):
        mid = self.send_to_slow_camera()
        self.broker.kill()
        self.simulator.signal(signal.SIGCONT)
        until(lambda: self.door()["queued"] == 1, "the reply waits")
        until(lambda: "refused" in self.door().get("trouble", ""), "it is told why")

        second = self.move_to_second_broker()

        self.assertEqual(second.expect_reply(DID, mid).body["result"], {"ptz": {"code": 0}})

    def test_two_links_do_not_fight_for_one_client_id(self):
        self.broker.expect_log(f"as {self.CLIENT} ")
        self.config["cloud"]["keep-alive"] = 50
        self.daemon.write_config()

        self.daemon.reload()

        self.broker.expect_log(f"{self.CLIENT} disconnected.")
        self.broker.expect_log(f"as {self.CLIENT} ")
        expect_subscriptions(self.broker, self.config)
        self.assertEqual(self.cloud.ask(DID, {"ptz": {"stop": {}}}).result, {"ptz": {"code": 0}})
        self.assertFalse(self.broker.said("already connected"))

    def test_a_cloud_goes_and_comes(self):
        servers = self.config["cloud"].pop("servers")
        self.daemon.write_config()
        self.daemon.reload()
        self.broker.expect_log(f"{self.CLIENT} disconnected.")
        self.config["cloud"]["servers"] = servers
        self.daemon.write_config()

        self.daemon.reload()

        expect_subscriptions(self.broker, self.config)
        self.assertEqual(self.cloud.ask(DID, {"ptz": {"stop": {}}}).result, {"ptz": {"code": 0}})

    def test_many_changes_at_once_end_with_the_last_one(self):
        for seconds in (50, 51, 52, 53):
            self.config["cloud"]["keep-alive"] = seconds
            self.daemon.write_config()
            self.daemon.reload()

        until(lambda: self.broker.said("c1, k53, u"), "a link with the last keep-alive")
        until(lambda: self.door()["up"], "the link")
        self.assertEqual(self.cloud.ask(DID, {"ptz": {"stop": {}}}).result, {"ptz": {"code": 0}})
        self.assertFalse(self.broker.said("already connected"))

    def test_a_second_daemon_disturbs_nobody(self):
        second = self.make_daemon(self.config, "second")
        second.socket_path = self.daemon.socket_path
        second.write_config()

        second.spawn()

        self.assertEqual(second.wait(), 70)
        self.assertEqual(self.cloud.ask(DID, {"ptz": {"stop": {}}}).result, {"ptz": {"code": 0}})
        self.assertFalse(self.broker.said("already connected"))

    def test_a_client_id_that_nobody_can_use_leaves_the_old_link(self):
        self.config["cloud"]["client-id"] = "act\x01ions"
        self.daemon.write_config()

        self.daemon.hang_up()

        self.daemon.expect_log("client-id")
        self.assertEqual(self.cloud.ask(DID, {"ptz": {"stop": {}}}).result, {"ptz": {"code": 0}})


class TestHangingDisk(SystemTest):
    def test_a_disk_that_hangs_keeps_nobody_from_stopping_a_camera(self):
        # Given a disk that hangs when the configuration is read again
        hang = os.path.join(self.folder, "hang")
        camera = self.start_simulator().camera
        daemon = self.make_daemon(configuration(None, {DID: camera}))
        daemon.environment = {"LD_PRELOAD": HANG, "CAMGATE_HANG": hang,
                              "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")
                                              + ":verify_asan_link_order=0"}
        daemon.start()
        local = self.keep(daemon.local())
        self.assertEqual(local.ask(DID, {"ptz": {"start": {"direction": 3}}})["ptz"]["code"], 0)
        os.mkfifo(hang)
        del daemon.config[f"camera {DID}"]
        daemon.write_config()

        # When it is told to read it, twice
        daemon.notices.take()
        daemon.hang_up()
        until(lambda: os.path.exists(hang + ".reached"), "somebody waits for the disk")
        daemon.hang_up()

        # Then it goes on with the old one, and takes the new one when it can be read
        self.assertEqual(local.ask(DID, {"ptz": {"stop": {}}})["ptz"]["code"], 0)
        camera.until_still()
        with open(hang, "w", encoding="utf-8"):
            os.remove(hang)
        for _time in range(2):
            daemon.notices.expect(lambda notice: notice == "READY=1", "READY=1")
        status = local.ask(None, {"status": {}})["status"]
        self.assertEqual(status["cameras"]["bound"], 0)


class TestState(SystemTest):
    def test_state_files_are_for_the_daemon_alone(self):
        broker, camera = self.start_broker(), self.start_simulator().camera
        cloud = self.start_cloud(broker)
        daemon = self.start_daemon(configuration(broker, {DID: camera}), broker)
        answer = cloud.ask(DID, {"preset": {"set": {"index": 1, "name": "gate"}}})
        self.assertEqual(answer.result, {"preset": {"code": 0}})
        daemon.terminate()
        self.assertEqual(daemon.wait(), 0)

        files = [os.path.join(where, name)
                 for where, _folders, names in os.walk(daemon.state_dir) for name in names]

        self.assertIn(f"presets-{DID}.json", [os.path.basename(path) for path in files])
        for path in files:
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600, path)


if __name__ == "__main__":
    main()
