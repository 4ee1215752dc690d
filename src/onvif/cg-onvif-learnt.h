/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"
#include "cg-onvif-login.h"
#include "cg-onvif-media.h"
#include "cg-onvif-session.h"
#include "cg-onvif-stop.h"
#include "cg-onvif-zone.h"

G_BEGIN_DECLS

/**
 * CgOnvifLearnt:
 *
 * What a session has found out about its camera and would have to find out again: everything that
 * is worth keeping over a restart. All zero: nothing. A member that is added here gets its line in
 * each function of cg-onvif-learnt.c and its row in src/camera/cg-profile.c.
 */
typedef struct {
  char *firmware; /* (nullable) what all this was learnt from; another one ends it */
  char *address;  /* (nullable) of the device service, as it was reached */
  CgOnvifLogin login;
  char *digest; /* (nullable) algorithm of the HTTP digest that was taken: "MD5", "SHA-256" */
  CgOnvifClockMode clock_mode;
  gint64 clock_offset_ms;   /* for people: it is measured at each contact */
  gboolean refuses_timeout; /* of ContinuousMove (Q33) */
  CgOnvifStopForm stop_form;
  CgOnvifMediaKnown media;
  CgTransport transport; /* of RTP, as its stream has found out (Q18) */
  gboolean soap11;       /* it speaks SOAP 1.1 (Q40) */
  char *
      reserved_presets; /* (nullable) slots that are none: see src/camera/cg-preset-slots.h (Q32) */
  char *certificate;    /* (nullable) SHA-256 of what the camera showed last (Q57) */
} CgOnvifLearnt;

CgOnvifLearnt *cg_onvif_learnt_new (void);
CgOnvifLearnt *cg_onvif_learnt_copy (const CgOnvifLearnt *self);
void cg_onvif_learnt_free (CgOnvifLearnt *self);
gboolean cg_onvif_learnt_equal (const CgOnvifLearnt *a, const CgOnvifLearnt *b);

CgOnvifLearnt *cg_onvif_session_get_learnt (const CgOnvifSession *self);
void cg_onvif_session_set_learnt (CgOnvifSession *self, const CgOnvifLearnt *learnt);
gboolean cg_onvif_session_refuses_timeout (const CgOnvifSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifLearnt, cg_onvif_learnt_free)

G_END_DECLS
