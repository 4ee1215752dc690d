/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-json.h"
#include "cg-ctl-roster.h"
#include "cg-ctl-target.h"
#include "cg-json.h"
#include "cg-log.h"

/* Beside the file, until it is whole. */
#define TEMPORARY ".XXXXXX"
#define MODE 0600

static gboolean
is_camera_shown (JsonObject *camera)
{
  static const char *const members[] = {"password", "secret", "url", "address", "host", "ip"};

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++) {
    const char *text = cg_ctl_json_string (camera, members[i]);

    if (text != NULL && (strcmp (text, CG_LOG_HIDDEN) == 0 || cg_log_is_hidden (text)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_shown (JsonArray *cameras)
{
  for (guint i = 0; i < json_array_get_length (cameras); i++) {
    if (!is_camera_shown (json_array_get_object_element (cameras, i)))
      return FALSE;
  }
  return TRUE;
}

/* Returns: (transfer full): the answer, with a list of cameras */
static CgCtlAnswer *
ask (CgCtl *self, GError **error)
{
  const gboolean reveal = self->options->with_passwords;
  g_autoptr (CgCtlTarget) target = cg_ctl_target_open (self, error);
  JsonObject *parameters = json_object_new ();
  g_autoptr (CgCtlAnswer) answer = NULL;
  JsonArray *cameras;

  json_object_set_boolean_member (parameters, "reveal", reveal);
  if (target == NULL) {
    json_object_unref (parameters);
    return NULL;
  }
  answer = cg_ctl_target_ask (target, "config", "read", parameters, error);
  if (answer == NULL || !cg_ctl_answer_check (answer, error))
    return NULL;
  cameras = cg_ctl_roster_find_list (answer->body);
  if (cameras == NULL) {
    g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_REFUSED, "camgated tells no list of cameras");
    return NULL;
  }
  if (reveal && !is_shown (cameras)) {
    g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_REFUSED,
                         "camgated shows passwords to root and to its own user alone: use sudo");
    return NULL;
  }
  return g_steal_pointer (&answer);
}

static gboolean
fail_with_errno (const char *path, GError **error)
{
  g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED, "%s: %s", path, g_strerror (errno));
  return FALSE;
}

static gboolean
write_all (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left > 0) {
    const gssize n = write (fd, text, left);

    if (n < 0 && errno != EINTR)
      return FALSE;
    text += MAX (n, 0);
    left -= (gsize)MAX (n, 0);
  }
  return fsync (fd) == 0;
}

/* The old file or the new one, and never readable by others for an instant: it may hold passwords,
 * and it tells where the cameras are. */
static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, TEMPORARY, NULL);
  struct stat status;
  gboolean is_written;
  int fd;

  if (g_lstat (path, &status) == 0 && !S_ISREG (status.st_mode)) {
    g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED, "%s: is no regular file", path);
    return FALSE;
  }
  fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, MODE);
  if (fd < 0)
    return fail_with_errno (path, error);
  is_written = write_all (fd, text);
  if (close (fd) == 0 && is_written && g_rename (temporary, path) == 0)
    return TRUE;
  fail_with_errno (path, error);
  g_unlink (temporary);
  return FALSE;
}

static gboolean
export_to (CgCtl *self, const char *path, JsonArray *cameras, const char *gateway, GError **error)
{
  const gboolean is_json = g_str_has_suffix (path, ".json");
  const guint n_cameras = json_array_get_length (cameras);
  g_autoptr (JsonObject) told = json_object_new ();
  g_autofree char *text = NULL;

  if (is_json) {
    g_autoptr (JsonObject) root = cg_ctl_roster_write_json (cameras, gateway);
    g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), root);
    g_autofree char *pretty = cg_json_to_string (node, TRUE);
    g_autofree char *escaped = cg_ctl_text_escape (pretty);

    text = g_strconcat (escaped, "\n", NULL);
  } else {
    text = cg_ctl_roster_write_csv (cameras, gateway);
  }
  if (!write_file (path, text, error))
    return FALSE;
  json_object_set_string_member (told, "file", path);
  json_object_set_string_member (told, "gateway", gateway);
  json_object_set_int_member (told, "cameras", n_cameras);
  cg_ctl_print_json (self, told);
  cg_ctl_say (self, "%u cameras of gateway %s in %s%s\n", n_cameras, gateway, path,
              self->options->with_passwords ? ", with their passwords: keep it safe" : "");
  return TRUE;
}

/**
 * cg_cmd_export:
 * @self: a run
 *
 * Writes a list of all cameras that are bound.
 *
 * Returns: %FALSE with error if not
 */
gboolean
cg_cmd_export (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlAnswer) answer = NULL;
  g_autoptr (JsonObject) root = NULL;
  g_autofree char *text = NULL;
  JsonArray *cameras;

  if (self->options->with_passwords && self->n_words == 0)
    return cg_ctl_fail_usage (self, error, "--with-passwords needs a FILE: they are not printed");
  answer = ask (self, error);
  if (answer == NULL)
    return FALSE;
  cameras = cg_ctl_roster_find_list (answer->body);
  if (self->n_words > 0)
    return export_to (self, self->words[0], cameras, answer->did, error);
  root = cg_ctl_roster_write_json (cameras, answer->did);
  cg_ctl_print_json (self, root);
  text = cg_ctl_roster_write_csv (cameras, answer->did);
  if (!self->options->json)
    cg_ctl_print_csv (self, text);
  return TRUE;
}
