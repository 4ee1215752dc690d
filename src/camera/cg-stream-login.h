/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-breaker.h"

G_BEGIN_DECLS

/**
 * CgStreamLogin:
 * @breaker: (owned): of the camera's login
 * @is_needed: there is one; a pull without has nothing to lose
 * @is_under_way: a pull shows it, and was not answered yet
 *
 * The login of a stream's pulls, which count like those of any other who shows it (Q6).
 */
typedef struct {
  CgBreaker *breaker;
  gboolean is_needed;
  gboolean is_under_way;
} CgStreamLogin;

void cg_stream_login_init (CgStreamLogin *self, CgBreaker *breaker, gboolean is_needed);
void cg_stream_login_clear (CgStreamLogin *self);
gboolean cg_stream_login_begin (CgStreamLogin *self, GError **error);
gboolean cg_stream_login_repeat (CgStreamLogin *self);
void cg_stream_login_end (CgStreamLogin *self, CgBreakerOutcome outcome);

G_END_DECLS
