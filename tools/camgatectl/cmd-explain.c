/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-commands.h"
#include "cg-ctl-table.h"
#include "cg-error.h"

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
  cg_ctl_print_json (self, object);
  text = cg_ctl_table_to_string (table, &self->screen);
  cg_ctl_say (self, "%s", text);
  return TRUE;
}

/**
 * cg_cmd_explain:
 * @self: a run
 *
 * A code in words, and what to do; all codes when none is named.
 *
 * Returns: %FALSE with error if there is no such code
 */
gboolean
cg_cmd_explain (CgCtl *self, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  const char *meaning;
  const char *advice;
  guint64 code;

  if (self->n_words == 0)
    return explain_all (self);
  if (!g_ascii_string_to_unsigned (self->words[0], 10, 0, MAX_CODE, &code, NULL))
    return cg_ctl_fail_usage (self, error, "a code is a number, not \"%s\"", self->words[0]);
  if (!cg_error_explain ((int)code, &meaning, &advice))
    return cg_ctl_fail_usage (self, error, "there is no code %s", self->words[0]);
  object = code_to_json ((int)code, meaning, advice);
  cg_ctl_print_json (self, object);
  cg_ctl_say (self, "%d %s\n  %s\n", (int)code, meaning, advice);
  return TRUE;
}
