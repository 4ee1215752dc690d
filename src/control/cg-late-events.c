/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-late-events.h"

/* What a cloud that never answers registrations costs us at most. The oldest go first. */
#define MAX_EVENTS 256

struct _CgLateEvents {
  GQueue waiting; /* (element-type Event) each owned */
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
 * @did: who is not registered
 * @service: what it is about; only device and firmware wait
 * @content: of the event
 */
void
cg_late_events_add (CgLateEvents *self, const char *did, const char *service, JsonObject *content)
{
  static const char *const kept[] = {"device", "firmware", NULL};
  Event *event;

  if (!g_strv_contains (kept, service))
    return;
  event = g_new0 (Event, 1);
  event->did = g_strdup (did);
  event->service = g_strdup (service);
  event->content = json_object_ref (content);
  g_queue_push_tail (&self->waiting, event);
  if (self->waiting.length > MAX_EVENTS)
    event_free (g_queue_pop_head (&self->waiting));
}

/**
 * cg_late_events_take:
 * @self: events that wait
 * @did: who is registered now
 * @func: called for each of its events, oldest first
 * @user_data: for @func
 */
void
cg_late_events_take (CgLateEvents *self, const char *did, CgLateEventFunc func, gpointer user_data)
{
  GQueue others = G_QUEUE_INIT;
  GQueue due = G_QUEUE_INIT;
  Event *event;

  while ((event = g_queue_pop_head (&self->waiting)) != NULL)
    g_queue_push_tail (g_str_equal (event->did, did) ? &due : &others, event);
  self->waiting = others;
  while ((event = g_queue_pop_head (&due)) != NULL) {
    func (event->did, event->service, event->content, user_data);
    event_free (event);
  }
}
