#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Some of the fault matrix, one fault of each kind; fault_matrix.py runs the whole of it."""

import unittest

import fault_matrix
from harness.runner import main

ROWS = [row for row in fault_matrix.ROWS
        if any(row.name.startswith(name) for name in fault_matrix.SAMPLE)]


class TestFaults(unittest.TestCase):
    """Each row is a test; all cells have run when the first begins."""

    WORKERS = 3

    @classmethod
    def setUpClass(cls):
        table = fault_matrix.Table(ROWS, fault_matrix.MOMENTS, cls.WORKERS)
        table.run()
        cls.verdicts = {}
        for verdict in table.verdicts:
            cls.verdicts.setdefault(verdict.row.name, []).append(verdict)


def _make_test(name):
    def test(self):
        for verdict in self.verdicts[name]:
            with self.subTest(moment=verdict.moment):
                self.assertIsNone(verdict.failure, f"{verdict.failure}\n{verdict.words}")

    return test


for _row in ROWS:
    _name = "".join(letter if letter.isalnum() else "_" for letter in _row.name.lower())
    setattr(TestFaults, f"test_{_name}", _make_test(_row.name))


if __name__ == "__main__":
    main()
