/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-clock.h"

G_DEFINE_TYPE (CgClock, cg_clock, G_TYPE_OBJECT)

static gint64
real_get_monotonic_ms (CgClock *self)
{
  return g_get_monotonic_time () / 1000;
}

static gint64
real_get_real_ms (CgClock *self)
{
  return g_get_real_time () / 1000;
}

static GSource *
attach (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_callback (source, callback, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static GSource *
real_add_timeout (CgClock *self, gint64 delay_ms, GSourceFunc callback, gpointer user_data)
{
  return attach (g_timeout_source_new ((guint)CLAMP (delay_ms, 0, G_MAXUINT)), callback, user_data);
}

/* Due at the multiples of its pause: all that have the same one are due at once. */
typedef struct {
  GSource parent;
  gint64 pause_us;
} Look;

static void
await_look (Look *look)
{
  const gint64 turns = g_get_monotonic_time () / look->pause_us;

  g_source_set_ready_time (&look->parent, (turns + 1) * look->pause_us);
}

static gboolean
look_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  await_look ((Look *)source);
  return callback (user_data);
}

static GSource *
real_add_look (CgClock *self, gint64 pause_ms, GSourceFunc callback, gpointer user_data)
{
  static GSourceFuncs funcs = {.dispatch = look_dispatch};
  Look *look = (Look *)g_source_new (&funcs, sizeof (Look));

  look->pause_us = CLAMP (pause_ms, 1, G_MAXUINT) * 1000;
  await_look (look);
  return attach (&look->parent, callback, user_data);
}

static void
cg_clock_class_init (CgClockClass *klass)
{
  klass->get_monotonic_ms = real_get_monotonic_ms;
  klass->get_real_ms = real_get_real_ms;
  klass->add_timeout = real_add_timeout;
  klass->add_look = real_add_look;
}

static void
cg_clock_init (CgClock *self)
{
}

/**
 * cg_clock_new:
 *
 * Returns: (transfer full): the clock of this machine
 */
CgClock *
cg_clock_new (void)
{
  return g_object_new (CG_TYPE_CLOCK, NULL);
}

/**
 * cg_clock_get_monotonic_ms:
 * @self: a clock
 *
 * Returns: milliseconds from an arbitrary start, which never step back
 */
gint64
cg_clock_get_monotonic_ms (CgClock *self)
{
  g_return_val_if_fail (CG_IS_CLOCK (self), 0);

  return CG_CLOCK_GET_CLASS (self)->get_monotonic_ms (self);
}

/**
 * cg_clock_get_real_ms:
 * @self: a clock
 *
 * Returns: milliseconds since 1970 in UTC, as far as this machine knows them
 */
gint64
cg_clock_get_real_ms (CgClock *self)
{
  g_return_val_if_fail (CG_IS_CLOCK (self), 0);

  return CG_CLOCK_GET_CLASS (self)->get_real_ms (self);
}

/**
 * cg_clock_add_timeout:
 * @self: a clock
 * @delay_ms: milliseconds from now; below 0 counts as 0
 * @callback: called in the thread-default main context; returns %G_SOURCE_CONTINUE to be called
 *   again after another @delay_ms
 * @user_data: for @callback
 *
 * Returns: (transfer full): the attached source; end it with cg_clear_source()
 */
GSource *
cg_clock_add_timeout (CgClock *self, gint64 delay_ms, GSourceFunc callback, gpointer user_data)
{
  g_return_val_if_fail (CG_IS_CLOCK (self), NULL);
  g_return_val_if_fail (callback != NULL, NULL);

  return CG_CLOCK_GET_CLASS (self)->add_timeout (self, delay_ms, callback, user_data);
}

/**
 * cg_clock_add_look:
 * @self: a clock
 * @pause_ms: from look to look
 * @callback: called in the thread-default main context; returns %G_SOURCE_CONTINUE to be called
 *   again
 * @user_data: for @callback
 *
 * For what somebody looks at from time to time: the looks of all cameras wake the process together,
 * so the first comes sooner than @pause_ms says.
 *
 * Returns: (transfer full): the attached source; end it with cg_clear_source()
 */
GSource *
cg_clock_add_look (CgClock *self, gint64 pause_ms, GSourceFunc callback, gpointer user_data)
{
  g_return_val_if_fail (CG_IS_CLOCK (self), NULL);
  g_return_val_if_fail (callback != NULL, NULL);

  return CG_CLOCK_GET_CLASS (self)->add_look (self, pause_ms, callback, user_data);
}

/**
 * cg_clear_source:
 * @source: (inout) (nullable): where a source is kept
 *
 * Destroys the source, drops the reference and forgets it. Does nothing when there is none.
 */
void
cg_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
