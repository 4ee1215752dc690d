/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-report.h"

G_DEFINE_BOXED_TYPE (CgStreamReport, cg_stream_report, cg_stream_report_copy, cg_stream_report_free)

static const CgWord states[] = {
    [CG_STREAM_STOPPED] = {"stopped", "nothing is sent", "nothing: `play` starts it"},
    [CG_STREAM_STARTING] = {"starting", "accepted, and nothing to tell yet", "wait a moment"},
    [CG_STREAM_PLAYING] = {"playing", "the media server gets the picture", "nothing"},
    [CG_STREAM_RETRYING] = {"retrying", "it does not play, and is tried again and again",
                            "heal what `reason` tells; `camgatectl explain` knows that word, too"},
    [CG_STREAM_FAILED] = {"failed", "it does not play, and waiting alone will not heal it",
                          "change what `reason` tells; `camgatectl explain` knows that word, too"},
};

/**
 * cg_stream_report_new:
 * @state: how the stream stands
 * @url: (nullable): where it is pushed to
 * @error: (nullable): a #CG_ERROR that tells why it does not play
 *
 * Returns: (transfer full): a report
 */
CgStreamReport *
cg_stream_report_new (CgStreamState state, const char *url, const GError *error)
{
  CgStreamReport *self = g_new0 (CgStreamReport, 1);

  self->state = state;
  cg_stream_stages_begin (&self->stages, 0);
  self->url = g_strdup (url);
  if (error != NULL) {
    self->reason = g_strdup (cg_error_get_word ((CgError)error->code));
    self->text = g_strdup (error->message);
  }
  return self;
}

/**
 * cg_stream_report_remark:
 * @self: a report of a stream that plays
 * @word: (nullable): why not as well as it could
 * @text: (nullable): the same as a sentence
 */
void
cg_stream_report_remark (CgStreamReport *self, const char *word, const char *text)
{
  g_free (self->reason);
  g_free (self->text);
  self->reason = g_strdup (word);
  self->text = g_strdup (text);
}

/**
 * cg_stream_report_copy:
 * @self: a report
 *
 * Returns: (transfer full): its equal
 */
CgStreamReport *
cg_stream_report_copy (const CgStreamReport *self)
{
  CgStreamReport *copy = g_new0 (CgStreamReport, 1);

  copy->state = self->state;
  copy->url = g_strdup (self->url);
  copy->reason = g_strdup (self->reason);
  copy->text = g_strdup (self->text);
  copy->since_ms = self->since_ms;
  copy->next_ms = self->next_ms;
  copy->stages = self->stages;
  return copy;
}

/**
 * cg_stream_report_free:
 * @self: (transfer full): a report
 */
void
cg_stream_report_free (CgStreamReport *self)
{
  g_free (self->url);
  g_free (self->reason);
  g_free (self->text);
  g_free (self);
}

/**
 * cg_stream_report_equal:
 * @a: a report
 * @b: another
 *
 * The sentence and the times do not count: they may be others at each try.
 *
 * Returns: whether both tell the same state, place and reason
 */
gboolean
cg_stream_report_equal (const CgStreamReport *a, const CgStreamReport *b)
{
  return a->state == b->state && g_strcmp0 (a->url, b->url) == 0 &&
         g_strcmp0 (a->reason, b->reason) == 0;
}

/**
 * cg_stream_state_get_word:
 * @state: a state
 *
 * Returns: its word in PROTOCOL.md section 4, play
 */
const char *
cg_stream_state_get_word (CgStreamState state)
{
  return states[state].word;
}

/**
 * cg_stream_state_describe:
 * @index: 0 for the first, and so on
 * @word: (out): a state's word, and what is to be said of it
 *
 * Returns: %FALSE if there are no more
 */
gboolean
cg_stream_state_describe (guint index, CgWord *word)
{
  if (index >= G_N_ELEMENTS (states))
    return FALSE;
  *word = states[index];
  return TRUE;
}
