/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-json.h"

/* The camera itself may have to take the picture. */
#define TIMEOUT_MS 15000

static CgCtlAnswer *
ask (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlClient) client = cg_ctl_open_client (self, error);
  g_autoptr (JsonObject) data = json_object_new ();
  g_autoptr (JsonObject) reply = NULL;
  g_autofree char *mid = NULL;

  if (client == NULL)
    return NULL;
  json_object_set_object_member (data, "snapshot", json_object_new ());
  mid = cg_ctl_client_send (client, self->did, data, error);
  if (mid == NULL)
    return NULL;
  reply = cg_ctl_client_wait_reply (client, mid, cg_ctl_get_timeout_ms (self, TIMEOUT_MS), error);
  return reply != NULL ? cg_ctl_answer_from_message (reply, "snapshot", NULL) : NULL;
}

static gboolean
write_picture (const char *path, const guchar *picture, gsize size, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (strcmp (path, "-") == 0) {
    if (fwrite (picture, 1, size, stdout) == size && fflush (stdout) == 0)
      return TRUE;
    g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED, "the picture could not be written");
    return FALSE;
  }
  if (g_file_set_contents (path, (const char *)picture, (gssize)size, &why))
    return TRUE;
  g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_REFUSED, why->message);
  return FALSE;
}

/* In the answer that is shown, the picture's place is taken by where it went. */
static gboolean
take_picture (CgCtl *self, CgCtlAnswer *answer, const char *path, GError **error)
{
  const char *text = cg_ctl_json_string (answer->body, "jpeg");
  gsize size = 0;
  g_autofree guchar *picture = text != NULL ? g_base64_decode (text, &size) : NULL;

  if (size == 0) {
    g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_REFUSED, "camgated has sent no picture");
    return FALSE;
  }
  if (!write_picture (path, picture, size, error))
    return FALSE;
  json_object_remove_member (answer->body, "jpeg");
  json_object_set_string_member (answer->body, "file", path);
  json_object_set_int_member (answer->body, "bytes", (gint64)size);
  return TRUE;
}

static const char *
get_path (CgCtl *self, const char *usual)
{
  if (self->options->output != NULL)
    return self->options->output;
  return self->n_words > 0 ? self->words[0] : usual;
}

/**
 * cg_cmd_snapshot:
 * @self: a run
 *
 * Writes what a camera sees into a file.
 *
 * Returns: %FALSE with error if not done
 */
gboolean
cg_cmd_snapshot (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlAnswer) answer = NULL;
  g_autofree char *usual = g_strconcat (self->did, ".jpg", NULL);
  const char *path = get_path (self, usual);
  const gboolean is_stdout = strcmp (path, "-") == 0;

  if (self->options->output != NULL && self->n_words > 0)
    return cg_ctl_fail_usage (self, error, "FILE stands once, with --output or without");
  if (is_stdout && self->options->json)
    return cg_ctl_fail_usage (self, error, "--json and the picture do not go to the same place");
  answer = ask (self, error);
  if (answer == NULL)
    return FALSE;
  if (answer->code == 0 && !take_picture (self, answer, path, error))
    return FALSE;
  if (!cg_ctl_finish (self, answer, error))
    return FALSE;
  if (!is_stdout)
    cg_ctl_say (self, "%s: %" G_GINT64_FORMAT " bytes, from the %s\n", path,
                cg_ctl_json_int (answer->body, "bytes", 0),
                cg_ctl_json_string (answer->body, "source"));
  return TRUE;
}
