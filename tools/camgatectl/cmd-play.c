/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-json.h"
#include "cg-log.h"

#define REPLY_TIMEOUT_MS 10000
/* Slow cameras take 10 s to the first picture (Q13), and one new try may be needed. */
#define PICTURE_TIMEOUT_MS 45000

/* One action without method; the connection stays, for the events that follow. */
static CgCtlAnswer *
ask (CgCtl *self,
     CgCtlClient *client,
     const char *did,
     const char *service,
     JsonObject *content,
     GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  g_autoptr (JsonObject) reply = NULL;
  g_autofree char *mid = NULL;

  json_object_set_object_member (data, service, content);
  mid = cg_ctl_client_send (client, did, data, error);
  if (mid == NULL)
    return NULL;
  reply =
      cg_ctl_client_wait_reply (client, mid, cg_ctl_get_timeout_ms (self, REPLY_TIMEOUT_MS), error);
  return reply != NULL ? cg_ctl_answer_from_message (reply, service, NULL) : NULL;
}

/* What plays already tells no event: look once. NULL if it does not play there yet. */
static JsonObject *
find_playing (CgCtl *self, CgCtlClient *client, const char *url)
{
  g_autoptr (CgCtlAnswer) answer = ask (self, client, NULL, "cameras", json_object_new (), NULL);
  JsonArray *cameras = answer != NULL ? cg_ctl_json_array (answer->body, "cameras") : NULL;
  g_autofree char *shown_url = cg_log_uri (url);

  for (guint i = 0; cameras != NULL && i < json_array_get_length (cameras); i++) {
    JsonNode *node = json_array_get_element (cameras, i);
    JsonObject *camera = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonObject *stream = cg_ctl_json_object (camera, "stream");

    if (g_strcmp0 (cg_ctl_json_string (camera, "did"), self->did) == 0 &&
        g_strcmp0 (cg_ctl_json_string (stream, "state"), "playing") == 0 &&
        g_strcmp0 (cg_ctl_json_string (stream, "url"), shown_url) == 0)
      return json_object_ref (stream);
  }
  return NULL;
}

static void
say_state (CgCtl *self, JsonObject *event)
{
  const char *state = cg_ctl_json_string (event, "state");
  g_autofree char *reason = cg_ctl_text_clean (cg_ctl_json_string (event, "reason"));
  g_autofree char *text = cg_ctl_text_clean (cg_ctl_json_string (event, "error"));
  const char *mark = *reason != '\0' ? ": " : "";

  cg_ctl_say (self, "%s%s%s%s%s\n", state, mark, reason, *text != '\0' ? ": " : "", text);
  fflush (stdout);
}

/* The state that an event tells of this camera and this url; those of an older one do not count. */
static JsonObject *
read_event (CgCtl *self, JsonObject *message, const char *url)
{
  JsonObject *play = cg_ctl_json_object (cg_ctl_json_object (message, "data"), "play");
  const char *event_url = cg_ctl_json_string (play, "url");
  g_autofree char *shown_url = cg_log_uri (url);

  if (g_strcmp0 (cg_ctl_json_string (message, "type"), "event") != 0 ||
      g_strcmp0 (cg_ctl_json_string (message, "did"), self->did) != 0 ||
      cg_ctl_json_string (play, "state") == NULL)
    return NULL;
  if (event_url != NULL && strcmp (event_url, url) != 0 && strcmp (event_url, shown_url) != 0)
    return NULL;
  return json_object_ref (play);
}

/* The next one; NULL without error when time is up. */
static gboolean
wait_for_event (CgCtl *self,
                CgCtlClient *client,
                const char *url,
                gint64 until_ms,
                JsonObject **event,
                GError **error)
{
  *event = NULL;
  while (*event == NULL) {
    const gint64 left_ms = until_ms - g_get_monotonic_time () / 1000;
    g_autoptr (JsonObject) message = NULL;

    if (!cg_ctl_client_receive (client, MAX (left_ms, 0), &message, error))
      return FALSE;
    if (message == NULL)
      return TRUE;
    *event = read_event (self, message, url);
  }
  return TRUE;
}

/* Until it plays, or it is clear that it will not. */
static JsonObject *
follow (CgCtl *self, CgCtlClient *client, const char *url, GError **error)
{
  const gint64 timeout_ms = cg_ctl_get_timeout_ms (self, PICTURE_TIMEOUT_MS);
  const gint64 until_ms = g_get_monotonic_time () / 1000 + timeout_ms;
  JsonObject *last = find_playing (self, client, url);

  if (last != NULL)
    say_state (self, last);
  while (last == NULL || g_strcmp0 (cg_ctl_json_string (last, "state"), "retrying") == 0) {
    JsonObject *event;

    if (!wait_for_event (self, client, url, until_ms, &event, error)) {
      g_clear_pointer (&last, json_object_unref);
      return NULL;
    }
    if (event == NULL)
      break;
    g_clear_pointer (&last, json_object_unref);
    last = event;
    say_state (self, last);
  }
  if (last == NULL) {
    last = json_object_new ();
    json_object_set_string_member (last, "state", "waiting");
  }
  return last;
}

static void
copy_member (JsonObject *to, JsonObject *from, const char *member)
{
  cg_ctl_json_set_string (to, member, cg_ctl_json_string (from, member));
}

static gboolean
finish_waiting (CgCtl *self, const CgCtlAnswer *answer, JsonObject *last, GError **error)
{
  const char *state = cg_ctl_json_string (last, "state");
  g_autoptr (JsonObject) object = cg_ctl_answer_to_json (answer);

  copy_member (object, last, "state");
  copy_member (object, last, "url");
  copy_member (object, last, "reason");
  copy_member (object, last, "error");
  cg_ctl_print_json (self, object);
  if (strcmp (state, "playing") == 0)
    return TRUE;
  if (strcmp (state, "failed") == 0 || strcmp (state, "stopped") == 0)
    g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED, "no picture: %s", state);
  else
    g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED,
                 "no picture yet; camgated goes on trying, camgatectl show %s tells the state",
                 self->did != NULL ? self->did : "gateway");
  return FALSE;
}

/**
 * cg_cmd_play:
 * @self: a run
 *
 * Sends a camera's picture to a media server; with `--wait` until it is there.
 *
 * Returns: %FALSE with error if not accepted, or with `--wait` if it does not play
 */
gboolean
cg_cmd_play (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlClient) client = cg_ctl_open_client (self, error);
  g_autoptr (CgCtlAnswer) answer = NULL;
  g_autoptr (JsonObject) last = NULL;
  JsonObject *content;

  if (client == NULL)
    return FALSE;
  content = json_object_new ();
  json_object_set_string_member (content, "url", self->words[0]);
  answer = ask (self, client, self->did, "play", content, error);
  if (answer == NULL)
    return FALSE;
  if (!self->options->wait || answer->code != 0) {
    if (!cg_ctl_finish (self, answer, error))
      return FALSE;
    cg_ctl_say (self, "accepted; with --wait you see what becomes of it\n");
    return TRUE;
  }
  cg_ctl_say (self, "accepted\n");
  last = follow (self, client, self->words[0], error);
  return last != NULL && finish_waiting (self, answer, last, error);
}

/**
 * cg_cmd_stop:
 * @self: a run
 *
 * Ends what cg_cmd_play() began, whoever asked for it.
 *
 * Returns: %FALSE with error if not done
 */
gboolean
cg_cmd_stop (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlClient) client = cg_ctl_open_client (self, error);
  g_autoptr (CgCtlAnswer) answer = NULL;

  if (client == NULL)
    return FALSE;
  answer = ask (self, client, self->did, "stop", json_object_new (), error);
  if (answer == NULL || !cg_ctl_finish (self, answer, error))
    return FALSE;
  cg_ctl_say (self, "stopped\n");
  return TRUE;
}
