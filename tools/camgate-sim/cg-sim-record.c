/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-record.h"

#include <string.h>

/* Prefix and name of the first element in the body, with a dot between. (nullable) */
static char *
find_operation (const char *body)
{
  const char *start = strstr (body, ":Body>");

  start = start != NULL ? strchr (start, '<') : NULL;
  if (start == NULL)
    return NULL;
  char *name = g_strndup (start + 1, strcspn (start + 1, " />"));
  return g_strdelimit (name, ":", '.');
}

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, text, -1, &error))
    g_warning ("cannot record: %s", error->message);
}

/**
 * cg_sim_record:
 * @call: a call that was served
 *
 * Writes it to the folder in the environment's CAMGATE_SIM_RECORD, if there is one: each request
 * and its answer, numbered in the order they came, under the name of the operation. Tests judge the
 * requests by the standard's schemas; fuzzers start from the answers.
 */
void
cg_sim_record (const CgSimCall *call)
{
  static gint count;
  const char *folder = g_getenv ("CAMGATE_SIM_RECORD");
  g_autofree char *operation = folder != NULL ? find_operation (call->body) : NULL;

  if (operation == NULL)
    return;
  const gint number = g_atomic_int_add (&count, 1);
  g_autofree char *request = g_strdup_printf ("%03d-%s.request.xml", number, operation);
  g_autofree char *answer = g_strdup_printf ("%03d-%s.answer.xml", number, operation);
  write_file (folder, request, call->body);
  if (call->answer != NULL)
    write_file (folder, answer, call->answer);
}
