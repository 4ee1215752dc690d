/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the fake camera says: SOAP as text. */
char *fake_envelope (const char *body);
char *fake_fault (const char *code, const char *subcode, const char *subsubcode, const char *text);
char *fake_default_answer (const char *operation, gint64 skew_s, guint *status);
char *fake_find_operation (const char *body);
char *fake_between (const char *text, const char *before, const char *after);

G_END_DECLS
