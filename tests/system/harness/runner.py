# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the tests of a file and prints TAP. A hung test ends the program and its children."""

import faulthandler
import sys
import traceback
import unittest

from .mailbox import WATCHDOG_S

TEST_LIMIT_S = 6 * WATCHDOG_S


class _TapResult(unittest.TestResult):
    """Says each verdict when the test is over and cleaned up: only then are its logs whole."""

    def __init__(self, total):
        super().__init__()
        self._number = 0
        self._skip = None
        self._complaints = []
        print(f"1..{total}", flush=True)

    def startTest(self, test):
        super().startTest(test)
        self._skip, self._complaints = None, []
        faulthandler.dump_traceback_later(TEST_LIMIT_S, exit=True, file=sys.stderr)

    def stopTest(self, test):
        faulthandler.cancel_dump_traceback_later()
        super().stopTest(test)
        self._number += 1
        verdict = "not ok" if self._complaints else "ok"
        skip = f" # SKIP {self._skip}" if self._skip else ""
        print(f"{verdict} {self._number} {test.id().split('.', 1)[-1]}{skip}", flush=True)
        if self._complaints:
            self._comment("\n".join(self._complaints))
            self._comment(getattr(test, "last_words", lambda: "")())

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._skip = reason

    def addError(self, test, err):
        super().addError(test, err)
        self._complain(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._complain(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._complain(subtest, err)

    def _complain(self, test, err):
        self._complaints.append(f"{test}\n" + "".join(traceback.format_exception(*err)))

    @staticmethod
    def _comment(text):
        for line in text.splitlines():
            print(f"# {line}", flush=True)


def main():
    """The last line of every test file. An argument chooses tests by a part of their name."""
    module = sys.modules["__main__"]
    suite = unittest.TestSuite(
        test for group in unittest.defaultTestLoader.loadTestsFromModule(module) for test in group
        if not sys.argv[1:] or any(word in test.id() for word in sys.argv[1:]))
    result = _TapResult(suite.countTestCases())
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
