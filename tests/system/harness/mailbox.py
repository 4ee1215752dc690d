# SPDX-License-Identifier: GPL-2.0-or-later
"""The one place where the harness waits."""

import os
import threading
import time

# A watchdog, not a measure: generous, because sanitizers and busy machines are slow.
WATCHDOG_S = float(os.environ.get("CAMGATE_TEST_WATCHDOG", "40"))


# How often a state is looked at that its owner does not announce.
LOOK_S = 0.02


class Expired(AssertionError):
    """What was waited for did not come before the watchdog barked."""


def until(check, what):
    """Looks at a state until `check` returns something true, and returns that."""
    deadline = time.monotonic() + WATCHDOG_S
    pause = threading.Event()
    while True:
        seen = check()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise Expired(f"never: {what}")
        pause.wait(LOOK_S)


class Mailbox:
    """Items put by one thread, awaited by another, in the order in which they came."""

    def __init__(self, name):
        self.name = name
        self._items = []
        self._closed = None
        self._changed = threading.Condition()

    def put(self, item):
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def close(self, why):
        """No more will come: whoever waits is told why."""
        with self._changed:
            self._closed = why
            self._changed.notify_all()

    def expect(self, matches=lambda item: True, what="anything", timeout=None):
        """Waits for the first item that matches, takes it out and returns it."""
        deadline = time.monotonic() + (WATCHDOG_S if timeout is None else timeout)
        with self._changed:
            while True:
                for index, item in enumerate(self._items):
                    if matches(item):
                        return self._items.pop(index)
                left = deadline - time.monotonic()
                if self._closed is not None or left <= 0:
                    raise Expired(self._describe(what))
                self._changed.wait(left)

    def take(self, matches=lambda item: True):
        """Takes out all that match and are there now."""
        with self._changed:
            taken = [item for item in self._items if matches(item)]
            self._items = [item for item in self._items if not matches(item)]
            return taken

    def peek(self):
        with self._changed:
            return list(self._items)

    def _describe(self, what):
        end = f" ({self._closed})" if self._closed else ""
        there = "\n".join(f"    {str(item)[:300]}" for item in self._items[-20:])
        return f"{self.name}: no {what}{end}; there is only:\n{there or '    nothing'}"
