/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-clock-dummy.h"

struct _CgClockDummy {
  CgClock parent_instance;

  gint64 monotonic_ms;
  gint64 real_ms;
  guint64 serial;
  GPtrArray *sources; /* (owned) (element-type GSource) of CgDummySource, unsorted */
};

/* A source that no main loop ever finds ready: only advance() calls it. */
typedef struct {
  GSource source;
  GSourceFunc callback;
  gpointer user_data;
  gint64 delay_ms;
  gint64 due_ms;
  guint64 serial; /* equal times fire in the order in which they were added */
} CgDummySource;

G_DEFINE_TYPE (CgClockDummy, cg_clock_dummy, CG_TYPE_CLOCK)

static gint64
dummy_get_monotonic_ms (CgClock *clock)
{
  return CG_CLOCK_DUMMY (clock)->monotonic_ms;
}

static gint64
dummy_get_real_ms (CgClock *clock)
{
  return CG_CLOCK_DUMMY (clock)->real_ms;
}

static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSource *
dummy_add_timeout (CgClock *clock, gint64 delay_ms, GSourceFunc callback, gpointer user_data)
{
  static GSourceFuncs funcs = {.dispatch = source_dispatch};
  CgClockDummy *self = CG_CLOCK_DUMMY (clock);
  GSource *source = g_source_new (&funcs, sizeof (CgDummySource));
  CgDummySource *dummy = (CgDummySource *)source;

  dummy->callback = callback;
  dummy->user_data = user_data;
  dummy->delay_ms = MAX (delay_ms, 0);
  dummy->due_ms = self->monotonic_ms + dummy->delay_ms;
  dummy->serial = self->serial++;
  g_source_attach (source, g_main_context_get_thread_default ());
  g_ptr_array_add (self->sources, g_source_ref (source));
  return source;
}

static void
cg_clock_dummy_finalize (GObject *object)
{
  CgClockDummy *self = CG_CLOCK_DUMMY (object);

  g_clear_pointer (&self->sources, g_ptr_array_unref);
  G_OBJECT_CLASS (cg_clock_dummy_parent_class)->finalize (object);
}

static void
cg_clock_dummy_class_init (CgClockDummyClass *klass)
{
  CgClockClass *clock_class = CG_CLOCK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cg_clock_dummy_finalize;
  clock_class->get_monotonic_ms = dummy_get_monotonic_ms;
  clock_class->get_real_ms = dummy_get_real_ms;
  clock_class->add_timeout = dummy_add_timeout;
  clock_class->add_look = dummy_add_timeout;
}

static void
cg_clock_dummy_init (CgClockDummy *self)
{
  self->monotonic_ms = 1000;
  self->real_ms = CG_CLOCK_DUMMY_EPOCH_MS;
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify)g_source_unref);
}

static void
forget_destroyed (CgClockDummy *self)
{
  for (guint i = self->sources->len; i > 0; i--) {
    if (g_source_is_destroyed (self->sources->pdata[i - 1]))
      g_ptr_array_remove_index_fast (self->sources, i - 1);
  }
}

static CgDummySource *
find_next (CgClockDummy *self)
{
  CgDummySource *next = NULL;

  forget_destroyed (self);
  for (guint i = 0; i < self->sources->len; i++) {
    CgDummySource *dummy = self->sources->pdata[i];

    if (next == NULL || dummy->due_ms < next->due_ms ||
        (dummy->due_ms == next->due_ms && dummy->serial < next->serial))
      next = dummy;
  }
  return next;
}

static void
set_monotonic (CgClockDummy *self, gint64 monotonic_ms)
{
  self->real_ms += monotonic_ms - self->monotonic_ms;
  self->monotonic_ms = monotonic_ms;
}

static void
settle (void)
{
  while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
    ;
}

static void
fire (CgClockDummy *self, CgDummySource *dummy)
{
  G_GNUC_UNUSED g_autoptr (GSource) keep = g_source_ref (&dummy->source);

  dummy->due_ms += MAX (dummy->delay_ms, 1);
  dummy->serial = self->serial++;
  if (dummy->callback (dummy->user_data) == G_SOURCE_REMOVE)
    g_source_destroy (&dummy->source);
}

/**
 * cg_clock_dummy_new:
 *
 * Returns: (transfer full): a clock that stands still until it is told to advance
 */
CgClockDummy *
cg_clock_dummy_new (void)
{
  return g_object_new (CG_TYPE_CLOCK_DUMMY, NULL);
}

/**
 * cg_clock_dummy_advance:
 * @self: a dummy clock
 * @ms: how far, in milliseconds; 0 only settles the main loop
 *
 * Lets time pass: calls what falls due on the way, in order, each at its own moment. Before the
 * first and after each, whatever else is ready on the thread-default main context runs until
 * nothing is, so that what a callback started may finish without a loop of the test's own.
 */
void
cg_clock_dummy_advance (CgClockDummy *self, gint64 ms)
{
  gint64 end_ms;

  g_return_if_fail (CG_IS_CLOCK_DUMMY (self));
  g_return_if_fail (ms >= 0);

  settle ();
  end_ms = self->monotonic_ms + ms;
  for (CgDummySource *next = find_next (self); next != NULL && next->due_ms <= end_ms;
       next = find_next (self)) {
    set_monotonic (self, MAX (next->due_ms, self->monotonic_ms));
    fire (self, next);
    settle ();
  }
  set_monotonic (self, end_ms);
}

/**
 * cg_clock_dummy_get_next_ms:
 * @self: a dummy clock
 *
 * Returns: milliseconds until the next source falls due, -1 if none waits
 */
gint64
cg_clock_dummy_get_next_ms (CgClockDummy *self)
{
  const CgDummySource *next;

  g_return_val_if_fail (CG_IS_CLOCK_DUMMY (self), -1);

  next = find_next (self);
  return next == NULL ? -1 : MAX (next->due_ms - self->monotonic_ms, 0);
}

/**
 * cg_clock_dummy_count_sources:
 * @self: a dummy clock
 *
 * Returns: how many sources wait; 0 at the end of a test shows that none was left behind
 */
guint
cg_clock_dummy_count_sources (CgClockDummy *self)
{
  g_return_val_if_fail (CG_IS_CLOCK_DUMMY (self), 0);

  forget_destroyed (self);
  return self->sources->len;
}
