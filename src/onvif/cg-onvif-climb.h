/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-breaker.h"
#include "cg-onvif-login.h"
#include "cg-onvif-session.h"
#include "cg-onvif-soap.h"

G_BEGIN_DECLS

/* How one try ended. */
typedef enum {
  CG_ONVIF_VERDICT_OK,
  CG_ONVIF_VERDICT_REFUSED, /* the login was not taken */
  CG_ONVIF_VERDICT_BARE,    /* an answer without content, which may mean the same (Q3) */
  CG_ONVIF_VERDICT_FAILED,
} CgOnvifVerdict;

/**
 * CgOnvifClimb:
 *
 * One call on its way up the login ladder (Q3): none, digest, token, both; each at most once, and
 * all within what the breaker lets through (Q6). Begins with the first four members set.
 */
typedef struct {
  CgOnvifSession *self;
  const CgOnvifOperation *operation;
  gpointer request;
  gpointer response;
  guint tried;             /* bits of CgOnvifLogin */
  guint digest_count;      /* which use of its nonce the last digest was; 0: none was sent */
  gboolean has_password;   /* the last message had one in it */
  gboolean is_doubtful;    /* the one before had, too, and was swallowed: the breaker waits */
  gboolean was_challenged; /* the last answer asked for a digest */
  gboolean clock_checked;  /* the token was tried again with a new clock */
  gboolean nonce_checked;  /* the digest was tried again with a new nonce */
  gboolean weaker_tried;   /* the digest was tried again with another algorithm */
  gboolean was_known;      /* the login has worked: it is not what this call is refused for */
  gboolean is_doubted;     /* the breaker waits for what explains that it was refused */
  gboolean is_verified;    /* it was asked whether the login still works, or need not be */
  gboolean has_new_way;    /* it does, shown in another way */
  GError *doubt;           /* (owned) (nullable) it does not */
} CgOnvifClimb;

void cg_onvif_climb_take_challenges (CgOnvifClimb *climb, const char *const *headers);
CgBreakerOutcome cg_onvif_climb_tell_outcome (CgOnvifClimb *climb,
                                              CgOnvifLogin login,
                                              CgOnvifVerdict verdict,
                                              guint status);
void cg_onvif_climb_end_try (CgOnvifClimb *climb, CgBreakerOutcome outcome);
void cg_onvif_climb_doubt_try (CgOnvifClimb *climb);
gboolean cg_onvif_climb_settle_doubt (CgOnvifClimb *climb, gboolean is_swallowed);
gboolean cg_onvif_climb_reassure (CgOnvifClimb *climb, GError **error);
gboolean cg_onvif_climb_go_on (CgOnvifClimb *climb, CgOnvifLogin *login);
void cg_onvif_climb_remember (CgOnvifClimb *climb, CgOnvifLogin login);
void cg_onvif_climb_report_refusal (CgOnvifClimb *climb, const GError *reason, GError **error);

G_END_DECLS
