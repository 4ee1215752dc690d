/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-action.h"

struct _CgAction {
  GObject parent_instance;

  CgMessage *message; /* (owned) */
  char *service;      /* (owned) */
  char *method;       /* (owned) (nullable): of services that have methods, once it is known */
  char *origin_name;  /* (owned) */
  CgActionOrigin origin;
  JsonObject *params; /* (owned) (nullable) */
  CgCamera *camera;   /* (owned) (nullable) */
  CgErrorScope scope;
  GSource *limit; /* (owned) (nullable) */
  CgError limit_code;
  GCancellable *overdue; /* (owned) */
  gboolean answered;
  gboolean timed_out; /* an answer that still comes is late, and no mistake */
};

G_DEFINE_FINAL_TYPE (CgAction, cg_action, G_TYPE_OBJECT)

enum { ANSWERED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
cg_action_dispose (GObject *object)
{
  CgAction *self = CG_ACTION (object);

  if (!self->answered && self->message != NULL) {
    g_critical ("%s %s of %s, mid %s, was never answered", self->service,
                self->method != NULL ? self->method : "", cg_action_get_did (self),
                cg_action_get_mid (self));
    cg_action_refuse (self, CG_ERROR_INTERNAL, "Internal failure");
  }
  cg_clear_source (&self->limit);
  g_clear_object (&self->camera);
  G_OBJECT_CLASS (cg_action_parent_class)->dispose (object);
}

static void
cg_action_finalize (GObject *object)
{
  CgAction *self = CG_ACTION (object);

  g_clear_pointer (&self->message, cg_message_unref);
  g_clear_pointer (&self->params, json_object_unref);
  g_object_unref (self->overdue);
  g_free (self->service);
  g_free (self->method);
  g_free (self->origin_name);
  G_OBJECT_CLASS (cg_action_parent_class)->finalize (object);
}

static void
cg_action_class_init (CgActionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cg_action_dispose;
  object_class->finalize = cg_action_finalize;
  signals[ANSWERED] = g_signal_new ("answered", CG_TYPE_ACTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 2, JSON_TYPE_OBJECT, G_TYPE_ERROR);
}

static void
cg_action_init (CgAction *self)
{
  self->overdue = g_cancellable_new ();
}

/* Returns whether an answer is due now; from then on it is given. */
static gboolean
begin_answer (CgAction *self)
{
  if (self->timed_out) {
    g_debug ("late answer to %s of %s, mid %s, dropped", self->service, cg_action_get_did (self),
             cg_action_get_mid (self));
    return FALSE;
  }
  if (self->answered) {
    g_critical ("%s of %s, mid %s, was answered twice", self->service, cg_action_get_did (self),
                cg_action_get_mid (self));
    return FALSE;
  }
  self->answered = TRUE;
  cg_clear_source (&self->limit);
  return TRUE;
}

static gboolean
on_limit (gpointer user_data)
{
  CgAction *self = user_data;
  G_GNUC_UNUSED g_autoptr (CgAction) keep = g_object_ref (self);

  cg_action_refuse (self, self->limit_code,
                    self->limit_code == CG_ERROR_TIMED_OUT ? "No answer in time"
                                                           : "Not done in time");
  self->timed_out = TRUE;
  g_cancellable_cancel (self->overdue);
  return G_SOURCE_REMOVE;
}

/**
 * cg_action_new:
 * @message: the request
 * @service: which of its services
 * @origin: where it came from; copied
 *
 * Returns: (transfer full): an action that waits to be answered
 */
CgAction *
cg_action_new (CgMessage *message, const char *service, const CgActionOrigin *origin)
{
  CgAction *self = g_object_new (CG_TYPE_ACTION, NULL);

  self->message = cg_message_ref (message);
  self->service = g_strdup (service);
  self->origin_name = g_strdup (origin->name);
  self->origin = *origin;
  self->origin.name = self->origin_name;
  return self;
}

/**
 * cg_action_get_message:
 * @self: an action
 *
 * Returns: (transfer none): the request it is part of
 */
CgMessage *
cg_action_get_message (CgAction *self)
{
  return self->message;
}

/**
 * cg_action_get_did:
 * @self: an action
 *
 * Returns: whom it concerns
 */
const char *
cg_action_get_did (CgAction *self)
{
  return cg_message_get_did (self->message);
}

/**
 * cg_action_get_mid:
 * @self: an action
 *
 * Returns: the request's mid
 */
const char *
cg_action_get_mid (CgAction *self)
{
  return cg_message_get_mid (self->message);
}

/**
 * cg_action_get_service:
 * @self: an action
 *
 * Returns: the service's name as it was asked, known or not
 */
const char *
cg_action_get_service (CgAction *self)
{
  return self->service;
}

/**
 * cg_action_get_method:
 * @self: an action
 *
 * Returns: (nullable): the method, of a service that has some
 */
const char *
cg_action_get_method (CgAction *self)
{
  return self->method;
}

/**
 * cg_action_get_origin:
 * @self: an action
 *
 * Returns: (transfer none): where it came from
 */
const CgActionOrigin *
cg_action_get_origin (CgAction *self)
{
  return &self->origin;
}

/**
 * cg_action_get_params:
 * @self: an action that was given to a handler
 *
 * Returns: (transfer none): the members of its method, or of its service if that has no methods
 */
JsonObject *
cg_action_get_params (CgAction *self)
{
  return self->params;
}

/**
 * cg_action_get_camera:
 * @self: an action
 *
 * Returns: (transfer none) (nullable): the camera it concerns; %NULL for the gateway
 */
CgCamera *
cg_action_get_camera (CgAction *self)
{
  return self->camera;
}

/**
 * cg_action_set_method:
 * @self: an action
 * @method: (nullable): its method
 */
void
cg_action_set_method (CgAction *self, const char *method)
{
  g_free (self->method);
  self->method = g_strdup (method);
}

/**
 * cg_action_set_params:
 * @self: an action
 * @params: for cg_action_get_params()
 */
void
cg_action_set_params (CgAction *self, JsonObject *params)
{
  json_object_ref (params);
  g_clear_pointer (&self->params, json_object_unref);
  self->params = params;
}

/**
 * cg_action_set_camera:
 * @self: an action
 * @camera: (nullable): for cg_action_get_camera()
 */
void
cg_action_set_camera (CgAction *self, CgCamera *camera)
{
  g_set_object (&self->camera, camera);
}

/**
 * cg_action_set_error_scope:
 * @self: an action
 * @scope: which codes its failures have (PROTOCOL.md section 3)
 */
void
cg_action_set_error_scope (CgAction *self, CgErrorScope scope)
{
  self->scope = scope;
}

/**
 * cg_action_get_cancellable:
 * @self: an action
 *
 * Returns: (transfer none): is cancelled when its time limit is reached
 */
GCancellable *
cg_action_get_cancellable (CgAction *self)
{
  return self->overdue;
}

/**
 * cg_action_set_time_limit:
 * @self: an action; nothing happens if it is answered already
 * @clock: the time
 * @limit_ms: milliseconds from now
 * @code: %CG_ERROR_TIMED_OUT: a camera is too slow; %CG_ERROR_INTERNAL: what is ours
 *
 * Answers it with @code when the limit is reached first. An answer that comes later
 * is dropped.
 */
void
cg_action_set_time_limit (CgAction *self, CgClock *clock, guint limit_ms, CgError code)
{
  if (self->answered)
    return;
  self->limit_code = code;
  cg_clear_source (&self->limit);
  self->limit = cg_clock_add_timeout (clock, limit_ms, on_limit, self);
}

/**
 * cg_action_reply:
 * @self: an action
 * @members: (nullable): what goes with the code 0; the object is not changed
 *
 * Answers that it is done. A second answer is a mistake of ours, and does nothing.
 */
void
cg_action_reply (CgAction *self, JsonObject *members)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (GList) names = members == NULL ? NULL : json_object_get_members (members);

  if (!begin_answer (self))
    return;
  json_object_set_int_member (body, "code", cg_error_get_code (NULL, self->scope));
  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (body, l->data, json_object_dup_member (members, l->data));
  g_signal_emit (self, signals[ANSWERED], 0, body, NULL);
}

/**
 * cg_action_tell:
 * @self: an action that only asks
 * @members: what is known; the object is not changed
 *
 * Answers a question: of PROTOCOL.md section 4, what only tells something carries no code. A second
 * answer is a mistake of ours, and does nothing.
 */
void
cg_action_tell (CgAction *self, JsonObject *members)
{
  if (begin_answer (self))
    g_signal_emit (self, signals[ANSWERED], 0, members, NULL);
}

/**
 * cg_action_fail:
 * @self: an action
 * @error: why it is not done
 *
 * Answers with the error's code and text. A second answer is a mistake of ours, and does nothing.
 */
void
cg_action_fail (CgAction *self, const GError *error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *text = g_utf8_make_valid (error->message, -1); /* cameras write anything */
  const char *basis = cg_error_basis_get_word (cg_error_get_basis (error));

  if (!begin_answer (self))
    return;
  json_object_set_int_member (body, "code", cg_error_get_code (error, self->scope));
  json_object_set_string_member (body, "error", text);
  if (basis != NULL)
    json_object_set_string_member (body, "basis", basis);
  g_signal_emit (self, signals[ANSWERED], 0, body, error);
}

/**
 * cg_action_settle:
 * @self: an action
 * @error: (nullable): what went wrong, if anything
 *
 * Answers with the outcome of an operation that tells no more.
 */
void
cg_action_settle (CgAction *self, const GError *error)
{
  if (error == NULL)
    cg_action_reply (self, NULL);
  else
    cg_action_fail (self, error);
}

/**
 * cg_action_refuse:
 * @self: an action
 * @code: why
 * @text: the words that go to the cloud
 *
 * Answers with an error of our own: cg_action_fail() in one line.
 */
void
cg_action_refuse (CgAction *self, CgError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, code, text);

  cg_action_fail (self, error);
}
