/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-target.h"

#include "cg-ctl-camera.h"
#include "cg-ctl-json.h"

#define REPLY_TIMEOUT_MS 10000

struct _CgCtlTarget {
  char *did;           /* (nullable) */
  CgCtlClient *client; /* (owned) (nullable): one of both is there */
  CgCtlCamera *camera; /* (owned) (nullable) */
  gint64 timeout_ms;
  GHashTable *posted; /* (owned) mid → CgCtlAnswer that names service and method */
  GQueue done;        /* (owned) (element-type CgCtlAnswer): of a camera, not yet taken */
};

/**
 * cg_ctl_target_open:
 * @ctl: a run
 *
 * Returns: (transfer full): whom `--camera` or the DID names, or %NULL with error
 */
CgCtlTarget *
cg_ctl_target_open (CgCtl *ctl, GError **error)
{
  g_autoptr (CgCtlTarget) self = g_new0 (CgCtlTarget, 1);

  self->did = g_strdup (ctl->did);
  self->timeout_ms = cg_ctl_get_timeout_ms (ctl, REPLY_TIMEOUT_MS);
  self->posted =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)cg_ctl_answer_free);
  g_queue_init (&self->done);
  if (ctl->options->camera != NULL)
    self->camera = cg_ctl_camera_open (ctl, error);
  else
    self->client = cg_ctl_open_client (ctl, error);
  if (self->camera == NULL && self->client == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cg_ctl_target_free:
 * @self: (transfer full): a target
 */
void
cg_ctl_target_free (CgCtlTarget *self)
{
  g_clear_pointer (&self->client, cg_ctl_client_free);
  g_clear_pointer (&self->camera, cg_ctl_camera_free);
  g_queue_clear_full (&self->done, (GDestroyNotify)cg_ctl_answer_free);
  g_hash_table_unref (self->posted);
  g_free (self->did);
  g_free (self);
}

/**
 * cg_ctl_target_get_name:
 * @self: a target
 *
 * Returns: (transfer none): the DID, the camera's address, or `gateway`
 */
const char *
cg_ctl_target_get_name (CgCtlTarget *self)
{
  if (self->camera != NULL)
    return cg_ctl_camera_get_address (self->camera);
  return self->did != NULL ? self->did : "gateway";
}

/**
 * cg_ctl_target_is_camera:
 * @self: a target
 *
 * Returns: %TRUE if nobody but us stops what we move
 */
gboolean
cg_ctl_target_is_camera (CgCtlTarget *self)
{
  return self->camera != NULL;
}

static char *
send_action (CgCtlTarget *self,
             const char *service,
             const char *method,
             JsonObject *parameters,
             GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  JsonObject *methods = json_object_new ();

  json_object_set_object_member (methods, method, json_object_ref (parameters));
  json_object_set_object_member (data, service, methods);
  return cg_ctl_client_send (self->client, self->did, data, error);
}

/**
 * cg_ctl_target_ask:
 * @self: a target
 * @service: `ptz`
 * @method: `start`
 * @parameters: (transfer full): of the method
 *
 * Returns: (transfer full): the answer, also when it is a refusal; or %NULL with error if there was
 *   none
 */
CgCtlAnswer *
cg_ctl_target_ask (CgCtlTarget *self,
                   const char *service,
                   const char *method,
                   JsonObject *parameters,
                   GError **error)
{
  g_autoptr (JsonObject) content = parameters;
  g_autoptr (JsonObject) reply = NULL;
  g_autofree char *mid = NULL;

  if (self->camera != NULL)
    return cg_ctl_camera_do (self->camera, service, method, content, error);
  mid = send_action (self, service, method, content, error);
  if (mid == NULL)
    return NULL;
  reply = cg_ctl_client_wait_reply (self->client, mid, self->timeout_ms, error);
  return reply != NULL ? cg_ctl_answer_from_message (reply, service, method) : NULL;
}

/**
 * cg_ctl_target_get_fd:
 * @self: a target
 *
 * Returns: what to poll for input before cg_ctl_target_take(); -1 for a camera, whose answers are
 *   there at once
 */
int
cg_ctl_target_get_fd (CgCtlTarget *self)
{
  return self->client != NULL ? cg_ctl_client_get_fd (self->client) : -1;
}

/**
 * cg_ctl_target_post:
 * @self: a target
 * @service: `ptz`
 * @method: `start`
 * @parameters: (transfer full): of the method
 *
 * Like cg_ctl_target_ask(), but camgated is not waited for: a stop must not wait for the answer to
 * the start before it.
 *
 * Returns: %FALSE with error if it could not be sent
 */
gboolean
cg_ctl_target_post (CgCtlTarget *self,
                    const char *service,
                    const char *method,
                    JsonObject *parameters,
                    GError **error)
{
  g_autoptr (JsonObject) content = parameters;
  char *mid;

  if (self->camera != NULL) {
    CgCtlAnswer *answer = cg_ctl_camera_do (self->camera, service, method, content, error);

    if (answer != NULL)
      g_queue_push_tail (&self->done, answer);
    return answer != NULL;
  }
  mid = send_action (self, service, method, content, error);
  if (mid == NULL)
    return FALSE;
  g_hash_table_insert (self->posted, mid, cg_ctl_answer_new (self->did, service, method));
  return TRUE;
}

/**
 * cg_ctl_target_take:
 * @self: a target
 * @answer: (out) (transfer full) (nullable): the next answer to what was posted; %NULL: none yet
 *
 * Returns: %FALSE with error if none can come any more
 */
gboolean
cg_ctl_target_take (CgCtlTarget *self, CgCtlAnswer **answer, GError **error)
{
  *answer = g_queue_pop_head (&self->done);
  while (*answer == NULL && self->client != NULL) {
    g_autoptr (JsonObject) message = NULL;
    const char *mid;
    CgCtlAnswer *asked;

    if (!cg_ctl_client_receive (self->client, 0, &message, error))
      return FALSE;
    if (message == NULL)
      return TRUE;
    mid = cg_ctl_json_string (message, "mid");
    asked = mid != NULL ? g_hash_table_lookup (self->posted, mid) : NULL;
    if (asked == NULL)
      continue;
    *answer = cg_ctl_answer_from_message (message, asked->service, asked->method);
    g_hash_table_remove (self->posted, mid);
  }
  return TRUE;
}
