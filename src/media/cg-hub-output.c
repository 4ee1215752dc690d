/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-hub-output.h"

/* What a slow consumer may owe: eight seconds are more than any hiccup of a usable line, and
 * little enough for a live picture. A cached group of pictures at the start comes on top. */
#define MAX_SPAN_US (8 * G_USEC_PER_SEC)

/* ... and a roof over it in bytes: 8 s at 16 Mbit/s. */
#define MAX_BYTES (16 * 1024 * 1024)

struct _CgHubOutput {
  gatomicrefcount references;
  GMutex mutex;
  CgHubWakeFunc wake; /* (nullable) */
  gpointer user_data;
  GQueue units; /* (element-type CgAccessUnit) */
  gsize bytes;
  gboolean awaits_key;
  gboolean is_patient;
  gboolean is_starved; /* pictures have come since, and were of no use */
  gint64 starved_from_us;
  gint64 starved_to_us;
  gboolean started;  /* base_us is known */
  gint64 base_us;    /* the hub's time that is 0 here */
  gint64 prefill_us; /* span of the first burst */
  guint64 dropped;
};

static void
drop_head (CgHubOutput *self)
{
  g_autoptr (CgAccessUnit) unit = g_queue_pop_head (&self->units);

  self->bytes -= cg_access_unit_get_size (unit);
  self->dropped++;
}

static gboolean
is_key_frame (const CgAccessUnit *unit)
{
  return unit->track == CG_TRACK_VIDEO && unit->key;
}

/* The rest of the group that the consumer is in, up to the next key frame. */
static void
drop_group (CgHubOutput *self)
{
  do
    drop_head (self);
  while (!g_queue_is_empty (&self->units) && !is_key_frame (g_queue_peek_head (&self->units)));
  if (g_queue_is_empty (&self->units))
    self->awaits_key = TRUE;
}

static gboolean
is_overfull (CgHubOutput *self)
{
  const CgAccessUnit *head = g_queue_peek_head (&self->units);
  const CgAccessUnit *tail = g_queue_peek_tail (&self->units);

  if (head == tail)
    return FALSE;
  return self->bytes > MAX_BYTES || tail->dts_us - head->dts_us > MAX_SPAN_US + self->prefill_us;
}

static void
note_starvation (CgHubOutput *self, const CgAccessUnit *unit)
{
  if (!self->is_starved)
    self->starved_from_us = unit->dts_us;
  self->is_starved = TRUE;
  self->starved_to_us = unit->dts_us;
}

static gboolean
accepts (CgHubOutput *self, const CgAccessUnit *unit)
{
  if (self->awaits_key && !is_key_frame (unit)) {
    if (self->started)
      self->dropped++;
    note_starvation (self, unit);
    return FALSE;
  }
  self->awaits_key = FALSE;
  self->is_starved = FALSE;
  if (!self->started) {
    self->started = TRUE;
    self->base_us = unit->dts_us;
  }
  return unit->dts_us >= self->base_us;
}

/**
 * cg_hub_output_new:
 * @wake: (nullable): called when there is something to pop again
 * @user_data: for @wake
 *
 * Returns: (transfer full): an output that waits for its first key frame
 */
CgHubOutput *
cg_hub_output_new (CgHubWakeFunc wake, gpointer user_data)
{
  CgHubOutput *self = g_new0 (CgHubOutput, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  g_queue_init (&self->units);
  self->wake = wake;
  self->user_data = user_data;
  self->awaits_key = TRUE;
  return self;
}

/**
 * cg_hub_output_ref:
 * @self: an output
 *
 * Returns: (transfer full): @self; any thread
 */
CgHubOutput *
cg_hub_output_ref (CgHubOutput *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * cg_hub_output_unref:
 * @self: (transfer full): an output; any thread
 */
void
cg_hub_output_unref (CgHubOutput *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_queue_clear_full (&self->units, (GDestroyNotify)cg_access_unit_unref);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * cg_hub_output_prefill:
 * @self: a fresh output
 * @units: (element-type CgAccessUnit): the group of pictures so far, key frame first
 *
 * Gives what the hub has cached, so that the consumer has a picture at once (Q13).
 */
void
cg_hub_output_prefill (CgHubOutput *self, GQueue *units)
{
  const CgAccessUnit *head = g_queue_peek_head (units);
  const CgAccessUnit *tail = g_queue_peek_tail (units);

  if (head == NULL)
    return;
  self->prefill_us = MAX (tail->dts_us - head->dts_us, 0);
  for (GList *link = units->head; link != NULL; link = link->next)
    cg_hub_output_push (self, link->data);
}

/**
 * cg_hub_output_push:
 * @self: an output
 * @unit: (transfer none): the hub's next unit
 *
 * Queues @unit, unless a key frame is awaited. Drops whole groups of pictures where the queue is
 * too long. Never blocks.
 */
void
cg_hub_output_push (CgHubOutput *self, CgAccessUnit *unit)
{
  g_mutex_lock (&self->mutex);
  if (accepts (self, unit)) {
    const gboolean was_empty = g_queue_is_empty (&self->units);
    g_queue_push_tail (&self->units, cg_access_unit_ref (unit));
    self->bytes += cg_access_unit_get_size (unit);
    while (is_overfull (self))
      drop_group (self);
    if (was_empty && self->wake != NULL)
      self->wake (self->user_data);
  }
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_output_await_key:
 * @self: an output
 *
 * The units to come do not continue those before: everything up to the next key frame is useless.
 */
void
cg_hub_output_await_key (CgHubOutput *self)
{
  g_mutex_lock (&self->mutex);
  self->awaits_key = TRUE;
  self->is_starved = FALSE; /* the next input begins with one */
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_output_skip:
 * @self: an output
 *
 * What is queued is not worth sending any more; it counts as dropped. Goes on with the next key
 * frame.
 */
void
cg_hub_output_skip (CgHubOutput *self)
{
  g_mutex_lock (&self->mutex);
  while (!g_queue_is_empty (&self->units))
    drop_head (self);
  self->awaits_key = TRUE;
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_output_pop:
 * @self: an output
 * @dts_us: (out): decoding time for this consumer: its first unit is at 0
 * @pts_us: (out): presentation time, likewise
 *
 * Never blocks; the output's wake function tells when to come again.
 *
 * Returns: (transfer full) (nullable): the next unit; %NULL: nothing there
 */
CgAccessUnit *
cg_hub_output_pop (CgHubOutput *self, gint64 *dts_us, gint64 *pts_us)
{
  g_mutex_lock (&self->mutex);
  CgAccessUnit *unit = g_queue_pop_head (&self->units);
  if (unit != NULL) {
    self->bytes -= cg_access_unit_get_size (unit);
    *dts_us = unit->dts_us - self->base_us;
    *pts_us = unit->pts_us - self->base_us;
  }
  g_mutex_unlock (&self->mutex);
  return unit;
}

/**
 * cg_hub_output_close:
 * @self: an output
 *
 * Its wake function is not called again once this has returned; what is queued is dropped.
 */
void
cg_hub_output_close (CgHubOutput *self)
{
  g_mutex_lock (&self->mutex);
  self->wake = NULL;
  g_queue_clear_full (&self->units, (GDestroyNotify)cg_access_unit_unref);
  self->bytes = 0;
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_output_set_patient:
 * @self: an output
 *
 * Its consumer may be behind without harm to anybody: nobody else is disturbed for it.
 */
void
cg_hub_output_set_patient (CgHubOutput *self)
{
  g_mutex_lock (&self->mutex);
  self->is_patient = TRUE;
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_output_add_starvation:
 * @self: an output
 * @starvation: to which it is added
 *
 * Any thread.
 */
void
cg_hub_output_add_starvation (CgHubOutput *self, CgHubStarvation *starvation)
{
  g_mutex_lock (&self->mutex);
  if (self->is_starved) {
    const gint64 span_us = self->starved_to_us - self->starved_from_us;

    starvation->any_us = MAX (starvation->any_us, span_us);
    if (!self->started)
      starvation->fresh_us = MAX (starvation->fresh_us, span_us);
    if (!self->is_patient)
      starvation->urgent_us = MAX (starvation->urgent_us, span_us);
  }
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_output_get_dropped:
 * @self: an output
 *
 * Returns: units that its consumer did not get because it was too slow, or because the input was
 *   replaced; any thread
 */
guint64
cg_hub_output_get_dropped (CgHubOutput *self)
{
  g_mutex_lock (&self->mutex);
  const guint64 dropped = self->dropped;
  g_mutex_unlock (&self->mutex);
  return dropped;
}
