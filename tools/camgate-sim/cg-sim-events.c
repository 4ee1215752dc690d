/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-events.h"

/* Who does not pull loses the oldest. */
#define MAX_WAITING 100

#define MOTION_TOPIC "tns1:VideoSource/MotionAlarm"

typedef struct {
  guint id;
  gint64 ends_us; /* monotonic */
  GQueue waiting; /* (element-type CgSimAlarm) */
} PullPoint;

struct _CgSimEvents {
  GMutex lock;
  guint last_id;
  GPtrArray *points;  /* (owned) (element-type PullPoint) */
  GHashTable *states; /* (owned) topic → value */
};

static void
alarm_free (CgSimAlarm *self)
{
  g_free (self->topic);
  g_free (self->value);
  g_free (self);
}

static void
point_free (PullPoint *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify)alarm_free);
  g_free (self);
}

static void
point_push (
    PullPoint *self, const char *topic, const char *value, gint64 at_ms, const char *operation)
{
  CgSimAlarm *alarm = g_new0 (CgSimAlarm, 1);

  alarm->topic = g_strdup (topic);
  alarm->value = g_strdup (value);
  alarm->at_ms = at_ms;
  alarm->operation = operation;
  g_queue_push_tail (&self->waiting, alarm);
  if (g_queue_get_length (&self->waiting) > MAX_WAITING)
    alarm_free (g_queue_pop_head (&self->waiting));
}

static void
push_states (CgSimEvents *self, PullPoint *point, gint64 at_ms)
{
  GHashTableIter iter;
  gpointer topic, value;

  g_hash_table_iter_init (&iter, self->states);
  while (g_hash_table_iter_next (&iter, &topic, &value))
    point_push (point, topic, value, at_ms, "Initialized");
}

static void
drop_ended (CgSimEvents *self)
{
  const gint64 now_us = g_get_monotonic_time ();

  for (guint i = self->points->len; i > 0; i--) {
    const PullPoint *point = g_ptr_array_index (self->points, i - 1);

    if (point->ends_us < now_us)
      g_ptr_array_remove_index (self->points, i - 1);
  }
}

static PullPoint *
find (CgSimEvents *self, guint id)
{
  drop_ended (self);
  for (guint i = 0; i < self->points->len; i++) {
    PullPoint *point = g_ptr_array_index (self->points, i);

    if (point->id == id)
      return point;
  }
  return NULL;
}

/**
 * cg_sim_events_new:
 *
 * Returns: (transfer full): no pull points yet, and nothing moves
 */
CgSimEvents *
cg_sim_events_new (void)
{
  CgSimEvents *self = g_new0 (CgSimEvents, 1);

  g_mutex_init (&self->lock);
  self->points = g_ptr_array_new_with_free_func ((GDestroyNotify)point_free);
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (self->states, g_strdup (MOTION_TOPIC), g_strdup ("false"));
  return self;
}

void
cg_sim_events_free (CgSimEvents *self)
{
  g_ptr_array_unref (self->points);
  g_hash_table_unref (self->states);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cg_sim_events_subscribe:
 * @self: the events of a camera
 * @at_ms: the camera's time
 * @life_ms: how long the pull point lives unless it is renewed
 * @max: how many there may be
 *
 * Returns: its number; 0: there are too many
 */
guint
cg_sim_events_subscribe (CgSimEvents *self, gint64 at_ms, gint64 life_ms, guint max)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  PullPoint *point;

  drop_ended (self);
  if (self->points->len >= max)
    return 0;
  point = g_new0 (PullPoint, 1);
  point->id = ++self->last_id;
  point->ends_us = g_get_monotonic_time () + life_ms * 1000;
  push_states (self, point, at_ms);
  g_ptr_array_add (self->points, point);
  return point->id;
}

/**
 * cg_sim_events_renew:
 * @self: the events of a camera
 * @id: of a pull point
 * @life_ms: from now
 *
 * Returns: whether there is such a pull point
 */
gboolean
cg_sim_events_renew (CgSimEvents *self, guint id, gint64 life_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  PullPoint *point = find (self, id);

  if (point != NULL)
    point->ends_us = g_get_monotonic_time () + life_ms * 1000;
  return point != NULL;
}

gboolean
cg_sim_events_unsubscribe (CgSimEvents *self, guint id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_ptr_array_remove (self->points, find (self, id));
}

/**
 * cg_sim_events_forget:
 * @self: the events of a camera
 *
 * All pull points are gone, as after a reboot (Q43).
 */
void
cg_sim_events_forget (CgSimEvents *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_ptr_array_set_size (self->points, 0);
}

guint
cg_sim_events_count (CgSimEvents *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  drop_ended (self);
  return self->points->len;
}

/**
 * cg_sim_events_raise:
 * @self: the events of a camera
 * @topic: `motion`, or a topic as it goes out
 * @value: the new state
 * @at_ms: the camera's time
 */
void
cg_sim_events_raise (CgSimEvents *self, const char *topic, const char *value, gint64 at_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const char *full = g_str_equal (topic, "motion") ? MOTION_TOPIC : topic;

  g_hash_table_insert (self->states, g_strdup (full), g_strdup (value));
  for (guint i = 0; i < self->points->len; i++)
    point_push (g_ptr_array_index (self->points, i), full, value, at_ms, "Changed");
}

gboolean
cg_sim_events_has (CgSimEvents *self, guint id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return find (self, id) != NULL;
}

/**
 * cg_sim_events_is_waiting:
 * @self: the events of a camera
 * @id: of a pull point
 *
 * Returns: whether there is such a pull point and nothing in it
 */
gboolean
cg_sim_events_is_waiting (CgSimEvents *self, guint id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const PullPoint *point = find (self, id);

  return point != NULL && point->waiting.length == 0;
}

/**
 * cg_sim_events_take:
 * @self: the events of a camera
 * @id: of a pull point
 * @limit: at most so many
 *
 * Returns: (transfer full) (element-type CgSimAlarm): what waited, oldest first
 */
GPtrArray *
cg_sim_events_take (CgSimEvents *self, guint id, guint limit)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GPtrArray *taken = g_ptr_array_new_with_free_func ((GDestroyNotify)alarm_free);
  PullPoint *point = find (self, id);

  while (point != NULL && taken->len < limit && !g_queue_is_empty (&point->waiting))
    g_ptr_array_add (taken, g_queue_pop_head (&point->waiting));
  return taken;
}
