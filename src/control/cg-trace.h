/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What `trace {}` of the local socket shows (INTERFACES.md, Local socket):
 *
 *   {"type":"trace","at":1700000000000,"door":"mqtt","direction":"in","message":{…}}
 *
 * `at` is in ms since 1970; in place of `message` stands `"unreadable":BYTES` if it is no JSON.
 */

GBytes *cg_trace_hide (GBytes *message);
GBytes *cg_trace_build (const char *door, gboolean incoming, gint64 real_ms, GBytes *hidden);

G_END_DECLS
