/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cg-camera-member.h"
#include "cg-ctl-commands.h"
#include "cg-ctl-json.h"
#include "cg-ctl-roster.h"
#include "cg-ctl-site.h"
#include "cg-ctl-target.h"
#include "cg-error.h"
#include "cg-file.h"
#include "cg-log.h"

/* PROTOCOL.md section 1: a message has at most 64 KiB. */
#define MAX_MESSAGE_BYTES (48 * 1024)

/* One list on its way into camgated. */
typedef struct {
  CgCtl *ctl;
  CgCtlTarget *target; /* (owned) */
  CgCtlRoster *roster; /* (owned) */
  char *gateway;       /* (owned): did of the box that is asked */
  JsonObject *stored;  /* (owned): what is configured there */
  guint n_skipped;     /* rows of other gateways */
  gboolean has_begun;  /* something may be written by now */
  guint n_added;
  guint n_changed;
  guint n_same;
} Import;

static void
import_clear (Import *self)
{
  g_clear_pointer (&self->target, cg_ctl_target_free);
  g_clear_pointer (&self->roster, cg_ctl_roster_free);
  g_clear_pointer (&self->stored, json_object_unref);
  g_free (self->gateway);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

static gboolean
fail (const Import *self, const char *why, GError **error)
{
  const char *name = self->ctl->words[0];

  g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED, "%s: %s%s",
               strcmp (name, "-") == 0 ? "standard input" : name, why,
               self->has_begun ? "" : "\n  Nothing was written.");
  return FALSE;
}

static char *
read_input (gsize *length, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char block[4096];
  gssize n;

  while ((n = read (STDIN_FILENO, block, sizeof block)) > 0 && text->len <= CG_FILE_MAX_LENGTH)
    g_string_append_len (text, block, n);
  if (n != 0) {
    g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_REFUSED,
                         n < 0 ? "cannot be read" : "is larger than 1 MiB");
    return NULL;
  }
  *length = text->len;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_roster (Import *self, GError **error)
{
  const char *name = self->ctl->words[0];
  g_autofree char *text = NULL;
  g_autoptr (GError) why = NULL;
  gsize length = 0;

  text = strcmp (name, "-") == 0 ? read_input (&length, &why) : cg_file_read (name, &length, &why);
  if (text != NULL)
    self->roster = cg_ctl_roster_read (text, length, &why);
  return self->roster != NULL || fail (self, why->message, error);
}

/* Which gateway this is, and what it has. */
static gboolean
ask_gateway (Import *self, GError **error)
{
  g_autoptr (JsonObject) parameters = json_object_new ();
  g_autoptr (CgCtlAnswer) answer = NULL;

  self->target = cg_ctl_target_open (self->ctl, error);
  if (self->target == NULL)
    return FALSE;
  json_object_set_boolean_member (parameters, "reveal", TRUE);
  answer = cg_ctl_target_ask (self->target, "config", "read", g_steal_pointer (&parameters), error);
  if (answer == NULL || !cg_ctl_answer_check (answer, error))
    return FALSE;
  self->gateway = g_strdup (answer->did);
  self->stored = json_object_ref (answer->body);
  self->n_skipped = cg_ctl_roster_keep (self->roster, self->gateway);
  return TRUE;
}

static gboolean
is_invalid (const CgCtlAnswer *answer)
{
  g_autoptr (GError) invalid = g_error_new_literal (CG_ERROR, CG_ERROR_INVALID_CONFIG, "");

  return answer->code == cg_error_get_code (invalid, CG_ERROR_SCOPE_GENERAL);
}

static gboolean
take_sum (Import *self, const CgCtlAnswer *answer, guint first, GError **error)
{
  if (!is_invalid (answer)) {
    if (!cg_ctl_answer_check (answer, error))
      return FALSE;
    self->n_added += (guint)cg_ctl_json_int (answer->body, "added", 0);
    self->n_changed += (guint)cg_ctl_json_int (answer->body, "changed", 0);
    self->n_same += (guint)cg_ctl_json_int (answer->body, "same", 0);
    return TRUE;
  }
  g_autofree char *why = cg_ctl_roster_explain (self->roster, first, answer->error ?: "");
  return fail (self, why, error);
}

/* Of a list that takes several messages, for who waits for it. */
static void
show_progress (const Import *self, gboolean only_checks, guint n_done, guint n_all)
{
  if (self->ctl->screen.is_terminal)
    cg_ctl_say (self->ctl, "%s %u of %u%s", only_checks ? "checked" : "bound", n_done, n_all,
                self->ctl->screen.rewrites && n_done < n_all ? "\r" : "\n");
}

/* What was bound before it went wrong stays: who has sent the list must know how far it came, and
 * what to do. @n_open: of which nobody knows, because the answer is missing. */
static void
tell_how_far (const Import *self, guint n_done, guint n_open, GError **error)
{
  const guint n_all = cg_ctl_roster_get_n (self->roster);
  g_autofree char *why = g_steal_pointer (&(*error)->message);
  g_autoptr (GString) text = g_string_new (why);

  g_string_append_printf (text, "\n  %u of %u cameras are bound", n_done, n_all);
  if (n_done > 0)
    g_string_append_printf (
        text, ", up to %s",
        cg_ctl_json_string (cg_ctl_roster_get (self->roster, n_done - 1), "did"));
  if (n_open > 0)
    g_string_append_printf (text, ", and perhaps the %u after them", n_open);
  g_string_append (text, ". Import the list again: what is bound stays as it is.");
  (*error)->message = g_string_free (g_steal_pointer (&text), FALSE);
}

/* A long list goes in several messages: all are checked before the first one counts. */
static gboolean
send_all (Import *self, gboolean only_checks, GError **error)
{
  const guint n_all = cg_ctl_roster_get_n (self->roster);
  guint n_sent = 0;

  self->has_begun = !only_checks;
  self->n_added = self->n_changed = self->n_same = 0;
  while (n_sent < n_all) {
    JsonArray *cameras = cg_ctl_roster_cut (self->roster, n_sent, MAX_MESSAGE_BYTES);
    const guint n_cameras = json_array_get_length (cameras);
    JsonObject *parameters = json_object_new ();
    g_autoptr (CgCtlAnswer) answer = NULL;

    json_object_set_array_member (parameters, "camera", cameras);
    json_object_set_boolean_member (parameters, "check", only_checks);
    answer = cg_ctl_target_ask (self->target, "config", "merge", parameters, error);
    if (answer == NULL || !take_sum (self, answer, n_sent, error)) {
      if (!only_checks)
        tell_how_far (self, n_sent, answer == NULL ? n_cameras : 0, error);
      return FALSE;
    }
    n_sent += n_cameras;
    if (n_cameras < n_all)
      show_progress (self, only_checks, n_sent, n_all);
  }
  return TRUE;
}

static void
print_sum (const Import *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "gateway", self->gateway);
  json_object_set_int_member (object, "cameras", cg_ctl_roster_get_n (self->roster));
  json_object_set_int_member (object, "added", self->n_added);
  json_object_set_int_member (object, "changed", self->n_changed);
  json_object_set_int_member (object, "same", self->n_same);
  json_object_set_int_member (object, "skipped", self->n_skipped);
  cg_ctl_print_json (self->ctl, object);
  cg_ctl_say (self->ctl, "gateway %s: %u added, %u changed, %u as before\n", self->gateway,
              self->n_added, self->n_changed, self->n_same);
  if (self->n_skipped > 0)
    cg_ctl_say (self->ctl, "%u of other gateways skipped\n", self->n_skipped);
}

/* Dry run */

static JsonObject *
find_stored (const Import *self, const char *did)
{
  JsonArray *cameras = cg_ctl_roster_find_list (self->stored);

  for (guint i = 0; cameras != NULL && i < json_array_get_length (cameras); i++) {
    JsonNode *node = json_array_get_element (cameras, i);
    JsonObject *camera = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

    if (camera != NULL && g_strcmp0 (cg_ctl_json_string (camera, "did"), did) == 0)
      return camera;
  }
  return NULL;
}

/* Returns: (nullable): what will count: the list's word, else what is stored; stars say nothing */
static const char *
get_text (JsonObject *entry, JsonObject *stored, const char *member)
{
  JsonObject *const places[] = {entry, stored};

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    const char *text = cg_ctl_json_string (places[i], member);

    if (text != NULL && *text != '\0' && strcmp (text, CG_LOG_HIDDEN) != 0)
      return text;
  }
  return NULL;
}

/* Returns: (nullable): the address that @camera names, by whichever word */
static const char *
find_address (JsonObject *camera)
{
  for (const CgCameraMember *member = cg_camera_member_get_all (); member->name != NULL; member++) {
    const char *text =
        strcmp (member->key, "address") == 0 ? get_text (camera, NULL, member->name) : NULL;

    if (text != NULL)
      return text;
  }
  return NULL;
}

static const char *
get_address (JsonObject *entry, JsonObject *stored)
{
  if (g_strcmp0 (get_text (entry, stored, "protocol"), "rtsp") == 0)
    return get_text (entry, stored, "url");
  return find_address (entry) ?: find_address (stored);
}

/* As `discover --json` describes a camera. */
static JsonObject *
describe (JsonObject *entry, JsonObject *stored)
{
  JsonObject *camera = json_object_new ();

  json_object_set_string_member (camera, "address", get_address (entry, stored) ?: "");
  cg_ctl_json_set_string (camera, "name", get_text (entry, stored, "name"));
  json_object_set_null_member (camera, "model");
  json_object_set_null_member (camera, "endpoint");
  json_object_set_null_member (camera, "service");
  json_object_set_boolean_member (camera, "bound", stored != NULL);
  json_object_set_string_member (camera, "did", cg_ctl_json_string (entry, "did"));
  return camera;
}

static gboolean
probe_all (Import *self, GError **error)
{
  g_autoptr (JsonArray) cameras = json_array_new ();
  g_autoptr (GPtrArray) usernames = g_ptr_array_new ();
  g_autoptr (GPtrArray) passwords = g_ptr_array_new ();
  const CgCtlLogins logins = {.usernames = usernames, .passwords = passwords};
  guint n_hidden = 0;

  for (guint i = 0; i < cg_ctl_roster_get_n (self->roster); i++) {
    JsonObject *entry = cg_ctl_roster_get (self->roster, i);
    JsonObject *stored = find_stored (self, cg_ctl_json_string (entry, "did"));
    const char *username = get_text (entry, stored, "username");
    const char *password = get_text (entry, stored, "password");

    n_hidden += username != NULL && password == NULL;
    json_array_add_object_element (cameras, describe (entry, stored));
    g_ptr_array_add (usernames, password != NULL ? (char *)username : NULL);
    g_ptr_array_add (passwords, (char *)password);
  }
  if (n_hidden > 0)
    cg_ctl_say (self->ctl,
                "%u passwords are not shown to you: looked at without login; try sudo\n\n",
                n_hidden);
  if (json_array_get_length (cameras) > 0 &&
      !cg_ctl_site_probe (self->ctl, cameras, &logins, error))
    return FALSE;
  if (self->n_skipped > 0)
    cg_ctl_say (self->ctl, "%u of other gateways skipped\n", self->n_skipped);
  return TRUE;
}

static gboolean
check_options (CgCtl *ctl, GError **error)
{
  const CgCtlOptions *options = ctl->options;

  if (options->csv && options->json)
    return cg_ctl_fail_usage (ctl, error, "either --csv or --json");
  if (!options->dry_run && (options->csv || options->no_move))
    return cg_ctl_fail_usage (ctl, error, "--csv and --no-move go with --dry-run");
  return TRUE;
}

/**
 * cg_cmd_import:
 * @self: a run
 *
 * Binds the cameras of a list, or with `--dry-run` probes them.
 *
 * Returns: %FALSE with error if the list is faulty, and nothing was written
 */
gboolean
cg_cmd_import (CgCtl *self, GError **error)
{
  g_auto (Import) import = {.ctl = self};

  if (!check_options (self, error) || !read_roster (&import, error) ||
      !ask_gateway (&import, error) || !send_all (&import, TRUE, error))
    return FALSE;
  if (self->options->dry_run)
    return probe_all (&import, error);
  if (!send_all (&import, FALSE, error))
    return FALSE;
  print_sum (&import);
  return TRUE;
}
