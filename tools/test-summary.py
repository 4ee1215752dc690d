#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds up meson's test logs: `N passed, N failed, N skipped`; ends with 1 if anything failed.

Usage: test-summary.py TESTLOG.json…    A test that speaks TAP counts with each of its points.
"""

import json
import re
import sys

POINT = re.compile(r"^(not )?ok\b[^#\n]*(?:#\s*(SKIP|TODO))?", re.IGNORECASE)


def count_points(output):
    """(passed, failed, skipped) of a TAP stream; indented points belong to a point of their own."""
    passed = failed = skipped = 0
    for line in output.splitlines():
        point = POINT.match(line)
        if point is None:
            continue
        if point.group(2):
            skipped += 1
        elif point.group(1):
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def count_test(test):
    passed, failed, skipped = count_points(test.get("stdout") or "")
    result = test["result"]
    if result in ("OK", "EXPECTEDFAIL"):
        return (passed, failed, skipped) if passed or skipped else (1, 0, 0)
    if result == "SKIP":
        return (passed, failed, max(skipped, 1))
    # It ended badly: that counts even if each point it came to had passed.
    return passed, max(failed, 1), skipped


def main():
    totals = [0, 0, 0]
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as log:
            for line in log:
                test = json.loads(line)
                passed, failed, skipped = count_test(test)
                totals = [a + b for a, b in zip(totals, (passed, failed, skipped))]
                if failed:
                    print(f"    failed: {test['name']} ({test['result'].lower()})")
    print("{} passed, {} failed, {} skipped".format(*totals))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
