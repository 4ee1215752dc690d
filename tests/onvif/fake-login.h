/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FAKE_USERNAME "admin"
#define FAKE_REALM "Cam \"era\""

/* The camera's side of both logins, written by the letter of the standards and apart from the code
 * under test. */
gboolean fake_login_check_digest (const char *authorization,
                                  const char *target,
                                  const char *password,
                                  const char *nonce,
                                  guint count);
gboolean fake_login_check_token (const char *body, const char *password, gint64 skew_s);

G_END_DECLS
