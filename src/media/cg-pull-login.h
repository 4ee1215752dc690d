/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-pull.h"

G_BEGIN_DECLS

/**
 * CgPullLogin:
 *
 * Whom a pull takes for its camera, and what it shows it. All members are private.
 */
typedef struct {
  char *username;     /* (owned) (nullable) */
  char *password;     /* (owned) (nullable) */
  CgBreaker *breaker; /* (owned) (nullable) */
  CgTlsPolicy tls;
  char *tls_fingerprint; /* (owned) (nullable) */
} CgPullLogin;

void cg_pull_login_init (CgPullLogin *self, const CgPullOptions *options);
void cg_pull_login_clear (CgPullLogin *self);
gboolean cg_pull_login_is_empty (const CgPullLogin *self);
void cg_pull_login_apply (const CgPullLogin *self, GstElement *source, gboolean is_tunnel);

G_END_DECLS
