/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-probes.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cg-ctl-interrupt.h"
#include "cg-main.h"
#include "cg-media.h"

/* So many cameras at the same time: their streams together are no load for a small box. */
#define MAX_AT_ONCE 8

/* All probes of one run. Workers look at cameras; all that is said is said on the main loop. */
typedef struct {
  CgCtl *ctl;
  const CgCtlProbesOptions *options;
  char *username;            /* (nullable) */
  char *password;            /* (nullable) */
  GCancellable *cancellable; /* (owned) */
  GError *no_media;          /* (owned) (nullable) why streams cannot be looked at */
  CgCtlScreen screen;        /* where progress goes */
  GPtrArray *reports;        /* (owned) (element-type CgCtlReport) (nullable elements) */
  guint n_done;
  gboolean shows_progress;
  guint number; /* of the camera that is shown */
  char *step;   /* (nullable) what is done there */
  gint64 step_us;
} Run;

/* What a worker says to the main loop. */
typedef struct {
  Run *run;
  guint number;
  CgCtlFinding *finding; /* (owned) (nullable) */
  char *step;            /* (nullable) */
  CgCtlReport *report;   /* (nullable) ends up in the run */
} Word;

/* What a worker gets: camera @number of @run. */
typedef struct {
  Run *run;
  guint number;
} Job;

static void
word_free (gpointer data)
{
  Word *word = data;

  g_clear_pointer (&word->finding, cg_ctl_finding_free);
  g_free (word->step);
  g_free (word);
}

static void
run_clear (Run *self)
{
  g_clear_object (&self->cancellable);
  g_clear_error (&self->no_media);
  g_clear_pointer (&self->reports, g_ptr_array_unref);
  g_free (self->step);
  g_free (self->username);
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_free (self->password);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static void
hide_progress (Run *self)
{
  if (self->shows_progress)
    g_printerr ("\r\033[K");
  self->shows_progress = FALSE;
}

/* One line that is written over, for somebody who waits at a terminal. */
static void
show_progress (Run *self)
{
  const guint n_all = self->reports->len;
  const int spent_s = (int)((g_get_monotonic_time () - self->step_us) / G_USEC_PER_SEC);
  g_autofree char *clean =
      cg_ctl_text_clean (self->options->names != NULL ? self->options->names[self->number] : "");
  g_autofree char *line = n_all > 1
                              ? g_strdup_printf ("%u of %u done; %s: %s ... %d s", self->n_done,
                                                 n_all, clean, self->step, spent_s)
                              : g_strdup_printf ("%s ... %d s", self->step, spent_s);

  hide_progress (self);
  if (self->screen.width > 1 && g_utf8_strlen (line, -1) >= self->screen.width)
    *g_utf8_offset_to_pointer (line, self->screen.width - 1) = '\0';
  g_printerr ("%s", line);
  self->shows_progress = TRUE;
}

static void
set_step (Run *self, guint number, const char *step)
{
  if (!self->screen.rewrites)
    return;
  g_free (self->step);
  self->step = g_strdup (step);
  self->number = number;
  self->step_us = g_get_monotonic_time ();
  show_progress (self);
}

static gboolean
on_second (gpointer user_data)
{
  Run *self = user_data;

  if (self->step != NULL)
    show_progress (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_word (gpointer user_data)
{
  Word *word = user_data;
  Run *self = word->run;

  if (word->step != NULL) {
    set_step (self, word->number, word->step);
    return G_SOURCE_REMOVE;
  }
  hide_progress (self);
  if (word->finding != NULL && self->options->on_finding != NULL)
    self->options->on_finding (word->finding, self->options->user_data);
  if (word->report != NULL) {
    self->reports->pdata[word->number] = word->report;
    self->n_done++;
    if (self->options->on_report != NULL && !g_cancellable_is_cancelled (self->cancellable))
      self->options->on_report (word->number, word->report, self->options->user_data);
  }
  fflush (stdout);
  return G_SOURCE_REMOVE;
}

static void
say (const Job *job, const Word *word)
{
  Word *copy = g_memdup2 (word, sizeof *word);

  copy->run = job->run;
  copy->number = job->number;
  cg_main_post (NULL, on_word, copy, word_free);
}

static void
on_finding_in_thread (const CgCtlFinding *finding, gpointer user_data)
{
  say (user_data, &(Word){.finding = cg_ctl_finding_copy (finding)});
}

static void
on_step_in_thread (const char *step, gpointer user_data)
{
  say (user_data, &(Word){.step = g_strdup (step)});
}

static void
probe_in_thread (gpointer data, gpointer user_data)
{
  g_autofree Job *job = data;
  const Run *run = job->run;
  const gboolean has_logins = run->options->usernames != NULL;
  const CgCtlProbeOptions options = {
      .address = run->options->addresses[job->number],
      .username = has_logins ? run->options->usernames[job->number] : run->username,
      .password = has_logins ? run->options->passwords[job->number] : run->password,
      .timeout_ms = run->options->timeout_ms,
      .no_move = run->ctl->options->no_move,
      .no_media = run->no_media,
      .cancellable = run->cancellable,
      .on_finding = on_finding_in_thread,
      .on_step = on_step_in_thread,
      .user_data = job,
  };

  say (job, &(Word){.report = cg_ctl_probe_in_thread (&options)});
}

static gboolean
on_signal (int fd, GIOCondition condition, gpointer user_data)
{
  Run *self = user_data;

  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
prepare (Run *self, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (self->ctl->options->user != NULL) {
    self->username = g_strdup (self->ctl->options->user);
    self->password = cg_ctl_read_password (self->ctl, error);
    if (self->password == NULL)
      return FALSE;
  }
  self->cancellable = g_cancellable_new ();
  self->reports = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_ctl_report_free);
  g_ptr_array_set_size (self->reports, (int)g_strv_length ((char **)self->options->addresses));
  cg_ctl_screen_init (&self->screen, STDERR_FILENO);
  return TRUE;
}

static void
probe_all (Run *self, CgCtlInterrupt *interrupt)
{
  const guint n_all = self->reports->len;
  g_autoptr (GSource) seconds = g_timeout_source_new_seconds (1);
  g_autoptr (GSource) signals = g_unix_fd_source_new (cg_ctl_interrupt_get_fd (interrupt), G_IO_IN);
  GThreadPool *pool;

  cg_media_init (NULL, &self->no_media);
  cg_main_claim ();
  g_source_set_callback (signals, G_SOURCE_FUNC (on_signal), self, NULL);
  g_source_attach (signals, NULL);
  g_source_set_callback (seconds, on_second, self, NULL);
  g_source_attach (seconds, NULL);
  pool = g_thread_pool_new (probe_in_thread, NULL, (int)MIN (n_all, MAX_AT_ONCE), TRUE, NULL);
  for (guint i = 0; i < n_all; i++) {
    const Job job = {.run = self, .number = i};

    g_thread_pool_push (pool, g_memdup2 (&job, sizeof job), NULL);
  }
  while (self->n_done < n_all)
    g_main_context_iteration (NULL, TRUE);
  g_thread_pool_free (pool, FALSE, TRUE);
  g_source_destroy (seconds);
  g_source_destroy (signals);
  hide_progress (self);
}

/**
 * cg_ctl_probes_run:
 * @ctl: a run, perhaps with `--user` and `--no-move`
 * @options: which cameras
 * @error: return location: %CG_CTL_USAGE when there is no password
 *
 * Probes them, some at the same time, and shows on a terminal what is done. Runs the main loop
 * until all are done. A signal stops cameras that move, and then ends the program.
 *
 * Returns: (transfer full) (element-type CgCtlReport): in the order of the addresses
 */
GPtrArray *
cg_ctl_probes_run (CgCtl *ctl, const CgCtlProbesOptions *options, GError **error)
{
  g_auto (Run) run = {.ctl = ctl, .options = options};
  CgCtlInterrupt *interrupt;

  if (!prepare (&run, error))
    return NULL;
  interrupt = cg_ctl_interrupt_new ();
  probe_all (&run, interrupt);
  cg_ctl_interrupt_free (interrupt); /* does not return after a signal */
  return g_steal_pointer (&run.reports);
}
