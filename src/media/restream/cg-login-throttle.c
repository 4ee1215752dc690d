/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-login-throttle.h"

/* A person who has mistyped does not notice it; a word list of a million takes eleven days. */
#define PAUSE_US G_USEC_PER_SEC

/* Who comes behind many others of its host gets in, too, before it is taken for one that asks for
 * nothing (cg-restream-viewer.c). */
#define MAX_WAIT_US (10 * G_USEC_PER_SEC)

/* Forgetting one is better than remembering without end. */
#define MAX_HOSTS 256

struct _CgLoginThrottle {
  GHashTable *hosts; /* (element-type utf8 gint64): when its next login is looked at */
};

/**
 * cg_login_throttle_new:
 *
 * Returns: (transfer full): a throttle that knows no wrong login
 */
CgLoginThrottle *
cg_login_throttle_new (void)
{
  CgLoginThrottle *self = g_new0 (CgLoginThrottle, 1);

  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * cg_login_throttle_free:
 * @self: (transfer full): a throttle
 */
void
cg_login_throttle_free (CgLoginThrottle *self)
{
  g_hash_table_unref (self->hosts);
  g_free (self);
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  return *(const gint64 *)value <= *(const gint64 *)user_data;
}

/**
 * cg_login_throttle_reserve:
 * @self: a throttle
 * @host: whose login is to be looked at
 * @now_us: monotonic
 *
 * However many connections a host has, they wait in one row.
 *
 * Returns: when it is to be looked at; @now_us: at once
 */
gint64
cg_login_throttle_reserve (CgLoginThrottle *self, const char *host, gint64 now_us)
{
  gint64 *next_us = g_hash_table_lookup (self->hosts, host);
  const gint64 at_us = next_us != NULL ? MAX (*next_us, now_us) : now_us;

  if (at_us > now_us)
    *next_us = MIN (at_us + PAUSE_US, now_us + MAX_WAIT_US);
  return at_us;
}

/**
 * cg_login_throttle_refuse:
 * @self: a throttle
 * @host: whose login was a wrong one
 * @now_us: monotonic
 */
void
cg_login_throttle_refuse (CgLoginThrottle *self, const char *host, gint64 now_us)
{
  gint64 *next_us = g_hash_table_lookup (self->hosts, host);

  if (next_us != NULL) {
    *next_us = MAX (*next_us, now_us + PAUSE_US);
    return;
  }
  g_hash_table_foreach_remove (self->hosts, is_over, &now_us);
  if (g_hash_table_size (self->hosts) >= MAX_HOSTS)
    g_hash_table_remove_all (self->hosts);
  next_us = g_new (gint64, 1);
  *next_us = now_us + PAUSE_US;
  g_hash_table_insert (self->hosts, g_strdup (host), next_us);
}
