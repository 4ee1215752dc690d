/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "cg-word.h"

G_BEGIN_DECLS

#define CG_ERROR (cg_error_quark ())

/**
 * CgError:
 *
 * Everything that can go wrong, in our words. cg-error.c alone knows the wire code of each
 * (PROTOCOL.md section 3).
 */
typedef enum {
  CG_ERROR_INTERNAL,        /* our own failure */
  CG_ERROR_BAD_REQUEST,     /* a member is missing, ill-typed or out of range */
  CG_ERROR_UNKNOWN_THING,   /* no such did */
  CG_ERROR_UNKNOWN_SERVICE, /* no such service, or method of a service other than ptz, preset */
  CG_ERROR_UNKNOWN_COMMAND, /* no such method of ptz or preset; zoom without zoom */
  CG_ERROR_INVALID_CONFIG,  /* a configuration that does not validate */
  CG_ERROR_NOT_MODIFIED,    /* same `updated`, other content */
  CG_ERROR_UNREACHABLE,     /* no route, refused, name unknown, connection lost */
  CG_ERROR_TIMED_OUT,       /* the deadline passed first */
  CG_ERROR_WRONG_DEVICE,    /* another device answers at the camera's address (Q16) */
  CG_ERROR_LOGIN_REFUSED,   /* the peer does not take our login */
  CG_ERROR_NOT_PERMITTED,   /* login fine, this call not allowed; or forbidden by local policy */
  CG_ERROR_NOT_SUPPORTED,   /* the peer lacks this operation */
  CG_ERROR_PEER_FAULT,      /* the peer answered with any other fault, or with nonsense */
  CG_ERROR_NO_PTZ,          /* the camera has no PTZ */
  CG_ERROR_LIMIT_UP,        /* stands at its upper limit */
  CG_ERROR_LIMIT_DOWN,
  CG_ERROR_LIMIT_LEFT,
  CG_ERROR_LIMIT_RIGHT,
  CG_ERROR_TOO_MANY_PRESETS,
  CG_ERROR_PRESET_BUSY, /* a goto is under way */
  CG_ERROR_AT_PRESET,   /* stands there already */
  CG_ERROR_NO_SUCH_PRESET,
  CG_ERROR_CANCELLED,        /* overtaken by a stop or another start */
  CG_ERROR_EXPIRED,          /* its deadline passed before it reached us */
  CG_ERROR_TOO_MANY_STREAMS, /* more pushes than allowed */
  CG_ERROR_STREAM_BUSY,      /* the media server still holds another publisher of that name */
  CG_ERROR_STREAM_STALLED,   /* connected, but no data */
  CG_ERROR_STREAM_FORMAT,    /* a codec or container that cannot go where it should */
  CG_N_ERRORS
} CgError;

/**
 * CgErrorScope:
 * @CG_ERROR_SCOPE_GENERAL: every service but `ptz` and `preset`
 * @CG_ERROR_SCOPE_PTZ: `ptz` and `preset`, which have codes of their own for the same failures
 */
typedef enum {
  CG_ERROR_SCOPE_GENERAL,
  CG_ERROR_SCOPE_PTZ,
} CgErrorScope;

/**
 * CgErrorBasis:
 * @CG_ERROR_BASIS_NONE: nothing to tell
 * @CG_ERROR_BASIS_MEASURED: the camera was looked at for this request
 * @CG_ERROR_BASIS_ASSUMED: it is concluded from what is remembered, or from the time (Q36)
 *
 * What a limit, or a preset that is being called or is there already, is known from: PROTOCOL.md
 * section 3.
 */
typedef enum {
  CG_ERROR_BASIS_NONE,
  CG_ERROR_BASIS_MEASURED,
  CG_ERROR_BASIS_ASSUMED,
  CG_N_ERROR_BASES
} CgErrorBasis;

/**
 * CgErrorCause:
 *
 * What a person who has to heal it wants to know beyond the code.
 */
typedef enum {
  CG_ERROR_CAUSE_NONE,
  CG_ERROR_CAUSE_NAME,         /* the host's name is unknown */
  CG_ERROR_CAUSE_ROUTE,        /* no way leads there */
  CG_ERROR_CAUSE_REFUSED,      /* the host is there, and nobody listens */
  CG_ERROR_CAUSE_LOCKED,       /* the login was refused too often and waits (Q6) */
  CG_ERROR_CAUSE_NO_STREAM,    /* the camera does not know the address */
  CG_ERROR_CAUSE_NO_PICTURE,   /* packets came, and no picture in them (Q8) */
  CG_ERROR_CAUSE_NO_KEY_FRAME, /* pictures came, and none to begin with (Q14) */
  CG_ERROR_CAUSE_SLOW,         /* the line carries less than there is to send */
  CG_ERROR_CAUSE_GARBLED,      /* there was an answer, and it says nothing: it may have been done */
  CG_ERROR_CAUSE_NO_MEMORY,    /* the device has not enough of it */
} CgErrorCause;

GQuark cg_error_quark (void);
GError *cg_error_new_with_basis (CgError code, CgErrorBasis basis, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
CgErrorBasis cg_error_get_basis (const GError *error);
gboolean cg_error_is_silence (const GError *error);
CgErrorCause cg_error_find_cause (const GError *reason);
void cg_error_set_cause (GError **error, CgErrorCause cause);
CgErrorCause cg_error_get_cause (const GError *error);
const char *cg_error_basis_get_word (CgErrorBasis basis);
int cg_error_get_code (const GError *error, CgErrorScope scope);
const char *cg_error_get_word (CgError error);
gboolean cg_error_describe (guint index, CgWord *word);
gboolean cg_error_explain (int code, const char **meaning, const char **advice);

G_END_DECLS
