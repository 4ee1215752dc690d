#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each command: the line it sends, what it prints, how it ends (INTERFACES.md, camgatectl)."""

import json
import os
import signal

from ctl import DID, GATEWAY, OTHER_DID, CtlTest, Terminal
from harness.mailbox import WATCHDOG_S
from harness.runner import main

DONE = {"code": 0}
LEFT_LIMIT = {"code": 60004, "error": "stands at its left limit", "basis": "measured"}
PTZ_STATUS = {
    "code": 0, "position": {"pan": 0.25, "tilt": -0.5, "age": 4200}, "moving": True,
    "lease": {"left": 1500, "source": "cloud", "pan": -0.5, "tilt": 0.5, "zoom": 0},
    "preset": {"index": 5, "name": "大门", "state": "calling"},
    "limits": {"pan": {"min": -1, "minKnown": "verified", "max": 1}}, "contacted": False,
    "measurable": False, "stop": "bare", "newer": 1,
    "learnt": {"pan": {"sign": -1, "position": "honest"}, "tilt": {"position": "frozen"},
               "move-status": "restless", "one-axis-only": True, "loses-first": True}}
PTZ_STATUS_TEXT = (
    "contact   none: this is what was seen last\n"
    "position  pan 0.25, tilt -0.5 (4 s ago)\nmoving    yes, up-left by cloud for 1.5 s\n"
    "preset    5 大门 (on the way)\nlimits    pan -1 (verified) to 1\n"
    "learnt    cannot be seen to move: what is said of it is assumed\n"
    "          counts pan the other way\n"
    "          tells the same tilt wherever it stands\n"
    "          says that it moves, also when it stands\n"
    "          moves one axis at a time: diagonals go in steps\n"
    "          sleeps through the first command after a rest: it is sent twice\n"
    "          stops when no axis is named\n"
    "newer  1\n")
CAMERAS = {"code": 0, "cameras": [
    {"did": DID, "name": "Tor", "address": "192.168.1.64", "contacted": True,
     "modelNumber": "X1", "panTilt": True, "source": "file+cloud",
     "stream": {"state": "playing", "url": "rtmp://media/live/a", "frames": 7,
                "since": 1700000000000}},
    {"did": OTHER_DID, "address": "http://192.168.1.65:8080/onvif", "contacted": False,
     "reason": "login-refused", "stream": {}}]}


def play_event(state, **more):
    return {"did": DID, "type": "event", "data": {"play": {"state": state, **more}}}


class TestActions(CtlTest):
    # (command line, what camgated is asked, what it answers, status, output, errors)
    ROWS = (
        ("play DID rtmp://h/p", (DID, "play", None, {"url": "rtmp://h/p"}), DONE,
         0, "accepted", ""),
        ("stop DID", (DID, "stop", None, {}), DONE, 0, "stopped\n", ""),
        ("ptz DID left", (DID, "ptz", "start", {"direction": 2, "speed": 1}), DONE,
         0, "moving left", ""),
        ("ptz DID zoom-out --speed slow", (DID, "ptz", "start", {"direction": 9, "speed": 0}),
         DONE, 0, "moving zoom-out", ""),
        ("ptz --speed=fast DID up-right", (DID, "ptz", "start", {"direction": 6, "speed": 2}),
         DONE, 0, "moving up-right", ""),
        ("ptz DID stop", (DID, "ptz", "stop", {}), DONE, 0, "stopped\n", ""),
        ("ptz DID left", (DID, "ptz", "start", {"direction": 2, "speed": 1}), LEFT_LIMIT,
         1, "", "60004 left limit reached\n  stands at its left limit (measured)\n"),
        ("ptz DID status", (DID, "ptz", "status", {}), PTZ_STATUS, 0, PTZ_STATUS_TEXT, ""),
        ("ptz DID status", (DID, "ptz", "status", {}), {"code": 0}, 0,
         "position  not told by the camera\nmoving    not told by the camera\n", ""),
        ("ptz DID status", (DID, "ptz", "status", {}), {"code": 0, "position": 7, "lease": [],
                                                        "preset": "x", "limits": {"pan": 3}},
         0, "position  not told by the camera\n", ""),
        ("preset DID list", (DID, "preset", "list", {}),
         {"code": 0, "presets": [{"index": 1, "name": "gate"}, {"index": 12, "name": ""}]},
         0, "INDEX  NAME\n1      gate\n12     -\n", ""),
        ("preset DID list", (DID, "preset", "list", {}), {"code": 0, "presets": []},
         0, "no presets\n", ""),
        ("preset DID set 3 Hof", (DID, "preset", "set", {"index": 3, "name": "Hof"}), DONE,
         0, "preset 3 is where the camera stands now\n", ""),
        ("preset DID set 128", (DID, "preset", "set", {"index": 128}), DONE, 0, "preset 128", ""),
        ("preset DID goto 3", (DID, "preset", "goto", {"index": 3}), DONE,
         0, "going to preset 3\n", ""),
        ("preset DID remove 3", (DID, "preset", "remove", {"index": 3}), {"code": 60011},
         1, "", "60011 preset does not exist\n"),
        ("device DID read", (DID, "device", "read", {}),
         {"read": {"manufacturer": "ACME", "currentTime": 7, "powerSources": [0, 4]}},
         0, "manufacturer  ACME\ncurrentTime   7\npowerSources  0, 4\n", ""),
        ("device DID reboot delay=5", (DID, "device", "reboot", {"delay": 5}), {"reboot": DONE},
         0, "done\n", ""),
        ("location DID read", (DID, "location", "read", {}), {"read": {"latitude": 59.3251}}, 0,
         "latitude  59.3251\n", ""),
        (f"firmware DID update md5sum={'1' * 32}",
         (DID, "firmware", "update", {"md5sum": "1" * 32}), {"update": DONE}, 0, "done\n", ""),
        ("device DID reset", (DID, "device", "reset", {}), {"reset": {"code": 18003}},
         1, "", "18003 operation the device does not support\n"),
        ("firmware gateway update uri=http://h/f version=12", (None, "firmware", "update",
         {"uri": "http://h/f", "version": "12"}), {"update": DONE}, 0, "done\n", ""),
        ("firmware DID update version=2.10 note=1.50 slot=010 delay=-1.5e3",
         (DID, "firmware", "update",
          {"version": "2.10", "note": 1.5, "slot": "010", "delay": -1500.0}),
         {"update": DONE}, 0, "done\n", ""),
        ("peripheral gateway read did=001122334455 config={}", (None, "peripheral", "read",
         {"did": "001122334455", "config": {}}), {"read": {"did": "001122334455"}}, 0,
         "did  001122334455\n", ""),
        ("config gateway write {\"updated\":1,\"camera\":[]}", (None, "config", "write",
         {"updated": 1, "camera": []}), {"write": {"code": 9, "error": "camera: too few"}},
         1, "", "9 invalid configuration parameters\n  camera: too few\n"),
        ("peripheral gateway read did=@all config={}", (None, "peripheral", "read",
         {"did": "@all", "config": {}}), {"read": {"did": "@all"}}, 0, "did  @all\n", ""),
        ("send DID {\"ptz\":{\"stop\":{}}}", (DID, "ptz", "stop", {}), DONE, 0, "done\n", ""),
        ("send DID {\"did\":\"x\",\"data\":{\"ptz\":{\"stop\":{}}}}", (DID, "ptz", "stop", {}),
         DONE, 0, "done\n", ""),
        ("send DID {\"ptz\":{\"dance\":{}}}", (DID, "ptz", "dance", {}), {"code": 60020},
         1, "", "60020 command not supported\n"),
        ("send gateway {\"status\":{}}", (None, "status", None, {}), {"code": 0, "version": "1"},
         0, "version  1\n", ""),
    )

    def test_what_is_sent_and_printed(self):
        for line, request, answer, status, output, errors in self.ROWS:
            with self.subTest(line):
                arguments = [DID if word == "DID" else word for word in line.split()]
                name = ".".join(part for part in request[1:3] if part)
                self.setUp()
                self.start_daemon({name: answer})

                got = self.ctl(*arguments)

                self.assertEqual(got[0], status, got)
                self.assertTrue(got[1].startswith(output), got)
                self.assertTrue(got[2].startswith(errors), got)
                self.assertEqual(got[2] == "", errors == "", got)
                self.asked(request)

    def test_json_is_one_object_with_stable_members(self):
        for line, request, answer, status, _output, _errors in self.ROWS:
            with self.subTest(line):
                arguments = [DID if word == "DID" else word for word in line.split()]
                name = ".".join(part for part in request[1:3] if part)
                self.setUp()
                self.start_daemon({name: answer})

                got = self.ctl(*arguments, "--json")

                self.assertEqual(got[0], status, got)
                self.assertEqual(got[1].count("\n"), 1, got)
                result = json.loads(got[1])
                self.assertEqual(
                    list(result), ["did", "service", "method", "code", "error", "result"])
                inner = answer.get(request[2], answer)
                self.assertEqual(result["did"], request[0] or GATEWAY)
                self.assertEqual(result["service"], request[1])
                self.assertEqual(result["code"], inner.get("code", 0))
                self.assertEqual(result["error"], inner.get("error"))
                self.assertEqual(result["result"], inner)

    def test_several_services_have_several_answers(self):
        self.start_daemon({"stop": DONE, "ptz.stop": {"code": 60000}})

        status, output, errors = self.ctl("send", DID, '{"stop":{},"ptz":{"stop":{}}}')

        self.assertEqual((status, output), (1, "stop: done\n"))
        self.assertTrue(errors.startswith("60000 device has no PTZ\n"), errors)

    def test_text_of_a_camera_does_not_move_the_cursor(self):
        self.start_daemon({"preset.list": {
            "code": 0, "presets": [{"index": 1, "name": "\x1b[2J\u202eevil\n\u95e8\u53e3"}]}})

        _status, output, _errors = self.ctl("preset", DID, "list")

        self.assertEqual(output, "INDEX  NAME\n1      ?[2J?evil?\u95e8\u53e3\n")

    def test_nor_does_it_as_json_or_in_an_error(self):
        name = "\x1b[2J\x7f\x9b2J\u202a\u202eevil\u2066\u2028\u95e8"
        self.start_daemon({
            "preset.list": {"code": 0, "presets": [{"index": 1, "name": name}]},
            "preset.goto": {"code": 60011, "error": name}})

        _status, as_json, _errors = self.ctl("preset", DID, "list", "--json")
        _status, refused, errors = self.ctl("preset", DID, "goto", "1", "--json")

        self.assertEqual(json.loads(as_json)["result"]["presets"][0]["name"], name)
        self.assertEqual(json.loads(refused)["error"], name)
        for output in (as_json, refused, errors):
            self.assertEqual([c for c in output if not (c.isprintable() or c == "\n")], [])
        self.assertIn("\u95e8", as_json)

    def test_names_survive_a_plain_locale(self):
        self.start_daemon({"preset.set": DONE, "preset.list": {
            "code": 0, "presets": [{"index": 1, "name": "\u95e8"}]}})

        self.ctl("preset", DID, "set", "1", "T\u00fcr", env={"LC_ALL": "C"})
        _status, output, _errors = self.ctl("preset", DID, "list", env={"LC_ALL": "C"})
        _status, as_json, _errors = self.ctl("preset", DID, "list", "--json", env={"LC_ALL": "C"})

        self.asked((DID, "preset", "set", {"index": 1, "name": "T\u00fcr"}),
                   (DID, "preset", "list", {}), (DID, "preset", "list", {}))
        self.assertEqual(output, "INDEX  NAME\n1      ?\n")
        self.assertEqual(json.loads(as_json)["result"]["presets"][0]["name"], "\u95e8")


class TestLooking(CtlTest):
    def test_cameras(self):
        self.start_daemon({"cameras": CAMERAS})

        status, output, errors = self.ctl("cameras")

        self.assertEqual((status, errors), (0, ""))
        self.assertEqual([line.split() for line in output.splitlines()], [
            ["DID", "NAME", "ADDRESS", "CONTACT", "MODEL", "STREAM", "SOURCE"],
            [DID, "Tor", "192.168.1.64", "yes", "X1", "playing", "file+cloud"],
            [OTHER_DID, "-", "http://192.168.1.65:8080/onvif", "login-refused", "-", "-", "-"]])
        self.asked((None, "cameras", None, {}))

    def test_cameras_as_json(self):
        self.start_daemon({"cameras": CAMERAS})

        status, output, _errors = self.ctl("cameras", "--json")

        self.assertEqual((status, json.loads(output)), (0, {"cameras": CAMERAS["cameras"]}))

    def test_no_cameras(self):
        self.start_daemon({"cameras": {"code": 0, "cameras": []}})

        self.assertEqual(self.ctl("cameras")[1].split(";")[0], "no camera is bound")
        self.assertEqual(json.loads(self.ctl("cameras", "--json")[1]), {"cameras": []})

    def test_show(self):
        self.start_daemon({"cameras": CAMERAS})

        status, output, _errors = self.ctl("show", DID)

        self.assertEqual(status, 0)
        self.assertIn("panTilt      yes\n", output)
        self.assertIn("stream\n  state   playing\n", output)
        self.assertRegex(output, r"\n  since   2023-11-1\d \d\d:\d\d:\d\d\n")
        self.assertEqual(
            json.loads(self.ctl("show", DID, "--json")[1]), CAMERAS["cameras"][0])

    def test_show_one_that_is_not_there(self):
        self.start_daemon({"cameras": CAMERAS})

        status, _output, errors = self.ctl("show", "00112233445")

        self.assertEqual(status, 4)
        self.assertIn(f"did you mean {DID}?", errors)

    def test_status(self):
        self.start_daemon({"status": {"code": 0, "version": "1.2", "doors": [
            {"name": "cloud", "up": True}, {"name": "local", "up": False}]}})

        status, output, _errors = self.ctl("status")

        self.assertEqual(status, 0)
        self.assertEqual(output, "version  1.2\ndoors\n  name  cloud\n  up    yes\n\n"
                                 "  name  local\n  up    no\n")
        self.assertEqual(json.loads(self.ctl("status", "--json")[1])["version"], "1.2")

    def test_status_without_a_cloud(self):
        self.start_daemon({"status": {"code": 0, "cloud": {"configured": False}, "doors": []}})

        status, output, _errors = self.ctl("status")

        self.assertEqual(status, 0)
        self.assertIn("cloud  none is configured: `servers` in [cloud] is empty\n", output)
        self.assertEqual(json.loads(self.ctl("status", "--json")[1])["cloud"],
                         {"configured": False})

    def test_status_with_a_cloud(self):
        self.start_daemon({"status": {"code": 0, "cloud": {"configured": True}, "doors": []}})

        self.assertIn("cloud\n  configured  yes\n", self.ctl("status")[1])

    def test_explain(self):
        status, output, errors = self.ctl("explain", "60004")

        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(output, "60004 left limit reached\n  move in another direction\n")
        self.assertEqual(json.loads(self.ctl("explain", "60004", "--json")[1])["code"], 60004)
        self.assertGreater(len(json.loads(self.ctl("explain", "--json")[1])["codes"]), 20)

    def test_explain_a_word(self):
        for word, meaning in (("limit-left", "it stands at its left limit"),
                              ("dns", "the host's name is unknown"),
                              ("uplink-budget", "all streams together"),
                              ("retrying", "it does not play")):
            with self.subTest(word):
                status, output, errors = self.ctl("explain", word)

                self.assertEqual((status, errors), (0, ""))
                self.assertTrue(output.startswith(f"{word}: {meaning}"), output)
                self.assertRegex(output, r"^[^\n]+\n  [^\n]+\n$")
                told = json.loads(self.ctl("explain", word, "--json")[1])
                self.assertEqual(set(told), {"word", "meaning", "advice"})
                self.assertEqual(output, f"{word}: {told['meaning']}\n  {told['advice']}\n")

    def test_explain_an_error_without_advice_of_its_own_gives_that_of_its_code(self):
        word = json.loads(self.ctl("explain", "limit-left", "--json")[1])
        code = json.loads(self.ctl("explain", "60004", "--json")[1])

        self.assertEqual(word["advice"], code["advice"])

    def test_an_answer_of_many_cameras(self):
        many = {"code": 0, "cameras": [
            {"did": f"{i:012x}", "name": "n" * 200, "contacted": True, "stream": {}}
            for i in range(1000)]}
        self.start_daemon({"cameras": many})

        self.assertEqual(len(self.ctl("cameras")[1].splitlines()), 1001)


class TestPlayAndWait(CtlTest):
    """--wait follows the events that come on the same connection."""

    def play(self, *events, cameras=None, extra=()):
        def answer(daemon, _message):
            for event in events:
                daemon.send(event)
            return DONE

        self.start_daemon({"play": answer, "cameras": cameras or {"code": 0, "cameras": []}})
        return self.ctl("play", DID, "rtmp://media/live/a", "--wait", *extra)

    def test_until_it_plays(self):
        status, output, errors = self.play(
            {"did": OTHER_DID, "type": "event", "data": {"play": {"state": "failed"}}},
            play_event("playing", url="rtmp://media/live/older"),
            play_event("retrying", reason="unreachable", error="no route"),
            play_event("playing", url="rtmp://media/live/a"))

        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(output, "accepted\nretrying: unreachable: no route\nplaying\n")

    def test_until_it_has_failed(self):
        status, output, errors = self.play(
            play_event("failed", reason="codec", error="H.265 cannot go there"))

        self.assertEqual((status, output),
                         (1, "accepted\nfailed: codec: H.265 cannot go there\n"))
        self.assertEqual(errors, "no picture: failed\n")

    def test_what_plays_already(self):
        status, output, _errors = self.play(cameras=CAMERAS)

        self.assertEqual((status, output), (0, "accepted\nplaying\n"))

    def test_no_picture_in_time(self):
        status, _output, errors = self.play(play_event("retrying"), extra=("--timeout", "0.3"))

        self.assertEqual(status, 1)
        self.assertTrue(errors.startswith("no picture yet"), errors)

    def test_as_one_object(self):
        status, output, _errors = self.play(
            play_event("retrying", reason="no-data"),
            play_event("failed", reason="codec", error="H.265"), extra=("--json",))

        result = json.loads(output)
        self.assertEqual(status, 1)
        self.assertEqual((result["code"], result["state"], result["reason"], result["error"]),
                         (0, "failed", "codec", "H.265"))

    def test_refused_at_once(self):
        self.start_daemon({"play": {"code": 400, "error": "Invalid RTMP URL"}})

        status, _output, errors = self.ctl("play", DID, "http://x", "--wait")

        self.assertEqual(status, 1)
        self.assertTrue(errors.startswith("400 bad request\n  Invalid RTMP URL\n"), errors)


class TestMoveForAWhile(CtlTest):
    START = (DID, "ptz", "start", {"direction": 0, "speed": 1})
    STOP = (DID, "ptz", "stop", {})

    def test_moves_and_stops(self):
        self.start_daemon({"ptz.start": DONE, "ptz.stop": DONE})

        status, output, errors = self.ctl("ptz", DID, "up", "--for", "0.1")

        self.assertEqual((status, output, errors), (0, "moved up for 0.1 s, stopped\n", ""))
        self.asked(self.START, self.STOP)

    def test_refreshes_the_lease(self):
        self.start_daemon({"ptz.start": DONE, "ptz.stop": DONE})

        self.ctl("ptz", DID, "up", "--for", "1.1")

        self.asked(self.START, self.START, self.STOP)

    def test_a_limit_on_the_way_stops_and_is_told(self):
        answers = iter([DONE, LEFT_LIMIT])
        self.start_daemon({"ptz.start": lambda daemon, message: next(answers), "ptz.stop": DONE})

        status, _output, errors = self.ctl("ptz", DID, "up", "--for", "9")

        self.assertEqual(status, 1)
        self.assertTrue(errors.startswith("60004 left limit reached\n"), errors)
        self.asked(self.START, self.START, self.STOP)

    def test_a_stop_that_fails_is_told(self):
        self.start_daemon({"ptz.start": DONE, "ptz.stop": {"code": 60006, "error": "no route"}})

        status, _output, errors = self.ctl("ptz", DID, "up", "--for", "0.1")

        self.assertEqual(status, 1)
        self.assertTrue(errors.startswith("not stopped: 60006 "), errors)

    def test_signals_stop_the_camera_first(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(number.name):
                self.setUp()
                daemon = self.start_daemon({"ptz.start": DONE, "ptz.stop": DONE})
                child = self.spawn("ptz", DID, "up", "--for", "600")
                daemon.requests.expect(lambda request: request == self.START, "start")

                child.send_signal(number)

                daemon.requests.expect(lambda request: request == self.STOP, "stop")
                self.assertEqual(child.wait(WATCHDOG_S), -number)


class TestMonitor(CtlTest):
    MESSAGE = {"did": DID, "mid": "7", "type": "action", "data": {"ptz": {"stop": {}}}}
    TRACE = {"type": "trace", "at": 1700000000123, "door": "cloud", "direction": "in",
             "message": MESSAGE}

    def monitor(self, *extra):
        def answer(daemon, _message):
            daemon.send({**self.TRACE, "message": {**self.MESSAGE, "did": OTHER_DID}})
            daemon.send(b"no json\n[1]\n")
            daemon.send(self.TRACE)
            daemon.send({"type": "trace", "at": 1, "door": "cloud", "direction": "in",
                         "unreadable": 70000})
            daemon.send({**self.TRACE, "direction": "out", "message": {
                "did": DID, "mid": "7", "type": "action", "result": {"ptz": {"code": 0}}}})
            return DONE

        daemon = self.start_daemon({"trace": answer})
        child = self.spawn("monitor", *extra)
        daemon.requests.expect(what="trace")
        return child

    def test_lines_for_people(self):
        child = self.monitor()

        lines = [child.stdout.readline() for _ in range(4)]

        self.assertRegex(lines[0], rf"^\d\d:\d\d:\d\d\.123 cloud -> {OTHER_DID}  action  ")
        self.assertRegex(lines[1], rf'cloud -> {DID}  action  \{{"ptz":\{{"stop":\{{\}}\}}\}}$')
        self.assertIn("70000 bytes", lines[2])
        self.assertRegex(lines[3], rf'cloud <- {DID}  reply  \{{"ptz":\{{"code":0\}}\}}$')

    def test_lines_for_programs(self):
        child = self.monitor(DID, "--json")

        self.assertEqual(json.loads(child.stdout.readline()), self.TRACE)
        self.assertEqual(json.loads(child.stdout.readline())["direction"], "out")

    def test_the_end_of_camgated(self):
        child = self.monitor()
        child.stdout.readline()

        self.daemon.hang_up()

        self.assertEqual(child.wait(WATCHDOG_S), 3)
        self.assertIn("hung up", child.stderr.read())


class TestImport(CtlTest):
    """A list of more than one message that does not get through: it is told how far it came."""

    N = 900
    TITLES = "did,address,name\n"
    ROWS = [f"{i:012},192.0.2.{i % 250},{'n' * 100}\n" for i in range(N)]

    def setUp(self):
        super().setUp()
        self.bound = []
        self.last_answer = None
        self.start_daemon({"config.read": {"read": {"camera": []}}, "config.merge": self.merge})
        self.path = os.path.join(self.folder, "site.csv")
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(self.TITLES + "".join(self.ROWS))

    def merge(self, daemon, message):
        merge = message["data"]["config"]["merge"]
        cameras = merge["camera"]
        if not merge["check"]:
            if self.bound and self.last_answer != DONE:
                if self.last_answer is None:
                    daemon.hang_up()
                return self.last_answer and {"merge": self.last_answer}
            self.bound += [camera["did"] for camera in cameras]
        return {"merge": {"code": 0, "added": len(cameras), "changed": 0, "same": 0}}

    def test_a_daemon_that_ends_half_way(self):
        status, output, errors = self.ctl("import", self.path)

        self.assertEqual((status, output), (3, ""))
        self.assertRegex(
            errors, rf"hung up(.|\n)*\n  {len(self.bound)} of {self.N} cameras are bound, up to "
                    rf"{self.bound[-1]}, and perhaps the \d+ after them\. Import the list again")

    def test_a_daemon_that_refuses_half_way(self):
        self.last_answer = {"code": 500, "error": "no room on the disk"}

        status, output, errors = self.ctl("import", self.path)

        self.assertEqual((status, output), (1, ""))
        self.assertIn("no room on the disk", errors)
        self.assertIn(f"\n  {len(self.bound)} of {self.N} cameras are bound, up to "
                      f"{self.bound[-1]}. Import the list again", errors)

    def test_progress_is_shown_to_a_person(self):
        self.last_answer = DONE
        terminal = Terminal(self, self.command("import", self.path))

        terminal.see("checked 900 of 900")
        terminal.see("bound 900 of 900")
        self.assertEqual(terminal.child.wait(WATCHDOG_S), 0)
        self.assertNotIn("of 900", self.ctl("import", self.path)[1])
        self.assertEqual(len(self.bound), 2 * self.N)

    def test_how_large_a_list_may_be(self):
        """Thousands of cameras; what is larger is refused as a whole."""
        row = ",192.0.2.1," + "n" * 280 + "\n"
        for count, status in ((3000, 0), (4000, 1)):
            with self.subTest(count):
                self.last_answer, self.bound = DONE, []
                with open(self.path, "w", encoding="utf-8") as file:
                    file.write(self.TITLES + "".join(f"{i:012}{row}" for i in range(count)))

                done, _output, errors = self.ctl("import", self.path)

                self.assertEqual((done, len(self.bound)), (status, count if status == 0 else 0))
                if status:
                    self.assertIn("is larger than 1 MiB", errors)
                    self.assertIn("Nothing was written.", errors)


if __name__ == "__main__":
    main()
