/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-duplicates.h"

/* PROTOCOL.md section 1. */
#define REMEMBERED_MS (60 * 1000)

struct _CgDuplicates {
  GHashTable *exchanges; /* (owned) (element-type utf8 CgExchange): by digest */
  GQueue order;          /* (element-type CgExchange): oldest first; the table owns them */
  gsize n_bytes;         /* of all their replies */
};

/**
 * cg_duplicates_new:
 *
 * Returns: (transfer full): an empty memory
 */
CgDuplicates *
cg_duplicates_new (void)
{
  CgDuplicates *self = g_new0 (CgDuplicates, 1);

  self->exchanges =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)cg_exchange_unref);
  g_queue_init (&self->order);
  return self;
}

/**
 * cg_duplicates_free:
 * @self: a memory
 */
void
cg_duplicates_free (CgDuplicates *self)
{
  g_queue_clear (&self->order);
  g_hash_table_unref (self->exchanges);
  g_free (self);
}

static void
forget_oldest (CgDuplicates *self)
{
  CgExchange *oldest = g_queue_pop_head (&self->order);

  self->n_bytes -= oldest->n_bytes;
  oldest->is_remembered = FALSE;
  g_hash_table_remove (self->exchanges, oldest->digest);
}

static void
forget_old (CgDuplicates *self, gint64 now_ms)
{
  for (CgExchange *oldest = g_queue_peek_head (&self->order);
       oldest != NULL && now_ms - oldest->received_ms > REMEMBERED_MS;
       oldest = g_queue_peek_head (&self->order))
    forget_oldest (self);
}

static void
make_room (CgDuplicates *self)
{
  while (self->order.length > CG_DUPLICATES_MAX || self->n_bytes > CG_DUPLICATES_MAX_BYTES)
    forget_oldest (self);
}

/**
 * cg_duplicates_find:
 * @self: a memory
 * @message: a request, as it came
 * @now_ms: monotonic time
 *
 * The same did and mid with the same body is the same bytes; the same mid with another body is
 * another request.
 *
 * Returns: (transfer none) (nullable): the exchange this very message started within the last 60 s
 */
CgExchange *
cg_duplicates_find (CgDuplicates *self, GBytes *message, gint64 now_ms)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, message);

  forget_old (self, now_ms);
  return g_hash_table_lookup (self->exchanges, digest);
}

/**
 * cg_duplicates_add:
 * @self: a memory that does not know @message
 * @message: a request, as it came
 * @now_ms: monotonic time
 *
 * Returns: (transfer full): a new exchange, remembered from now on
 */
CgExchange *
cg_duplicates_add (CgDuplicates *self, GBytes *message, gint64 now_ms)
{
  CgExchange *exchange = cg_exchange_new ();

  g_assert (cg_duplicates_find (self, message, now_ms) == NULL);
  exchange->digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, message);
  exchange->received_ms = now_ms;
  exchange->is_remembered = TRUE;
  g_hash_table_insert (self->exchanges, exchange->digest, cg_exchange_ref (exchange));
  g_queue_push_tail (&self->order, exchange);
  make_room (self);
  return exchange;
}

/**
 * cg_duplicates_add_reply:
 * @self: the memory that @exchange is of
 * @exchange: an exchange, which may be forgotten by now
 * @reply: one more reply of it
 *
 * Keeps a reply for the case that the request comes again. The oldest exchanges are forgotten if
 * there are too many bytes.
 */
void
cg_duplicates_add_reply (CgDuplicates *self, CgExchange *exchange, GBytes *reply)
{
  g_ptr_array_add (exchange->replies, g_bytes_ref (reply));
  if (!exchange->is_remembered)
    return;
  exchange->n_bytes += g_bytes_get_size (reply);
  self->n_bytes += g_bytes_get_size (reply);
  make_room (self);
}

/**
 * cg_exchange_new:
 *
 * Returns: (transfer full): an exchange without replies that nobody remembers
 */
CgExchange *
cg_exchange_new (void)
{
  CgExchange *self = g_new0 (CgExchange, 1);

  g_ref_count_init (&self->ref_count);
  self->replies = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->copies = 1;
  return self;
}

/**
 * cg_exchange_ref:
 * @self: an exchange
 *
 * Returns: (transfer full): @self
 */
CgExchange *
cg_exchange_ref (CgExchange *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * cg_exchange_unref:
 * @self: an exchange
 */
void
cg_exchange_unref (CgExchange *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->replies);
  g_free (self->digest);
  g_free (self);
}
