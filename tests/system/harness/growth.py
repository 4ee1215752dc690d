# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a process holds more and more: for soaks."""

import os
import statistics
import sys
from collections import namedtuple

Holding = namedtuple("Holding", "rss_kib fds threads")


def look_at(pid):
    """What the kernel says that a process holds."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        fields = dict(line.split(":", 1) for line in status)
    return Holding(int(fields["VmRSS"].split()[0]), len(os.listdir(f"/proc/{pid}/fd")),
                   int(fields["Threads"]))


class Growth:
    """Looks taken over a run. Its last third must look like the one before it."""

    # More than this from one third to the next is growth: the allocator gives and takes.
    ALLOWED = Holding(rss_kib=512, fds=1, threads=1)

    def __init__(self, pid, allowed=ALLOWED):
        self._pid, self._allowed = pid, allowed
        self._looks = []

    def look(self):
        self._looks.append(look_at(self._pid))
        return self._looks[-1]

    def judge(self):
        """{what: (median of the second third, of the last)}, and the names of what has grown"""
        third = len(self._looks) // 3
        before, after = self._looks[third:2 * third], self._looks[-third:]
        figures = {name: tuple(statistics.median(getattr(look, name) for look in looks)
                               for looks in (before, after))
                   for name in Holding._fields}
        grown = [name for name, (old, new) in figures.items()
                 if new > old + getattr(self._allowed, name)]
        return figures, grown

    def report(self):
        """Prints the figures. Returns whether nothing has grown."""
        figures, grown = self.judge()
        for name, (old, new) in figures.items():
            print(f"{name:<8} {old:>9.0f} → {new:>9.0f}{'  grows' if name in grown else ''}")
        return not grown


def progress(text):
    """For whoever waits for a long run."""
    print(text, file=sys.stderr, flush=True)
