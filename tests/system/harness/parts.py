# SPDX-License-Identifier: GPL-2.0-or-later
"""What is started one upon the other, outside a test of unittest: for soaks and tables."""


class Parts:
    """Closed in reverse order."""

    def __init__(self):
        self._parts = []

    def keep(self, part):
        self._parts.append(part)
        return part

    def close(self):
        while self._parts:
            self._parts.pop().close()
