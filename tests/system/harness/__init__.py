# SPDX-License-Identifier: GPL-2.0-or-later
"""Real parts round a real camgated: broker, media server, simulated cameras, a cloud.

Nothing here sleeps by the clock. Whoever waits, waits for an event in a Mailbox, under a watchdog.
"""
