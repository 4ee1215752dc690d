/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-registration.h"

#include "cg-error.h"
#include "cg-member.h"

/* PROTOCOL.md section 2, register. */
#define RETRY_MIN_S 4
#define EXPIRES_DEFAULT_S 3600
#define EXPIRES_MIN_S 60
#define EXPIRES_MAX_S 86400

/* Renewal at 90 %, not of all boxes in the same second; two more tries fit in before 60 s end. */
#define RENEW_FROM 0.88
#define RENEW_TO 0.92

/* Of a retry pause, either way. */
#define RETRY_JITTER 0.1

/* The members of an answer stand at one of three places. */
static gboolean
find_place (JsonObject *answer, const char *name, JsonObject **place)
{
  JsonObject *result = cg_member_get_object (answer, "result");
  JsonObject *const places[] = {
      result,
      cg_member_get_object (result, "data"),
      cg_member_get_object (answer, "data"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    if (places[i] != NULL && cg_member_is_present (places[i], name)) {
      *place = places[i];
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
check_code (JsonObject *answer, GError **error)
{
  JsonObject *place;
  gint64 code = -1;
  const char *text = "no reason given";

  if (!find_place (answer, "code", &place))
    return TRUE;
  if (cg_member_read_integer (place, "code", &code) && code == 0)
    return TRUE;
  cg_member_read_string (place, "error", &text);
  g_set_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED, "%s (code %" G_GINT64_FORMAT ")", text,
               code);
  return FALSE;
}

static gint64
read_expires_s (JsonObject *answer)
{
  JsonObject *place;
  gint64 expires_s;

  if (!find_place (answer, "expires", &place) ||
      !cg_member_read_integer (place, "expires", &expires_s) || expires_s <= 0)
    return EXPIRES_DEFAULT_S;
  return CLAMP (expires_s, EXPIRES_MIN_S, EXPIRES_MAX_S);
}

/**
 * cg_registration_ask:
 * @self: a registration
 * @retry_max_s: longest pause, in seconds
 *
 * Notes that the cloud is being asked.
 *
 * Returns: after how many milliseconds to ask again if it does not answer: 4 s, doubling, with
 *   jitter
 */
gint64
cg_registration_ask (CgRegistration *self, guint retry_max_s)
{
  const gint64 max_ms = (gint64)MAX (retry_max_s, RETRY_MIN_S) * 1000;
  gint64 pause_ms = RETRY_MIN_S * 1000;

  for (guint i = 0; i < self->attempt && pause_ms < max_ms; i++)
    pause_ms *= 2;
  self->attempt++;
  self->open++;
  pause_ms = pause_ms * g_random_double_range (1 - RETRY_JITTER, 1 + RETRY_JITTER);
  return MIN (pause_ms, max_ms);
}

/**
 * cg_registration_take_answer:
 * @self: a registration
 * @answer: the whole message of type `register`
 * @now_ms: monotonic time
 * @renew_in_ms: (out): when to renew it, in milliseconds from now
 * @error: why the cloud refuses
 *
 * Accepts the three known places of the answer's members. A refusal leaves an older registration
 * as it is.
 *
 * Returns: whether it is registered now
 */
gboolean
cg_registration_take_answer (
    CgRegistration *self, JsonObject *answer, gint64 now_ms, gint64 *renew_in_ms, GError **error)
{
  const gint64 expires_ms = read_expires_s (answer) * 1000;
  JsonObject *place;
  const char *token = NULL;

  self->open = self->open > 0 ? self->open - 1 : 0;
  if (!check_code (answer, error))
    return FALSE;
  if (find_place (answer, "token", &place))
    cg_member_read_string (place, "token", &token);
  g_free (self->token);
  self->token = g_strdup (token);
  self->expires_ms = now_ms + expires_ms;
  self->attempt = 0;
  *renew_in_ms = expires_ms * g_random_double_range (RENEW_FROM, RENEW_TO);
  return TRUE;
}

/**
 * cg_registration_is_valid:
 * @self: a registration
 * @now_ms: monotonic time
 *
 * Returns: whether it is registered
 */
gboolean
cg_registration_is_valid (const CgRegistration *self, gint64 now_ms)
{
  return now_ms < self->expires_ms;
}

/**
 * cg_registration_lose_link:
 * @self: a registration
 *
 * What was asked will not be answered any more; what was granted stays.
 */
void
cg_registration_lose_link (CgRegistration *self)
{
  self->open = 0;
  self->attempt = 0;
}

/**
 * cg_registration_clear:
 * @self: a registration
 *
 * Frees what it holds.
 */
void
cg_registration_clear (CgRegistration *self)
{
  g_clear_pointer (&self->token, g_free);
  self->expires_ms = 0;
}
