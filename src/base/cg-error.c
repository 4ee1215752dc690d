/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-error.h"

#include <gio/gio.h>

typedef struct {
  const char *word; /* for events, logs and `show`: one word, stable */
  int general;
  int ptz;
  const char *meaning;
  const char *advice; /* NULL: that of its general code */
} CgErrorRow;

/* PROTOCOL.md section 3. The only place that knows the numbers. */
static const CgErrorRow rows[] = {
    [CG_ERROR_INTERNAL] = {"internal", 500, 60006, "our own failure", "read the log of camgated"},
    [CG_ERROR_BAD_REQUEST] = {"bad-request", 400, 400,
                              "a member is missing, ill-typed or out of range", NULL},
    [CG_ERROR_UNKNOWN_THING] = {"unknown-thing", 404, 404, "no such did", NULL},
    [CG_ERROR_UNKNOWN_SERVICE] = {"unknown-service", 404, 404, "no such service", NULL},
    [CG_ERROR_UNKNOWN_COMMAND] = {"unknown-command", 404, 60020,
                                  "no such method of `ptz` or `preset`; zoom without zoom",
                                  "check the spelling; a camera without zoom takes no zoom"},
    [CG_ERROR_INVALID_CONFIG] = {"invalid-config", 9, 9, "a configuration that does not validate",
                                 NULL},
    [CG_ERROR_NOT_MODIFIED] = {"not-modified", 304, 304, "same `updated`, other content", NULL},
    [CG_ERROR_UNREACHABLE] = {"unreachable", 18002, 60006,
                              "no route, refused, name unknown, connection lost", NULL},
    [CG_ERROR_TIMED_OUT] = {"timed-out", 18002, 60006, "the deadline passed first", NULL},
    [CG_ERROR_WRONG_DEVICE] = {"wrong-device", 18002, 60006,
                               "another device than the one that was bound answers at its address",
                               "correct the camera's address, and see to it that it keeps it"},
    [CG_ERROR_LOGIN_REFUSED] = {"login-refused", 18002, 60001, "the camera does not take our login",
                                "correct user and password"},
    [CG_ERROR_NOT_PERMITTED] =
        {"not-permitted", 18002, 60001,
         "login fine, this call not allowed; or forbidden by `ptz=deny`, per camera: a token alone "
         "forbids nothing",
         "give this user of the camera the right to do it, or take ptz=deny back"},
    [CG_ERROR_NOT_SUPPORTED] = {"not-supported", 18003, 60020, "the camera lacks this operation",
                                NULL},
    [CG_ERROR_PEER_FAULT] = {"peer-fault", 18002, 60006,
                             "the camera answered with another fault, or with nonsense",
                             "read the sentence beside it; run `camgatectl probe`"},
    [CG_ERROR_NO_PTZ] = {"no-ptz", 60000, 60000, "the camera has no PTZ", NULL},
    [CG_ERROR_LIMIT_UP] = {"limit-up", 60002, 60002, "it stands at its upper limit", NULL},
    [CG_ERROR_LIMIT_DOWN] = {"limit-down", 60003, 60003, "it stands at its lower limit", NULL},
    [CG_ERROR_LIMIT_LEFT] = {"limit-left", 60004, 60004, "it stands at its left limit", NULL},
    [CG_ERROR_LIMIT_RIGHT] = {"limit-right", 60005, 60005, "it stands at its right limit", NULL},
    [CG_ERROR_TOO_MANY_PRESETS] = {"too-many-presets", 60007, 60007, "no room for another preset",
                                   NULL},
    [CG_ERROR_PRESET_BUSY] = {"preset-busy", 60009, 60009, "a goto is under way", NULL},
    [CG_ERROR_AT_PRESET] = {"at-preset", 60010, 60010, "it stands there already", NULL},
    [CG_ERROR_NO_SUCH_PRESET] = {"no-such-preset", 60011, 60011, "the index is not mapped", NULL},
    [CG_ERROR_CANCELLED] = {"cancelled", 500, 60006, "overtaken by a stop or another start",
                            "nothing: what came later is done instead"},
    [CG_ERROR_EXPIRED] =
        {"expired", 60006, 60006,
         "its `deadline` had passed when it came, or it could not be sent to the camera in time",
         "send it again; check this machine's clock, and the sender's"},
    [CG_ERROR_TOO_MANY_STREAMS] = {"too-many-streams", 500, 500,
                                   "more pushes than `max-streams` allows",
                                   "stop a stream that is not needed, or raise `max-streams`"},
    [CG_ERROR_STREAM_BUSY] = {"publisher-exists", 18002, 60006,
                              "the media server still holds another publisher of that name",
                              "stop the other publisher, or play to another name"},
    [CG_ERROR_STREAM_STALLED] = {"no-data", 18002, 60006, "connected, but no data", NULL},
    [CG_ERROR_STREAM_FORMAT] = {"codec", 18003, 60006, "a codec or container that cannot go there",
                                "set the camera to H.264, or see the setting `h265`"},
};
G_STATIC_ASSERT (G_N_ELEMENTS (rows) == CG_N_ERRORS);

typedef struct {
  int code;
  const char *meaning;
  const char *advice;
} CgCodeRow;

static const CgCodeRow codes[] = {
    {0, "success", "nothing"},
    {9, "invalid configuration parameters",
     "correct the member that the message names; nothing was changed"},
    {304, "not modified", "send a new `updated` with the new content"},
    {400, "bad request", "correct the member that the message names"},
    {404, "unknown device or service",
     "check the did (`camgatectl cameras` lists them), and the spelling of the service"},
    {500, "internal failure, or more streams than allowed",
     "read the log of camgated; stop a stream that is not needed"},
    {18001, "serial port failure", "never sent for a camera"},
    {18002, "camera not connected, wrong address, or login refused",
     "check power, cable, address and password; run `camgatectl probe`"},
    {18003, "operation the device does not support",
     "nothing: it cannot do it, unless the message names a setting"},
    {60000, "device has no PTZ", "nothing: this camera cannot move"},
    {60001, "no permission for PTZ",
     "check user and password, and give that user of the camera the right to move it; the "
     "configuration's ptz=deny forbids it, too"},
    {60002, "upper limit reached", "move in another direction"},
    {60003, "lower limit reached", "move in another direction"},
    {60004, "left limit reached", "move in another direction"},
    {60005, "right limit reached", "move in another direction"},
    {60006, "operation failed, try again later",
     "try again; if it stays, check that the camera is reachable"},
    {60007, "too many presets", "remove a preset first"},
    {60009, "a preset is being called", "wait until the camera stands, or send stop"},
    {60010, "already at this preset", "nothing: the camera stands there"},
    {60011, "preset does not exist", "list the presets; set this one first"},
    {60020, "command not supported", "nothing: this camera, or this bridge, does not know it"},
};

/* What an error tells beside code and message. */
typedef struct {
  CgErrorBasis basis;
  CgErrorCause cause;
} CgErrorPrivate;

static void
cg_error_private_init (CgErrorPrivate *self)
{
  self->basis = CG_ERROR_BASIS_NONE;
}

static void
cg_error_private_copy (const CgErrorPrivate *source, CgErrorPrivate *target)
{
  *target = *source;
}

static void
cg_error_private_clear (CgErrorPrivate *self)
{
}

G_DEFINE_EXTENDED_ERROR (CgError, cg_error)

/**
 * cg_error_new_with_basis:
 * @code: what went wrong
 * @basis: what it is known from
 * @format: of the message, as in printf()
 * @...: for @format
 *
 * Returns: (transfer full): an error that tells its basis
 */
GError *
cg_error_new_with_basis (CgError code, CgErrorBasis basis, const char *format, ...)
{
  va_list arguments;
  GError *error;

  va_start (arguments, format);
  error = g_error_new_valist (CG_ERROR, (int)code, format, arguments);
  va_end (arguments);
  cg_error_get_private (error)->basis = basis;
  return error;
}

/**
 * cg_error_get_basis:
 * @error: (nullable): what went wrong
 *
 * Returns: what it is known from; %CG_ERROR_BASIS_NONE for most errors
 */
CgErrorBasis
cg_error_get_basis (const GError *error)
{
  if (error == NULL || error->domain != CG_ERROR)
    return CG_ERROR_BASIS_NONE;
  return cg_error_get_private (error)->basis;
}

/**
 * cg_error_find_cause:
 * @reason: (nullable): what GIO says of a connection
 *
 * Returns: why there is none, as far as it is told
 */
CgErrorCause
cg_error_find_cause (const GError *reason)
{
  if (reason == NULL)
    return CG_ERROR_CAUSE_NONE;
  if (reason->domain == G_RESOLVER_ERROR ||
      g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    return CG_ERROR_CAUSE_NAME;
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
      g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    return CG_ERROR_CAUSE_ROUTE;
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return CG_ERROR_CAUSE_REFUSED;
  return CG_ERROR_CAUSE_NONE;
}

/**
 * cg_error_set_cause:
 * @error: (nullable): return location that holds a #CG_ERROR
 * @cause: what is to be told beside its code
 */
void
cg_error_set_cause (GError **error, CgErrorCause cause)
{
  if (error != NULL && *error != NULL && (*error)->domain == CG_ERROR)
    cg_error_get_private (*error)->cause = cause;
}

/**
 * cg_error_get_cause:
 * @error: (nullable): what went wrong
 *
 * Returns: why, beyond its code
 */
CgErrorCause
cg_error_get_cause (const GError *error)
{
  if (error == NULL || error->domain != CG_ERROR)
    return CG_ERROR_CAUSE_NONE;
  return cg_error_get_private (error)->cause;
}

/**
 * cg_error_basis_get_word:
 * @basis: what an error is known from
 *
 * Returns: (nullable): the word of PROTOCOL.md section 3; %NULL: nothing to tell
 */
const char *
cg_error_basis_get_word (CgErrorBasis basis)
{
  static const char *const words[] = {
      [CG_ERROR_BASIS_NONE] = NULL,
      [CG_ERROR_BASIS_MEASURED] = "measured",
      [CG_ERROR_BASIS_ASSUMED] = "assumed",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CG_N_ERROR_BASES);
  return words[basis];
}

/**
 * cg_error_get_code:
 * @error: (nullable): what went wrong
 * @scope: which service it answers
 *
 * The one way from errors to the numbers of PROTOCOL.md section 3. An error of another domain
 * should have been converted in its room: it is reported as our bug and answered as an internal
 * failure.
 *
 * Returns: the wire code; 0 for no error
 */
int
cg_error_get_code (const GError *error, CgErrorScope scope)
{
  const CgErrorRow *row = &rows[CG_ERROR_INTERNAL];

  if (error == NULL)
    return 0;
  if (error->domain == CG_ERROR && error->code >= 0 && error->code < CG_N_ERRORS)
    row = &rows[error->code];
  else
    g_critical ("error of foreign domain %s reached the wire: %s",
                g_quark_to_string (error->domain), error->message);
  return scope == CG_ERROR_SCOPE_PTZ ? row->ptz : row->general;
}

/**
 * cg_error_get_word:
 * @error: a #CgError
 *
 * Returns: one stable word for events, logs and tables, such as `unreachable`
 */
const char *
cg_error_get_word (CgError error)
{
  g_return_val_if_fail ((int)error >= 0 && error < CG_N_ERRORS, "internal");

  return rows[error].word;
}

/**
 * cg_error_describe:
 * @index: 0 for the first, and so on
 * @word: (out): that error's word, and what is to be said of it
 *
 * Returns: %FALSE if there are no more
 */
gboolean
cg_error_describe (guint index, CgWord *word)
{
  const CgErrorRow *row;

  if (index >= G_N_ELEMENTS (rows))
    return FALSE;
  row = &rows[index];
  *word = (CgWord){row->word, row->meaning, row->advice};
  if (word->advice == NULL)
    cg_error_explain (row->general, NULL, &word->advice);
  return TRUE;
}

/**
 * cg_error_is_silence:
 * @error: (nullable): of a call
 *
 * Returns: whether the peer did not answer: it may be gone, or have got the call
 */
gboolean
cg_error_is_silence (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_UNREACHABLE) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT);
}

/**
 * cg_error_explain:
 * @code: a wire code
 * @meaning: (out) (optional): what it means
 * @advice: (out) (optional): what to do
 *
 * Returns: %FALSE if the contract has no such code
 */
gboolean
cg_error_explain (int code, const char **meaning, const char **advice)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    if (codes[i].code != code)
      continue;
    if (meaning != NULL)
      *meaning = codes[i].meaning;
    if (advice != NULL)
      *advice = codes[i].advice;
    return TRUE;
  }
  return FALSE;
}
