/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-call.h"
#include "cg-onvif-digest.h"
#include "cg-onvif-http.h"
#include "cg-onvif-login.h"

G_BEGIN_DECLS

/* The struct behind a session, shared by its two halves: what is known about the camera
 * (cg-onvif-session.c) and how a call is made (cg-onvif-call.c). */
struct _CgOnvifSession {
  char *username; /* (nullable) */
  char *password; /* (nullable) */
  guint timeout_ms;
  gboolean repair_addresses;

  CgOnvifHttp *http; /* (owned) */
  struct soap *soap; /* (owned) */
  guint depth;       /* span within span */

  /* Learnt. */
  gboolean is_connected;
  gboolean is_connecting;
  gboolean is_anonymous;              /* for the moment: no login, whatever the camera says */
  char *xaddrs[CG_ONVIF_N_SERVICES];  /* (nullable) the camera lacks the service */
  guint guesses[CG_ONVIF_N_SERVICES]; /* 0: the camera told us; else which guess xaddrs holds */
  gint64 clock_offset_ms;             /* camera's minus ours */
  gint64 clock_measured_us;           /* monotonic; 0: never */
  CgOnvifLogin login;                 /* what worked; NONE: nothing had to */
  CgOnvifChallenge *challenge;        /* (owned) (nullable) the last digest challenge */
  GHashTable *worked;                 /* (owned) set of CgOnvifOperation that were once allowed */
  gboolean refuses_timeout;           /* of ContinuousMove (Q33) */
  CgOnvifFault *fault;                /* (owned) (nullable) the last call's */
};

gboolean cg_onvif_session_measure_clock (CgOnvifSession *self, GError **error);
gboolean cg_onvif_session_ensure_connected (CgOnvifSession *self, GError **error);
gboolean cg_onvif_session_guess_next (CgOnvifSession *self, CgOnvifService service);

G_END_DECLS
