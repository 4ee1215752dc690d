/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-lag.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cg-clock.h"
#include "cg-main.h"

/* After a turn for others. A minute of them has a 99th percentile; where they are fewer, that is
 * the worst. */
#define TICK_US 500000
#define N_LOOKS (CG_LAG_PERIOD_S * (G_USEC_PER_SEC / TICK_US))

/* Where nobody else wakes the loop: a daemon with nothing to do costs next to nothing. */
#define REST_US (8 * TICK_US)

/* A turn of less is not worth asking the kernel about: poll(2) alone is late by a millisecond. */
#define SHORT_US 2000

/* One tick: how late it came, and the worst since the one before. */
typedef struct {
  gint64 at_us;
  gint32 late_us;
  gint32 max_us;
  gint32 own_max_us;
} Look;

struct _CgLag {
  GSource *source;  /* (owned) */
  int fd;           /* (owned) what the kernel tells of this thread; −1: nothing */
  gint64 waited_us; /* for a processor, when it was asked last */
  gint64 due_us;
  gint64 tick_waited_us; /* when nothing was late yet */
  gint64 busy_since_us;  /* 0: the loop waits */
  gint64 busy_waited_us; /* then */
  Look now;
  Look looks[N_LOOKS]; /* a ring */
  guint n_looks;       /* ever */
  Look ever;
};

typedef struct {
  GSource parent;
  CgLag *lag;
} LagSource;

/* Returns: since its beginning, microseconds that the thread was ready and had no processor */
static gint64
read_waited_us (CgLag *self)
{
  char text[96];
  const gssize length = self->fd >= 0 ? pread (self->fd, text, sizeof text - 1, 0) : -1;

  text[MAX (length, 0)] = '\0';
  const char *second = strchr (text, ' ');
  if (second != NULL)
    self->waited_us = (gint64)(g_ascii_strtoull (second, NULL, 10) / 1000);
  return self->waited_us;
}

/* Something has waited so long, of our own making or not. */
static void
note_wait (CgLag *self, gint64 us)
{
  self->now.max_us = MAX (self->now.max_us, (gint32)CLAMP (us, 0, G_MAXINT32));
}

/* Something has waited for the loop so long, until now; @waited_us: what the thread had waited for
 * a processor before. */
static void
note (CgLag *self, gint64 us, gint64 waited_us)
{
  const gint64 own_us = us < SHORT_US ? us : us - (read_waited_us (self) - waited_us);

  note_wait (self, us);
  self->now.own_max_us =
      MAX (self->now.own_max_us, (gint32)CLAMP (MIN (own_us, us), 0, G_MAXINT32));
}

static void
begin_turn (CgLag *self, gint64 now_us)
{
  self->busy_since_us = now_us;
  self->busy_waited_us = read_waited_us (self);
}

/* The loop is about to wait. */
static gboolean
lag_prepare (GSource *source, int *timeout_ms)
{
  CgLag *self = ((LagSource *)source)->lag;
  const gint64 now_us = g_get_monotonic_time ();

  if (self->busy_since_us != 0)
    note (self, now_us - self->busy_since_us, self->busy_waited_us);
  self->busy_since_us = 0;
  *timeout_ms = (int)MAX ((self->due_us - now_us + 999) / 1000, 0);
  return now_us >= self->due_us;
}

/* It has waited: for us, or for others. */
static gboolean
lag_check (GSource *source)
{
  CgLag *self = ((LagSource *)source)->lag;
  const gint64 now_us = g_get_monotonic_time ();
  const gint64 before_us = self->waited_us;

  begin_turn (self, now_us);
  if (now_us >= self->due_us)
    return TRUE;
  /* For others. They may have waited as long as the thread has, which is not why the tick will be
   * late. */
  note_wait (self, self->waited_us - before_us);
  self->tick_waited_us = self->waited_us;
  self->due_us = MIN (self->due_us, now_us + TICK_US);
  return FALSE;
}

static void
keep_look (CgLag *self)
{
  self->looks[self->n_looks++ % N_LOOKS] = self->now;
  self->ever.max_us = MAX (self->ever.max_us, self->now.max_us);
  self->ever.own_max_us = MAX (self->ever.own_max_us, self->now.own_max_us);
  self->now = (Look){0};
}

static gboolean
lag_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  CgLag *self = ((LagSource *)source)->lag;
  const gint64 now_us = g_get_monotonic_time ();

  note (self, now_us - self->due_us, self->tick_waited_us);
  self->now.at_us = now_us;
  self->now.late_us = (gint32)CLAMP (now_us - self->due_us, 0, G_MAXINT32);
  keep_look (self);
  self->due_us = now_us + REST_US;
  if (self->busy_since_us == 0)
    begin_turn (self, now_us);
  self->tick_waited_us = self->waited_us;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs lag_funcs = {
    .prepare = lag_prepare,
    .check = lag_check,
    .dispatch = lag_dispatch,
};

/**
 * cg_lag_new:
 *
 * Begins to measure the thread-default main context of the caller, which runs in this thread.
 *
 * Returns: (transfer full): a meter
 */
CgLag *
cg_lag_new (void)
{
  CG_ON_MAIN ();

  CgLag *self = g_new0 (CgLag, 1);
  self->fd = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  self->tick_waited_us = read_waited_us (self);
  self->due_us = g_get_monotonic_time () + TICK_US;
  self->source = g_source_new (&lag_funcs, sizeof (LagSource));
  ((LagSource *)self->source)->lag = self;
  /* Before all others: a loop that is busy with them is prepared no further than to the first. */
  g_source_set_priority (self->source, G_PRIORITY_HIGH);
  g_source_set_static_name (self->source, "lag");
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

/**
 * cg_lag_free:
 * @self: (transfer full) (nullable): a meter
 */
void
cg_lag_free (CgLag *self)
{
  if (self == NULL)
    return;
  cg_clear_source (&self->source);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const gint32 one = *(const gint32 *)a, other = *(const gint32 *)b;

  return (one > other) - (one < other);
}

/**
 * cg_lag_read:
 * @self: a meter
 * @figures: (out caller-allocates): filled in
 *
 * What is under way, the caller's own turn of the loop, counts when it is over.
 */
void
cg_lag_read (CgLag *self, CgLagFigures *figures)
{
  const gint64 oldest_us = g_get_monotonic_time () - CG_LAG_PERIOD_S * G_USEC_PER_SEC;
  gint32 late_us[N_LOOKS] = {0};
  guint n = 0;
  Look worst = self->now;

  for (guint i = 0; i < MIN (self->n_looks, N_LOOKS); i++) {
    const Look *look = &self->looks[i];

    if (look->at_us < oldest_us)
      continue;
    late_us[n++] = look->late_us;
    worst.max_us = MAX (worst.max_us, look->max_us);
    worst.own_max_us = MAX (worst.own_max_us, look->own_max_us);
  }
  qsort (late_us, n, sizeof *late_us, compare);
  *figures = (CgLagFigures){
      .max_ms = worst.max_us / 1000.0,
      .p99_ms = late_us[n > 0 ? (n * 99 + 99) / 100 - 1 : 0] / 1000.0,
      .own_max_ms = worst.own_max_us / 1000.0,
      .ever_max_ms = MAX (worst.max_us, self->ever.max_us) / 1000.0,
      .ever_own_max_ms = MAX (worst.own_max_us, self->ever.own_max_us) / 1000.0,
  };
}
