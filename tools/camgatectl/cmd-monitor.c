/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-json.h"

#define REPLY_TIMEOUT_MS 10000

static char *
format_time (gint64 real_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (real_ms / 1000);
  g_autofree char *seconds = time != NULL ? g_date_time_format (time, "%H:%M:%S") : NULL;

  return g_strdup_printf ("%s.%03d", seconds != NULL ? seconds : "--:--:--", (int)(real_ms % 1000));
}

/* What is worth reading of a message: the part below `data` or `result`, else all of it. */
static char *
format_content (JsonObject *message)
{
  static const char *const parts[] = {"result", "data"};

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    JsonObject *part = cg_ctl_json_object (message, parts[i]);

    if (part != NULL)
      return cg_ctl_json_to_line (part);
  }
  return cg_ctl_json_to_line (message);
}

static const char *
format_type (JsonObject *message)
{
  if (json_object_has_member (message, "result"))
    return "reply";
  return cg_ctl_json_string (message, "type") ?: "?";
}

static void
print_message (CgCtl *self, JsonObject *trace, JsonObject *message)
{
  const gboolean incoming = g_strcmp0 (cg_ctl_json_string (trace, "direction"), "in") == 0;
  g_autofree char *time = format_time (cg_ctl_json_int (trace, "at", 0));
  g_autofree char *content = format_content (message);
  g_autofree char *clean = cg_ctl_text_clean (content);
  g_autofree char *door = cg_ctl_text_clean (cg_ctl_json_string (trace, "door"));
  g_autofree char *type = cg_ctl_text_clean (format_type (message));
  g_autofree char *did = cg_ctl_text_clean (cg_ctl_json_string (message, "did") ?: "-");

  cg_ctl_say (self, "%s%s %s%s %s %s  %s  %s\n",
              cg_ctl_screen_ink (&self->screen, CG_CTL_INK_FAINT), time,
              cg_ctl_screen_ink (&self->screen, CG_CTL_INK_PLAIN), door, incoming ? "->" : "<-",
              did, type, clean);
}

static void
print_unreadable (CgCtl *self, JsonObject *trace)
{
  g_autofree char *time = format_time (cg_ctl_json_int (trace, "at", 0));
  g_autofree char *door = cg_ctl_text_clean (cg_ctl_json_string (trace, "door"));

  cg_ctl_say (self, "%s %s    %" G_GINT64_FORMAT " bytes that are no message\n", time, door,
              cg_ctl_json_int (trace, "unreadable", 0));
}

static void
print_trace (CgCtl *self, JsonObject *trace)
{
  JsonObject *message = cg_ctl_json_object (trace, "message");

  if (self->n_words > 0 && g_strcmp0 (cg_ctl_json_string (message, "did"), self->words[0]) != 0)
    return;
  cg_ctl_print_json (self, trace);
  if (message != NULL)
    print_message (self, trace, message);
  else
    print_unreadable (self, trace);
  fflush (stdout);
}

static gboolean
ask_for_trace (CgCtl *self, CgCtlClient *client, GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  g_autoptr (JsonObject) reply = NULL;
  g_autoptr (CgCtlAnswer) answer = NULL;
  g_autofree char *mid = NULL;

  json_object_set_object_member (data, "trace", json_object_new ());
  mid = cg_ctl_client_send (client, NULL, data, error);
  if (mid == NULL)
    return FALSE;
  reply =
      cg_ctl_client_wait_reply (client, mid, cg_ctl_get_timeout_ms (self, REPLY_TIMEOUT_MS), error);
  if (reply == NULL)
    return FALSE;
  answer = cg_ctl_answer_from_message (reply, "trace", NULL);
  return cg_ctl_answer_check (answer, error);
}

/**
 * cg_cmd_monitor:
 * @self: a run
 *
 * Every message through every door of camgated, as it passes, until it is interrupted.
 *
 * Returns: %FALSE with error, when camgated is gone
 */
gboolean
cg_cmd_monitor (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlClient) client = cg_ctl_open_client (self, error);

  if (client == NULL || !ask_for_trace (self, client, error))
    return FALSE;
  for (;;) {
    g_autoptr (JsonObject) message = NULL;

    if (!cg_ctl_client_receive (client, -1, &message, error))
      return FALSE;
    if (g_strcmp0 (cg_ctl_json_string (message, "type"), "trace") == 0)
      print_trace (self, message);
  }
}
