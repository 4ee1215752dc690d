#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The keyboard as a joystick: what is sent when a key is held, let go, or the terminal is gone."""

import os
import signal
import threading

from ctl import DID, CtlTest, Terminal
from harness.mailbox import WATCHDOG_S
from harness.runner import main

UP, LEFT, ALT_DOWN, PAGE_UP = b"\033[A", b"\033[D", b"\033OB", b"\033[5~"
STOP = (DID, "ptz", "stop", {})
DONE = {"code": 0}


def start(direction, speed=1):
    return (DID, "ptz", "start", {"direction": direction, "speed": speed})


def goto(index):
    return (DID, "preset", "goto", {"index": index})


class KeysTest(CtlTest):
    def setUp(self):
        super().setUp()
        self.start_daemon({"ptz.start": DONE, "ptz.stop": DONE, "preset.goto": DONE})
        self.terminal = None

    def lend(self, term="xterm"):
        """Runs `ptz DID keys`, and waits until it listens."""
        self.terminal = Terminal(self, self.command("ptz", DID, "keys"), {"TERM": term})
        self.terminal.see("ready")

    def type(self, keys):
        self.terminal.type(keys)

    @property
    def child(self):
        return self.terminal.child

    def expect(self, *requests):
        """These come, in this order, with no other in front of them."""
        for request in requests:
            self.assertEqual(self.daemon.requests.expect(what=str(request)), request)

    def expect_end(self, status=0):
        self.assertEqual(self.child.wait(WATCHDOG_S), status)
        self.assertEqual(self.daemon.requests.take(), [])


class TestKeys(KeysTest):
    def test_a_key_that_is_let_go_stops(self):
        self.lend()

        self.type(UP)
        self.expect(start(0), STOP)

        self.type(b"q")
        self.expect(STOP)
        self.expect_end()

    def test_a_key_that_is_held_refreshes_and_then_stops(self):
        self.lend()
        held = threading.Event()

        def hold():
            while not held.wait(0.04):
                self.type(LEFT)

        keyboard = threading.Thread(target=hold, daemon=True)
        keyboard.start()
        self.expect(start(2), start(2))
        held.set()
        keyboard.join()

        self.expect(STOP)

    def test_another_key_turns_without_a_stop_between(self):
        self.lend()

        self.type(UP + UP + LEFT + ALT_DOWN + PAGE_UP + b"+" + b"-")

        self.expect(start(0), start(2), start(1), start(6), start(8), start(9), STOP)

    def test_space_and_escape_stop_at_once(self):
        for key in (b" ", b"\033", b"\x1a"):
            with self.subTest(key):
                self.setUp()
                self.lend()
                self.type(UP)
                self.expect(start(0))

                self.type(key)
                self.expect(STOP)

    def test_speeds(self):
        self.lend()

        self.type(b"f" + UP)
        self.expect(start(0, 2))
        self.type(b"s")
        self.expect(start(0, 0), STOP)

    def test_digits_call_presets(self):
        self.lend()

        self.type(b"3")
        self.expect(goto(3))
        self.type(UP)
        self.expect(start(0))
        self.type(b"0")
        self.expect(STOP, goto(10))

    def test_keys_that_mean_nothing(self):
        self.lend()

        self.type(b"xyz\033[99~\033[200;5u\n\xff")
        self.type(b"q")

        self.expect_end()

    def test_a_code_is_shown(self):
        self.daemon.answers["ptz.start"] = {"code": 60002}
        self.lend()

        self.type(UP)

        self.terminal.see("60002 upper limit reached")

    def test_a_stop_does_not_wait_for_the_answer_to_a_start(self):
        self.daemon.answers["ptz.start"] = None
        self.lend()

        self.type(UP + b" ")

        self.expect(start(0), STOP)

    def test_a_terminal_without_colour_gets_whole_lines(self):
        self.lend(term="dumb")

        self.type(UP)

        text = self.terminal.see("medium  up")
        self.assertNotIn("\033", text)


class TestLeaving(KeysTest):
    def leave(self, how, status):
        self.lend()
        self.type(UP)
        self.expect(start(0))
        how()
        self.daemon.requests.expect(lambda request: request == STOP, "stop")
        self.assertEqual(self.child.wait(WATCHDOG_S), status)

    def test_q(self):
        self.leave(lambda: self.type(b"q"), 0)
        self.assertTrue(self.terminal.is_as_before())

    def test_end_of_input(self):
        self.leave(lambda: self.type(b"\x04"), 0)

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(number.name):
                self.setUp()
                self.leave(lambda sent=number: self.child.send_signal(sent), -number)
                self.assertTrue(self.terminal.is_as_before())

    def test_the_terminal_dies(self):
        self.lend()
        self.type(UP)
        self.expect(start(0))

        os.close(self.terminal.keyboard)

        self.daemon.requests.expect(lambda request: request == STOP, "stop")
        self.child.wait(WATCHDOG_S)

    def test_camgated_dies(self):
        self.lend()
        self.type(UP)
        self.expect(start(0))

        self.daemon.hang_up()

        self.assertEqual(self.child.wait(WATCHDOG_S), 3)
        self.assertTrue(self.terminal.is_as_before())

    def test_killed_it_hangs_up_and_camgated_knows(self):
        self.lend()
        self.type(UP)
        self.expect(start(0))

        self.child.kill()

        self.daemon.hung_up.expect(what="end of the connection")


if __name__ == "__main__":
    main()
