# SPDX-License-Identifier: GPL-2.0-or-later
"""The cloud contract (PROTOCOL.md) as a table of requests and what each must be answered with."""
