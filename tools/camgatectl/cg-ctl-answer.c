/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-answer.h"

#include "cg-ctl-error.h"
#include "cg-ctl-json.h"
#include "cg-error.h"

#define NO_CODE G_MININT64

/**
 * cg_ctl_answer_new:
 * @did: (nullable): who was asked
 * @service: `ptz`
 * @method: (nullable): `start`
 *
 * Returns: (transfer full): an answer that says: done
 */
CgCtlAnswer *
cg_ctl_answer_new (const char *did, const char *service, const char *method)
{
  CgCtlAnswer *self = g_new0 (CgCtlAnswer, 1);

  self->did = g_strdup (did);
  self->service = g_strdup (service);
  self->method = g_strdup (method);
  self->body = json_object_new ();
  json_object_set_int_member (self->body, "code", 0);
  return self;
}

/* Flat: the service's own member; wrapped: its method's (PROTOCOL.md section 2). */
static JsonObject *
unwrap (JsonObject *message, const char *service, const char *method)
{
  JsonObject *result = cg_ctl_json_object (message, "result");
  JsonObject *flat = cg_ctl_json_object (result, service);
  JsonObject *wrapped = method != NULL ? cg_ctl_json_object (flat, method) : NULL;

  if (wrapped != NULL && !json_object_has_member (flat, "code"))
    return wrapped;
  return flat != NULL ? flat : result;
}

/**
 * cg_ctl_answer_set_code:
 * @self: an answer
 * @code: PROTOCOL.md section 3
 * @error: (nullable): one sentence
 *
 * Makes it the answer that this failed.
 */
void
cg_ctl_answer_set_code (CgCtlAnswer *self, int code, const char *error)
{
  self->code = code;
  g_free (self->error);
  self->error = g_strdup (error);
  json_object_set_int_member (self->body, "code", code);
  if (error != NULL)
    json_object_set_string_member (self->body, "error", error);
}

/* Services that only tell something may do without a code; those that do something may not
 * (PROTOCOL.md section 2). */
static gboolean
says_something (JsonObject *message, JsonObject *body, const char *service)
{
  static const char *const doers[] = {"play", "stop", "ptz", "preset", NULL};
  JsonObject *result = cg_ctl_json_object (message, "result");

  if (body == NULL)
    return FALSE;
  if (json_object_has_member (body, "code"))
    return cg_ctl_json_int (body, "code", NO_CODE) != NO_CODE;
  return !g_strv_contains (doers, service) && cg_ctl_json_object (result, service) != NULL &&
         json_object_get_size (body) > 0;
}

static void
make_meaningless (CgCtlAnswer *self)
{
  g_autoptr (GError) error =
      g_error_new (CG_ERROR, CG_ERROR_INTERNAL, "the reply says nothing of %s", self->service);

  json_object_unref (self->body);
  self->body = json_object_new ();
  cg_ctl_answer_set_code (self, cg_error_get_code (error, CG_ERROR_SCOPE_GENERAL), error->message);
}

/**
 * cg_ctl_answer_from_message:
 * @message: a reply
 * @service: which was asked
 * @method: (nullable): of it
 *
 * Returns: (transfer full): what it says; a failure, if it says nothing of @service
 */
CgCtlAnswer *
cg_ctl_answer_from_message (JsonObject *message, const char *service, const char *method)
{
  CgCtlAnswer *self = g_new0 (CgCtlAnswer, 1);
  JsonObject *body = unwrap (message, service, method);

  self->did = g_strdup (cg_ctl_json_string (message, "did"));
  self->service = g_strdup (service);
  self->method = g_strdup (method);
  self->body = body != NULL ? json_object_ref (body) : json_object_new ();
  self->code = (int)cg_ctl_json_int (self->body, "code", 0);
  self->error = g_strdup (cg_ctl_json_string (self->body, "error"));
  if (!says_something (message, body, service))
    make_meaningless (self);
  return self;
}

/**
 * cg_ctl_answer_free:
 * @self: (transfer full): an answer
 */
void
cg_ctl_answer_free (CgCtlAnswer *self)
{
  g_free (self->did);
  g_free (self->service);
  g_free (self->method);
  g_free (self->error);
  json_object_unref (self->body);
  g_free (self);
}

/**
 * cg_ctl_code_get_meaning:
 * @code: PROTOCOL.md section 3
 *
 * Returns: (transfer none): it in words; `unknown code` if the contract has none such
 */
const char *
cg_ctl_code_get_meaning (int code)
{
  const char *meaning = "unknown code";

  cg_error_explain (code, &meaning, NULL);
  return meaning;
}

static void
append_sentence (GString *to, const char *text, const char *basis)
{
  g_autofree char *clean = cg_ctl_text_clean (text);

  g_string_append_printf (to, "\n  %s", clean);
  if (basis != NULL) {
    g_autofree char *clean_basis = cg_ctl_text_clean (basis);

    g_string_append_printf (to, " (%s)", clean_basis);
  }
}

/**
 * cg_ctl_code_to_text:
 * @code: PROTOCOL.md section 3
 * @detail: (nullable): what the answer adds
 * @basis: (nullable): how that is known: `measured`, `assumed`
 *
 * Returns: (transfer full): `60004 left limit reached`; below it, indented, what is more to say
 *   and what to do
 */
char *
cg_ctl_code_to_text (int code, const char *detail, const char *basis)
{
  const char *meaning = cg_ctl_code_get_meaning (code);
  const char *advice = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%d %s", code, meaning);
  if (detail != NULL && g_ascii_strcasecmp (detail, meaning) != 0)
    append_sentence (text, detail, basis);
  else if (basis != NULL)
    append_sentence (text, basis, NULL);
  if (cg_error_explain (code, NULL, &advice))
    append_sentence (text, advice, NULL);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * cg_ctl_answer_check:
 * @self: an answer
 *
 * Returns: %FALSE with a %CG_CTL_REFUSED error if a code came back
 */
gboolean
cg_ctl_answer_check (const CgCtlAnswer *self, GError **error)
{
  g_autofree char *text = NULL;

  if (self->code == 0)
    return TRUE;
  text = cg_ctl_code_to_text (self->code, self->error, cg_ctl_json_string (self->body, "basis"));
  g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_REFUSED, text);
  return FALSE;
}

/**
 * cg_ctl_answer_to_json:
 * @self: an answer
 *
 * Returns: (transfer full): what `--json` prints: did, service, method, code, error, result
 */
JsonObject *
cg_ctl_answer_to_json (const CgCtlAnswer *self)
{
  JsonObject *object = json_object_new ();

  cg_ctl_json_set_string (object, "did", self->did);
  cg_ctl_json_set_string (object, "service", self->service);
  cg_ctl_json_set_string (object, "method", self->method);
  json_object_set_int_member (object, "code", self->code);
  cg_ctl_json_set_string (object, "error", self->error);
  json_object_set_object_member (object, "result", json_object_ref (self->body));
  return object;
}
