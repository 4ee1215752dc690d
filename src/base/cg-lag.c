/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-lag.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cg-clock.h"
#include "cg-main.h"

/* So seldom that a daemon with nothing to do costs next to nothing; a minute of them still has a
 * 99th percentile. */
#define TICK_US 500000
#define N_LOOKS (CG_LAG_PERIOD_S * (G_USEC_PER_SEC / TICK_US))

/* A turn of less is not worth asking the kernel about. */
#define SHORT_US 1000

/* One tick: how late it came, and the worst since the one before. */
typedef struct {
  gint32 late_us;
  gint32 max_us;
  gint32 own_max_us;
} Look;

struct _CgLag {
  GSource *source;  /* (owned) */
  int fd;           /* (owned) what the kernel tells of this thread; −1: nothing */
  gint64 waited_us; /* for a processor, when it was asked last */
  gint64 due_us;
  gint64 tick_waited_us; /* at the last tick */
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

/* Something has waited for the loop so long, until now; @waited_us: what the thread had waited for
 * a processor before. */
static void
note (CgLag *self, gint64 us, gint64 waited_us)
{
  const gint32 max_us = (gint32)CLAMP (us, 0, G_MAXINT32);
  const gint64 own_us = us < SHORT_US ? us : us - (read_waited_us (self) - waited_us);

  self->now.max_us = MAX (self->now.max_us, max_us);
  self->now.own_max_us = MAX (self->now.own_max_us, (gint32)CLAMP (own_us, 0, max_us));
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

/* It has waited. */
static gboolean
lag_check (GSource *source)
{
  CgLag *self = ((LagSource *)source)->lag;
  const gint64 now_us = g_get_monotonic_time ();

  begin_turn (self, now_us);
  return now_us >= self->due_us;
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
  self->now.late_us = (gint32)CLAMP (now_us - self->due_us, 0, G_MAXINT32);
  keep_look (self);
  self->due_us = now_us + TICK_US;
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
  const guint n = MIN (self->n_looks, N_LOOKS);
  g_autofree gint32 *late_us = g_new (gint32, MAX (n, 1));
  Look worst = self->now;

  late_us[0] = 0;
  for (guint i = 0; i < n; i++) {
    const Look *look = &self->looks[i];

    late_us[i] = look->late_us;
    worst.max_us = MAX (worst.max_us, look->max_us);
    worst.own_max_us = MAX (worst.own_max_us, look->own_max_us);
  }
  qsort (late_us, n, sizeof *late_us, compare);
  *figures = (CgLagFigures){
      .max_ms = worst.max_us / 1000.0,
      .p99_ms = late_us[n > 0 ? (n - 1) * 99 / 100 : 0] / 1000.0,
      .own_max_ms = worst.own_max_us / 1000.0,
      .ever_max_ms = MAX (worst.max_us, self->ever.max_us) / 1000.0,
      .ever_own_max_ms = MAX (worst.own_max_us, self->ever.own_max_us) / 1000.0,
  };
}
