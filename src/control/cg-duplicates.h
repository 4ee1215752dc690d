/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Beyond either bound the oldest requests are forgotten early. */
#define CG_DUPLICATES_MAX 65536                    /* a minute of a thousand requests a second */
#define CG_DUPLICATES_MAX_BYTES (16 * 1024 * 1024) /* of replies: 256 bytes for each of these */

/**
 * CgExchange:
 * @replies: (owned) (element-type GBytes): given so far
 * @copies: how often each further reply is due: once for each time the message came
 * @is_remembered: whether a memory counts @n_bytes, the length of @replies
 *
 * One request and what was answered to it.
 */
typedef struct {
  grefcount ref_count;
  GPtrArray *replies;
  guint copies;
  char *digest;       /* (owned) (nullable): of the whole message, if it is remembered */
  gint64 received_ms; /* monotonic; then, too */
  gboolean is_remembered;
  gsize n_bytes;
} CgExchange;

/**
 * CgDuplicates:
 *
 * The requests of the last minute, so that one that comes again is answered again and not done
 * again (PROTOCOL.md section 1, duplicates).
 */
typedef struct _CgDuplicates CgDuplicates;

CgDuplicates *cg_duplicates_new (void);
void cg_duplicates_free (CgDuplicates *self);
CgExchange *cg_duplicates_find (CgDuplicates *self, GBytes *message, gint64 now_ms);
CgExchange *cg_duplicates_add (CgDuplicates *self, GBytes *message, gint64 now_ms);
void cg_duplicates_add_reply (CgDuplicates *self, CgExchange *exchange, GBytes *reply);

CgExchange *cg_exchange_new (void);
CgExchange *cg_exchange_ref (CgExchange *self);
void cg_exchange_unref (CgExchange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgDuplicates, cg_duplicates_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgExchange, cg_exchange_unref)

G_END_DECLS
