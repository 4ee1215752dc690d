#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is typed wrong, who is not there, and help in every width."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios

from ctl import CAMGATECTL, DID, CtlTest, environment
from harness.mailbox import WATCHDOG_S
from harness.runner import main

COMMANDS = (
    "discover", "probe", "cameras", "show", "status", "import", "export", "play", "stop",
    "snapshot", "ptz", "preset", "device", "connectivity", "firmware", "location", "statistics",
    "config", "peripheral", "send", "monitor", "explain", "help")


class TestUsage(CtlTest):
    # (command line, part of the message)
    ROWS = (
        ("", "camgatectl --help lists all commands"),
        ("plya", "did you mean play?"),
        ("camera", "did you mean cameras?"),
        ("xyzzy", "unknown command xyzzy; camgatectl --help"),
        ("ptz", "DID is missing"),
        ("ptz 00", "something is missing after \"00\""),
        ("ptz 00 sideways", "no direction is called sideways"),
        ("ptz 00 upleft", "did you mean up-left?"),
        ("ptz 00 left right", "\"right\" is too much"),
        ("ptz 00 left --speed quick", "slow, medium or fast"),
        ("ptz 00 left --for 0", "--for takes seconds"),
        ("ptz 00 left --for soon", "--for takes seconds"),
        ("ptz 00 left --for nan", "--for takes seconds"),
        ("ptz 00 left --for -1", "--for takes seconds"),
        ("ptz 00 left --for", "--for needs a value"),
        ("ptz 00 left --speed", "--speed needs a value"),
        ("ptz 00 left --speed --json", "--speed needs a value"),
        ("ptz 00 stop --for 1", "--for goes with a direction"),
        ("ptz 00 left --sped slow", "did you mean --speed?"),
        ("ptz 00 left --password x", "never stands on the command line"),
        ("ptz 00 left --pasword=x", "never stands on the command line"),
        ("ptz 00 left --user admin", "go with --camera"),
        ("ptz --camera h --password-file f up", "goes with --user"),
        ("ptz --camera admin:pw@h up", "no credentials in the address"),
        ("ptz 00 left -x", "unknown option -x"),
        ("ptz 00 keys", "needs a keyboard"),
        ("play 00", "something is missing"),
        ("play 00 rtmp://h/p --for 1", "--for is not for play"),
        ("play --camera h rtmp://h/p", "--camera is not for play"),
        ("cameras --wait", "--wait is not for cameras"),
        ("cameras --json=yes", "--json takes no value"),
        ("preset 00 goto", "goto takes the number"),
        ("preset 00 goto 0", "from 1 to 128"),
        ("preset 00 goto 129", "from 1 to 128"),
        ("preset 00 goto gate", "from 1 to 128"),
        ("preset 00 list 1", "list takes nothing more"),
        ("preset 00 lits", "did you mean list?"),
        ("device 00 reboot delay", "NAME=VALUE"),
        ("device --camera h reboot", "needs camgated"),
        ("device 00 write {", "no valid JSON"),
        ("send 00 {", "no valid JSON"),
        ("send 00 [1]", "no object"),
        ("discover --port 70000", "1 to 65535"),
        ("discover --range 10.0.0.0/8", "more than 256 addresses"),
        ("discover --range 10.0.0.9-1", "ends before it begins"),
        ("discover --interface nosuch0", "nosuch0 is not there"),
        ("probe", "something is missing"),
        ("probe a:b@h --user u", "no credentials in the address"),
        ("explain left", "a code is a number"),
        ("explain 12345", "there is no code 12345"),
        ("explain 123456", "there is no code 123456"),
        ("explain publisher-exsits", "did you mean publisher-exists?"),
        ("explain no-key", "did you mean no-key-frame?"),
        ("explain xyzzy", "no reason is called \"xyzzy\""),
        ("help xyzzy", "there is no command xyzzy"),
    )

    def test_what_is_typed_wrong_ends_with_2(self):
        for line, part in self.ROWS:
            with self.subTest(line):
                status, output, errors = self.ctl(*line.split())

                self.assertEqual((status, output), (2, ""), errors)
                self.assertIn(part, errors)

    def test_also_as_json(self):
        status, output, errors = self.ctl("plya", "--json")

        self.assertEqual(status, 2)
        self.assertEqual(json.loads(output), {"exit": 2, "error": errors.strip()})

    def test_options_stand_anywhere_and_words_after_two_dashes_are_words(self):
        self.start_daemon({"preset.set": {"code": 0}})

        self.ctl("--json", "preset", DID, "-t", "9", "set", "1", "--", "--json")

        self.asked((DID, "preset", "set", {"index": 1, "name": "--json"}))


class TestNobodyThere(CtlTest):
    NEED_A_DAEMON = (
        "cameras", f"show {DID}", "status", f"play {DID} rtmp://h/p", f"stop {DID}",
        f"ptz {DID} up", f"preset {DID} list", f"device {DID} read", "monitor", "export",
        f'send {DID} {{"ptz":{{"stop":{{}}}}}}')

    def test_no_daemon_ends_with_3(self):
        for line in self.NEED_A_DAEMON:
            with self.subTest(line):
                status, output, errors = self.ctl(*line.split())

                self.assertEqual((status, output), (3, ""))
                self.assertIn("cannot reach camgated", errors)
                self.assertIn("systemctl status camgated", errors)
                self.assertEqual(json.loads(self.ctl(*line.split(), "--json")[1])["exit"], 3)

    def test_the_socket_is_found_in_the_environment(self):
        daemon = self.start_daemon({"status": {"code": 0}})

        done = subprocess.run(
            [CAMGATECTL, "status"], env=environment({"CAMGATE_SOCKET": daemon.path}),
            timeout=WATCHDOG_S, check=False, stdout=subprocess.DEVNULL)

        self.assertEqual(done.returncode, 0)

    def test_a_daemon_that_says_nothing(self):
        self.start_daemon({"status": None})

        status, _output, errors = self.ctl("status", "--timeout", "0.2")

        self.assertEqual(status, 3)
        self.assertIn("did not answer within 0.2 s", errors)

    def test_a_daemon_that_talks_nonsense(self):
        def answer(daemon, message):
            daemon.send(b"\n\0\n{\n[]\n\"x\"\n{\"mid\":7,\"result\":{}}\n")
            daemon.send({"mid": message["mid"], "result": {}})

        self.start_daemon({"status": answer})

        status, _output, errors = self.ctl("status")

        self.assertEqual(status, 1)
        self.assertIn("the reply says nothing of status", errors)

    def test_a_disk_that_is_full(self):
        self.start_daemon({"status": {"code": 0}})

        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [CAMGATECTL, "explain", "60004"], env=environment(), timeout=WATCHDOG_S,
                check=False, stdout=full, stderr=subprocess.PIPE, text=True)

        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write the output", done.stderr)

    def test_a_password_file_that_does_not_end(self):
        status, _output, errors = self.ctl(
            "ptz", "--camera", "127.0.0.1:1", "--user", "u", "--password-file", "/dev/zero", "up")

        self.assertEqual(status, 2)
        self.assertIn("/dev/zero: it does not begin with one", errors)

    def test_a_daemon_that_hangs_up(self):
        self.start_daemon({"status": lambda daemon, message: daemon.hang_up()})

        status, _output, errors = self.ctl("status")

        self.assertEqual(status, 3)
        self.assertIn("hung up", errors)

    def test_a_path_that_is_too_long(self):
        done = subprocess.run(
            [CAMGATECTL, "status", "--socket", "/" + "x" * 200], env=environment(),
            timeout=WATCHDOG_S, check=False, stderr=subprocess.DEVNULL)

        self.assertEqual(done.returncode, 3)


class TestHelp(CtlTest):
    def test_every_command_is_listed_and_has_its_own(self):
        status, output, errors = self.ctl("--help")
        self.assertEqual((status, errors), (0, ""))
        listed = re.findall(r"^  ([a-z]+) ", output, re.MULTILINE)

        self.assertEqual(tuple(listed), COMMANDS)
        for name in COMMANDS:
            with self.subTest(name):
                status, help_text, errors = self.ctl(name, "--help")
                self.assertEqual((status, errors), (0, ""))
                self.assertTrue(help_text.startswith(f"Usage: camgatectl {name}"), help_text)
                self.assertEqual(self.ctl("help", name)[1], help_text)

    def test_examples_are_commands_that_exist(self):
        for name in COMMANDS:
            examples = self.ctl(name, "--help")[1].partition("Examples\n")[2]
            for word in re.findall(r"^  camgatectl ([a-z]+)", examples, re.MULTILINE):
                self.assertEqual(word, name)

    def test_a_pipe_has_no_colour_and_fits(self):
        for name in COMMANDS:
            output = self.ctl(name, "--help", env={"TERM": "xterm"})[1]
            self.assertNotIn("\033", output)
            self.assertLessEqual(max(len(line) for line in output.splitlines()), 80)

    def test_version(self):
        self.assertRegex(self.ctl("--version")[1], r"^camgatectl \d+\.\d+\.\d+\n$")


class TestTerminals(CtlTest):
    def on_terminal(self, columns, *arguments, env=None):
        """Output of a run that believes to be on a terminal so wide."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        child = subprocess.Popen(
            self.command(*arguments), stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
            env=environment({"TERM": "xterm", **(env or {})}))
        os.close(theirs)
        text = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:
                chunk = b""
            if not chunk:
                break
            text += chunk
        os.close(ours)
        child.wait(WATCHDOG_S)
        return text.decode().replace("\r\n", "\n")

    def test_help_fits_a_narrow_one(self):
        for name in COMMANDS:
            with self.subTest(name):
                output = re.sub(r"\033\[\d*m", "", self.on_terminal(40, name, "--help"))
                longest = max(len(line) for line in output.splitlines() if " " in line.strip())
                self.assertLessEqual(longest, 50, output)

    def test_a_table_too_wide_becomes_cards(self):
        self.start_daemon({"cameras": {"code": 0, "cameras": [
            {"did": DID, "name": "Tor", "address": "192.168.1.64", "contacted": True,
             "stream": {}}]}})

        output = re.sub(r"\033\[\d*m", "", self.on_terminal(30, "cameras"))

        self.assertEqual(
            output, f"did      {DID}\nname     Tor\naddress  192.168.1.64\ncontact  yes\n")

    def test_colour_only_where_it_is_wanted(self):
        self.start_daemon({"cameras": {"code": 0, "cameras": [{"did": DID, "stream": {}}]}})

        self.assertIn("\033[1m", self.on_terminal(80, "cameras"))
        for env in ({"TERM": "dumb"}, {"TERM": ""}, {"NO_COLOR": "1"}):
            self.assertNotIn("\033", self.on_terminal(80, "cameras", env=env))


if __name__ == "__main__":
    main()
