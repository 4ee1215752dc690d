/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-commands.h"
#include "cg-ctl-table.h"
#include "cg-error.h"
#include "cg-nearest.h"
#include "cg-stream-report.h"
#include "cg-stream-why.h"

/* Beyond any code of the contract. */
#define MAX_CODE 65535

static JsonObject *
code_to_json (int code, const char *meaning, const char *advice)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "code", code);
  json_object_set_string_member (object, "meaning", meaning);
  json_object_set_string_member (object, "advice", advice);
  return object;
}

static JsonObject *
word_to_json (const CgWord *word)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "word", word->word);
  json_object_set_string_member (object, "meaning", word->meaning);
  json_object_set_string_member (object, "advice", word->advice);
  return object;
}

/* Returns: (transfer full) (element-type CgWord): all words that a reason or a state may be */
static GArray *
list_words (void)
{
  static gboolean (*const describe[]) (guint index, CgWord * word) = {
      cg_error_describe, cg_stream_why_describe, cg_stream_state_describe};
  GArray *words = g_array_new (FALSE, FALSE, sizeof (CgWord));
  CgWord word;

  for (gsize i = 0; i < G_N_ELEMENTS (describe); i++) {
    for (guint index = 0; describe[i](index, &word); index++)
      g_array_append_val (words, word);
  }
  return words;
}

static JsonArray *
words_to_json (void)
{
  g_autoptr (GArray) words = list_words ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < words->len; i++)
    json_array_add_object_element (array, word_to_json (&g_array_index (words, CgWord, i)));
  return array;
}

static gboolean
explain_all (CgCtl *self)
{
  static const char *const titles[] = {"code", "meaning", "what to do", NULL};
  g_autoptr (CgCtlTable) table = cg_ctl_table_new (titles);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;
  JsonArray *codes = json_array_new ();

  for (int code = 0; code <= MAX_CODE; code++) {
    const char *meaning;
    const char *advice;
    g_autofree char *number = g_strdup_printf ("%d", code);

    if (!cg_error_explain (code, &meaning, &advice))
      continue;
    cg_ctl_table_add_row (table, (const char *const[]){number, meaning, advice});
    json_array_add_object_element (codes, code_to_json (code, meaning, advice));
  }
  json_object_set_array_member (object, "codes", codes);
  json_object_set_array_member (object, "words", words_to_json ());
  cg_ctl_print_json (self, object);
  text = cg_ctl_table_to_string (table, &self->screen);
  cg_ctl_say (self, "%s", text);
  return TRUE;
}

static gboolean
explain_code (CgCtl *self, int code, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  const char *meaning;
  const char *advice;

  if (!cg_error_explain (code, &meaning, &advice))
    return cg_ctl_fail_usage (self, error, "there is no code %d", code);
  object = code_to_json (code, meaning, advice);
  cg_ctl_print_json (self, object);
  cg_ctl_say (self, "%d %s\n  %s\n", code, meaning, advice);
  return TRUE;
}

static gboolean
fail_no_word (CgCtl *self, const GArray *words, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  const char *nearest;

  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add (known, (char *)g_array_index (words, CgWord, i).word);
  nearest = cg_nearest_find (self->words[0], (const char *const *)known->pdata, known->len);
  return cg_ctl_fail_usage (self, error, "a code is a number, and no reason is called \"%s\"%s%s%s",
                            self->words[0], nearest != NULL ? "; did you mean " : "",
                            nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

static gboolean
explain_word (CgCtl *self, GError **error)
{
  g_autoptr (GArray) words = list_words ();

  for (guint i = 0; i < words->len; i++) {
    const CgWord *word = &g_array_index (words, CgWord, i);
    g_autoptr (JsonObject) object = NULL;

    if (g_ascii_strcasecmp (word->word, self->words[0]) != 0)
      continue;
    object = word_to_json (word);
    cg_ctl_print_json (self, object);
    cg_ctl_say (self, "%s: %s\n  %s\n", word->word, word->meaning, word->advice);
    return TRUE;
  }
  return fail_no_word (self, words, error);
}

/**
 * cg_cmd_explain:
 * @self: a run
 *
 * A code, a reason or a state of a stream in words, and what to do; all codes when none is named.
 *
 * Returns: %FALSE with error if there is no such code or word
 */
gboolean
cg_cmd_explain (CgCtl *self, GError **error)
{
  guint64 code;

  if (self->n_words == 0)
    return explain_all (self);
  if (g_ascii_string_to_unsigned (self->words[0], 10, 0, G_MAXINT, &code, NULL))
    return explain_code (self, (int)code, error);
  return explain_word (self, error);
}
