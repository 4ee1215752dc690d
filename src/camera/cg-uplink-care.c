/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-uplink-care.h"

#include "cg-stream-why.h"

/* Pictures are dropped for longer than any hiccup: the line is too slow. A push owes eight seconds
 * before it drops any, so that a single hiccup drops nothing. */
#define SLOW_MS (4 * 1000)

/* All together are above the budget for so long: no key frame lasts so long. */
#define OVER_SPAN_MS (6 * 1000)

/* After a change the line is left alone until what was queued before it has gone out. */
#define SETTLE_MS (12 * 1000)

/* Without any drop for so long the line is at ease. Whole groups of pictures are dropped, seldom on
 * a line that is nearly wide enough: a shorter pause is none. */
#define QUIET_MS (60 * 1000)

/* A main picture that was in trouble again within so long was tried in vain: on a line that is
 * nearly wide enough the eight seconds fill up slowly. */
#define TRIAL_MS (20 * 60 * 1000)

/* What goes wrong each time is tried no more often than this. */
#define MAX_WAIT_MS (15 * 60 * 1000)

/* Of several that are in trouble on one line, so many are made small at a time: some of them may be
 * enough. */
#define SHARE_AT_ONCE 4

/* What a small picture takes of the main one, until it was seen. */
#define GUESSED_SHARE 8

/* The budget is used up to so many percent when main pictures come back. */
#define REFILL_PERCENT 90

/* What is known of one stream. */
typedef struct {
  char *did;
  CgUplinkState state;
  guint main_kbps;   /* 0: never seen */
  guint small_kbps;  /* 0: never seen */
  guint64 dropped;   /* at the last look */
  gint64 dropped_ms; /* it drops since then */
  gint64 drop_ms;    /* when it dropped last; 0: never */
  gboolean is_slow;  /* at this look */
  gint64 small_ms;   /* when it was made small */
  gint64 main_ms;    /* when it was made main again; 0: never */
  guint wait_ms;     /* until that is tried */
} Memory;

struct _CgUplinkCare {
  guint budget_kbps; /* 0: none */
  guint retry_ms;
  GPtrArray *memories; /* (owned) (element-type Memory) of the streams, in their order */
  gint64 over_ms;      /* above the budget since then; 0: it is not */
  gint64 changed_ms;   /* the last change of any; 0: none */
};

/* What it is asked about. */
typedef struct {
  CgUplinkCare *self;
  const CgUplinkStream *streams;
  guint n_streams;
  gint64 now_ms;
} Look;

static void
memory_free (gpointer data)
{
  Memory *memory = data;

  g_free (memory->did);
  g_free (memory);
}

/**
 * cg_uplink_care_new:
 *
 * Returns: (transfer full): one that has seen nothing, without a budget
 */
CgUplinkCare *
cg_uplink_care_new (void)
{
  CgUplinkCare *self = g_new0 (CgUplinkCare, 1);

  self->memories = g_ptr_array_new_with_free_func (memory_free);
  self->retry_ms = MAX_WAIT_MS;
  return self;
}

/**
 * cg_uplink_care_free:
 * @self: (transfer full) (nullable): it
 */
void
cg_uplink_care_free (CgUplinkCare *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->memories);
  g_free (self);
}

/**
 * cg_uplink_care_apply:
 * @self: it
 * @budget_kbps: all streams together may send so much; 0: as much as the line carries
 * @retry_ms: how long a stream is small before its main picture is tried again, the first time
 */
void
cg_uplink_care_apply (CgUplinkCare *self, guint budget_kbps, guint retry_ms)
{
  self->budget_kbps = budget_kbps;
  self->retry_ms = MIN (retry_ms, MAX_WAIT_MS);
}

/* Found at once, as long as the streams keep their order. */
static Memory *
recall (GPtrArray *memories, const char *did)
{
  for (guint i = 0; i < memories->len; i++) {
    const Memory *memory = memories->pdata[i];

    if (g_str_equal (memory->did, did))
      return g_ptr_array_steal_index (memories, i);
  }
  return NULL;
}

/* Brings the memories into the order of the streams; who is gone is forgotten. */
static void
arrange (const Look *look)
{
  g_autoptr (GPtrArray) before = look->self->memories;
  GPtrArray *memories = g_ptr_array_new_with_free_func (memory_free);

  for (guint i = 0; i < look->n_streams; i++) {
    Memory *memory = recall (before, look->streams[i].did);

    if (memory == NULL) {
      memory = g_new0 (Memory, 1);
      memory->did = g_strdup (look->streams[i].did);
      memory->dropped = look->streams[i].dropped;
    }
    g_ptr_array_add (memories, memory);
  }
  look->self->memories = memories;
}

static Memory *
get_memory (const Look *look, guint i)
{
  return look->self->memories->pdata[i];
}

static void
note_drop (Memory *memory, gint64 now_ms)
{
  if (memory->drop_ms == 0 || now_ms - memory->drop_ms > QUIET_MS)
    memory->dropped_ms = now_ms;
  memory->drop_ms = now_ms;
}

static void
look_at (const Look *look, guint i)
{
  const CgUplinkStream *stream = &look->streams[i];
  Memory *memory = get_memory (look, i);
  /* A new push counts from 0. */
  const guint64 before = stream->dropped < memory->dropped ? 0 : memory->dropped;
  const gint64 age_ms = look->now_ms - MAX (memory->small_ms, memory->main_ms);

  if (!stream->has_small)
    memory->state = CG_UPLINK_FREE;
  if (stream->dropped > before || stream->is_stuck)
    note_drop (memory, look->now_ms);
  memory->dropped = stream->dropped;
  /* Just after a change it is some of both. */
  if (!stream->is_playing || stream->rate_kbps == 0 || age_ms < SETTLE_MS / 2)
    return;
  if (memory->state == CG_UPLINK_FREE)
    memory->main_kbps = stream->rate_kbps;
  else
    memory->small_kbps = stream->rate_kbps;
}

/* What was dropped before the last change had its effect tells nothing. */
static void
judge (const Look *look, guint i)
{
  Memory *memory = get_memory (look, i);
  const gint64 settled_ms = look->self->changed_ms > 0 ? look->self->changed_ms + SETTLE_MS : 0;

  memory->is_slow = memory->drop_ms > 0 && look->now_ms - memory->drop_ms <= QUIET_MS &&
                    memory->drop_ms - MAX (memory->dropped_ms, settled_ms) >= SLOW_MS;
}

static guint
add_up (const Look *look)
{
  guint sum_kbps = 0;

  for (guint i = 0; i < look->n_streams; i++)
    sum_kbps += look->streams[i].is_playing ? look->streams[i].rate_kbps : 0;
  return sum_kbps;
}

static gboolean
is_over_budget (const Look *look)
{
  return look->self->budget_kbps > 0 && add_up (look) > look->self->budget_kbps;
}

/* Who tried the main picture in vain waits longer for the next time. */
static void
make_small (const Look *look, guint i, CgUplinkState state)
{
  Memory *memory = get_memory (look, i);
  const gboolean was_in_vain = memory->main_ms > 0 && look->now_ms - memory->main_ms < TRIAL_MS;

  memory->wait_ms = was_in_vain ? MIN (memory->wait_ms * 2, MAX_WAIT_MS) : look->self->retry_ms;
  memory->state = state;
  memory->small_ms = look->now_ms;
  look->self->changed_ms = look->now_ms;
}

/* Which of two goes first: the less important, then the one in trouble, then the one that was tried
 * last, then the larger. */
static gboolean
goes_before (const Look *look, guint a, guint b)
{
  const CgUplinkStream *streams = look->streams;
  const gboolean a_is_slow = get_memory (look, a)->is_slow;
  const gboolean b_is_slow = get_memory (look, b)->is_slow;
  const gint64 a_main_ms = get_memory (look, a)->main_ms;
  const gint64 b_main_ms = get_memory (look, b)->main_ms;

  if (streams[a].importance != streams[b].importance)
    return streams[a].importance < streams[b].importance;
  if (a_is_slow != b_is_slow)
    return a_is_slow;
  if (a_main_ms != b_main_ms)
    return a_main_ms > b_main_ms;
  return streams[a].rate_kbps > streams[b].rate_kbps;
}

/* Of those in trouble and those less important than @importance. FALSE: none is left that could be
 * made small. */
static gboolean
find_victim (const Look *look, guint importance, guint *victim)
{
  gboolean is_found = FALSE;

  for (guint i = 0; i < look->n_streams; i++) {
    const CgUplinkStream *stream = &look->streams[i];

    if (!stream->has_small || (!stream->is_playing && !stream->is_stuck) ||
        get_memory (look, i)->state != CG_UPLINK_FREE ||
        (stream->importance >= importance && !get_memory (look, i)->is_slow))
      continue;
    if (!is_found || goes_before (look, i, *victim))
      *victim = i;
    is_found = TRUE;
  }
  return is_found;
}

/* Nobody gives way to what is not more important: it may be another line or another server that is
 * slow there. Nor to what sends nothing at all, and takes nothing from the line. */
static void
relieve_line (const Look *look)
{
  guint importance = 0;
  guint n_slow = 0;
  guint victim;

  for (guint i = 0; i < look->n_streams; i++) {
    if (!get_memory (look, i)->is_slow)
      continue;
    n_slow++;
    if (look->streams[i].is_playing)
      importance = MAX (importance, look->streams[i].importance);
  }
  if (n_slow == 0)
    return;
  for (guint i = 0; i < MAX (n_slow / SHARE_AT_ONCE, 1); i++) {
    if (find_victim (look, importance, &victim))
      make_small (look, victim, CG_UPLINK_SLOW);
  }
}

/* How much less is sent if it is made small. */
static guint
guess_relief (const Look *look, guint i)
{
  const guint rate_kbps = look->streams[i].rate_kbps;
  const guint small_kbps = get_memory (look, i)->small_kbps;

  return rate_kbps - MIN (small_kbps > 0 ? small_kbps : rate_kbps / GUESSED_SHARE, rate_kbps);
}

static void
keep_budget (const Look *look)
{
  CgUplinkCare *self = look->self;
  guint sum_kbps = add_up (look);
  guint victim;

  if (!is_over_budget (look))
    return;
  if (self->over_ms == 0)
    self->over_ms = look->now_ms;
  if (look->now_ms - self->over_ms < OVER_SPAN_MS)
    return;
  while (sum_kbps > self->budget_kbps && find_victim (look, G_MAXUINT, &victim)) {
    sum_kbps -= guess_relief (look, victim);
    make_small (look, victim, CG_UPLINK_BUDGET);
  }
}

/* Whether it is in trouble, and its turn to be made small is still to come. */
static gboolean
awaits_turn (const Look *look, guint i)
{
  const Memory *memory = get_memory (look, i);

  return memory->state == CG_UPLINK_FREE && look->streams[i].has_small &&
         memory->drop_ms - memory->dropped_ms >= SLOW_MS;
}

/* Whether neither a stream nor a more important one is in trouble, nor an equal one that it would
 * only change places with. */
static gboolean
is_quiet (const Look *look, guint stream)
{
  const guint importance = look->streams[stream].importance;

  for (guint i = 0; i < look->n_streams; i++) {
    const gint64 drop_ms = get_memory (look, i)->drop_ms;

    if (drop_ms == 0 || look->now_ms - drop_ms >= MIN (QUIET_MS, look->self->retry_ms))
      continue;
    if (i == stream || look->streams[i].importance > importance ||
        (look->streams[i].importance == importance && awaits_turn (look, i)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
has_room (const Look *look, guint i, guint sum_kbps)
{
  const guint budget_kbps = look->self->budget_kbps;
  const guint64 others_kbps = sum_kbps - look->streams[i].rate_kbps;

  if (budget_kbps == 0 || !look->streams[i].is_playing)
    return TRUE;
  return (others_kbps + get_memory (look, i)->main_kbps) * 100 <=
         (guint64)budget_kbps * REFILL_PERCENT;
}

/* Whether a more important one waits for its first try: it was made small later, and is to come
 * back earlier. One that was tried in vain holds nobody up. */
static gboolean
comes_too_early (const Look *look, guint stream)
{
  for (guint i = 0; i < look->n_streams; i++) {
    const Memory *memory = get_memory (look, i);

    if (look->streams[i].importance > look->streams[stream].importance &&
        memory->state != CG_UPLINK_FREE && look->streams[i].is_playing &&
        memory->wait_ms <= look->self->retry_ms &&
        look->now_ms - memory->small_ms < memory->wait_ms)
      return TRUE;
  }
  return FALSE;
}

static gboolean
may_come_back (const Look *look, guint i, guint sum_kbps)
{
  const Memory *memory = get_memory (look, i);

  return memory->state != CG_UPLINK_FREE && look->now_ms - memory->small_ms >= memory->wait_ms &&
         has_room (look, i, sum_kbps) && is_quiet (look, i) && !comes_too_early (look, i);
}

/* One at a time, the most important first. */
static void
give_back (const Look *look)
{
  const guint sum_kbps = add_up (look);
  guint best = look->n_streams;

  for (guint i = 0; i < look->n_streams; i++) {
    if (may_come_back (look, i, sum_kbps) &&
        (best == look->n_streams || look->streams[i].importance > look->streams[best].importance))
      best = i;
  }
  if (best == look->n_streams)
    return;
  get_memory (look, best)->state = CG_UPLINK_FREE;
  get_memory (look, best)->main_ms = look->now_ms;
  look->self->changed_ms = look->now_ms;
}

/**
 * cg_uplink_care_decide:
 * @self: it
 * @streams: all streams of the box, as they are now; what is to be sent is filled in
 * @n_streams: how many
 * @now_ms: monotonic time, not 0
 *
 * Where pictures are dropped for some seconds, or all together are above the budget, streams are
 * made small, the least important first; one at a time is made main again after a pause without
 * drops, which grows each time that this is in vain.
 */
void
cg_uplink_care_decide (CgUplinkCare *self, CgUplinkStream *streams, guint n_streams, gint64 now_ms)
{
  const Look look = {self, streams, n_streams, now_ms};

  arrange (&look);
  for (guint i = 0; i < n_streams; i++)
    look_at (&look, i);
  for (guint i = 0; i < n_streams; i++)
    judge (&look, i);
  if (!is_over_budget (&look))
    self->over_ms = 0;
  if (self->changed_ms == 0 || now_ms - self->changed_ms >= SETTLE_MS) {
    relieve_line (&look);
    if (self->changed_ms != now_ms)
      keep_budget (&look);
    if (self->changed_ms != now_ms)
      give_back (&look);
  }
  for (guint i = 0; i < n_streams; i++)
    streams[i].state = get_memory (&look, i)->state;
}

/**
 * cg_uplink_state_get_word:
 * @state: a state
 *
 * Returns: (nullable): its word in the event of a stream that plays the small picture
 */
const char *
cg_uplink_state_get_word (CgUplinkState state)
{
  static const CgStreamWhy whys[] = {
      [CG_UPLINK_FREE] = CG_WHY_OF_ERROR,
      [CG_UPLINK_SLOW] = CG_WHY_UPLINK_SLOW,
      [CG_UPLINK_BUDGET] = CG_WHY_UPLINK_BUDGET,
  };

  return cg_stream_why_spell (whys[state]);
}
