/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-late-events.h"

#define MAX_EVENTS 1000 /* PROTOCOL.md section 1, "offline": the oldest go first */

struct _CgLateEvents {
  GQueue waiting; /* (element-type Event) each owned */
  guint64 n_dropped;
};

typedef struct {
  char *did;
  char *service;
  JsonObject *content; /* (owned) */
} Event;

static void
event_free (Event *self)
{
  g_free (self->did);
  g_free (self->service);
  json_object_unref (self->content);
  g_free (self);
}

/**
 * cg_late_events_new:
 *
 * Returns: (transfer full): nothing waits
 */
CgLateEvents *
cg_late_events_new (void)
{
  return g_new0 (CgLateEvents, 1);
}

/**
 * cg_late_events_free:
 * @self: (transfer full): events that nobody will hear
 */
void
cg_late_events_free (CgLateEvents *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify)event_free);
  g_free (self);
}

/**
 * cg_late_events_add:
 * @self: events that wait
 * @did: who cannot tell it now
 * @service: what it is about
 * @content: of the event
 */
void
cg_late_events_add (CgLateEvents *self, const char *did, const char *service, JsonObject *content)
{
  Event *event = g_new0 (Event, 1);

  event->did = g_strdup (did);
  event->service = g_strdup (service);
  event->content = json_object_ref (content);
  g_queue_push_tail (&self->waiting, event);
  if (self->waiting.length <= MAX_EVENTS)
    return;
  event_free (g_queue_pop_head (&self->waiting));
  self->n_dropped++;
}

/**
 * cg_late_events_take:
 * @self: events that wait
 * @is_due: asked of each: whether its did may tell it now
 * @func: called for each that is, oldest first
 * @user_data: for both
 */
void
cg_late_events_take (CgLateEvents *self,
                     CgLateEventFilter is_due,
                     CgLateEventFunc func,
                     gpointer user_data)
{
  GQueue others = G_QUEUE_INIT;
  GQueue due = G_QUEUE_INIT;
  Event *event;

  while ((event = g_queue_pop_head (&self->waiting)) != NULL)
    g_queue_push_tail (is_due (event->did, user_data) ? &due : &others, event);
  self->waiting = others;
  while ((event = g_queue_pop_head (&due)) != NULL) {
    func (event->did, event->service, event->content, user_data);
    event_free (event);
  }
}

/**
 * cg_late_events_is_lasting:
 * @service: what an event is about
 *
 * Returns: whether it is still of use to a cloud with which its did was not registered: what became
 *   of a restart, or of new firmware, is known before anybody may hear it
 */
gboolean
cg_late_events_is_lasting (const char *service)
{
  static const char *const lasting[] = {"device", "firmware", NULL};

  return g_strv_contains (lasting, service);
}

/**
 * cg_late_events_get_length:
 * @self: events that wait
 *
 * Returns: how many
 */
guint
cg_late_events_get_length (const CgLateEvents *self)
{
  return self->waiting.length;
}

/**
 * cg_late_events_get_n_dropped:
 * @self: events that wait
 *
 * Returns: how many were given up because too many waited
 */
guint64
cg_late_events_get_n_dropped (const CgLateEvents *self)
{
  return self->n_dropped;
}
