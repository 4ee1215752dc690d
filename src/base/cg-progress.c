/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-progress.h"

#include "cg-main.h"

#define STEP_PERCENT 10

struct _CgProgress {
  CgProgressFunc func;
  gpointer user_data;
  GDestroyNotify destroy; /* (nullable): until it is stopped */
  gboolean is_stopped;    /* main loop only */
  guint told;             /* thread only */
};

/* What a thread says. */
typedef struct {
  CgProgress *progress; /* (owned) */
  guint percent;
} Word;

/**
 * cg_progress_new:
 * @func: called on the main loop
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data when it is stopped; on the main loop
 *
 * Returns: (transfer full): to be stopped in the end
 */
CgProgress *
cg_progress_new (CgProgressFunc func, gpointer user_data, GDestroyNotify destroy)
{
  CgProgress *self = g_atomic_rc_box_new0 (CgProgress);

  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  return self;
}

/**
 * cg_progress_ref:
 * @self: progress
 *
 * Returns: (transfer full): the same
 */
CgProgress *
cg_progress_ref (CgProgress *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * cg_progress_unref:
 * @self: (transfer full): progress
 */
void
cg_progress_unref (CgProgress *self)
{
  g_atomic_rc_box_release (self);
}

static gboolean
on_word (gpointer user_data)
{
  const Word *word = user_data;

  if (!word->progress->is_stopped)
    word->progress->func (word->percent, word->progress->user_data);
  return G_SOURCE_REMOVE;
}

static void
word_free (gpointer data)
{
  Word *word = data;

  cg_progress_unref (word->progress);
  g_free (word);
}

/**
 * cg_progress_tell_in_thread:
 * @self: (nullable): progress
 * @done: so much is done
 * @all: of so much; 0: not known
 *
 * Called by one thread at a time, as often as it likes.
 */
void
cg_progress_tell_in_thread (CgProgress *self, guint64 done, guint64 all)
{
  const guint percent = all > 0 ? (guint)(MIN (done, all) * 100 / all) : 0;
  Word *word;

  if (self == NULL || percent < self->told + STEP_PERCENT)
    return;
  self->told = percent / STEP_PERCENT * STEP_PERCENT;
  word = g_new0 (Word, 1);
  word->progress = cg_progress_ref (self);
  word->percent = self->told;
  cg_main_post (NULL, on_word, word, word_free);
}

/**
 * cg_progress_stop:
 * @self: progress; nobody is told any more
 *
 * Main loop only. May be called twice.
 */
void
cg_progress_stop (CgProgress *self)
{
  CG_ON_MAIN ();
  if (self->is_stopped)
    return;
  self->is_stopped = TRUE;
  if (self->destroy != NULL)
    self->destroy (self->user_data);
}
