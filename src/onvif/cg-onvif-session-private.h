/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-breaker.h"
#include "cg-digest.h"
#include "cg-onvif-call.h"
#include "cg-onvif-device.h"
#include "cg-onvif-http.h"
#include "cg-onvif-learnt.h"
#include "cg-onvif-login.h"
#include "cg-onvif-zone.h"

G_BEGIN_DECLS

/* The struct behind a session, shared by its two halves: what is known about the camera
 * (cg-onvif-session.c) and how a call is made (cg-onvif-call.c). */
struct _CgOnvifSession {
  char *username; /* (nullable) */
  char *password; /* (nullable) */
  guint timeout_ms;
  gboolean repair_addresses;

  CgOnvifHttp *http; /* (owned) */
  struct soap *soap; /* (owned) (nullable) within a span: 160 KiB, for each call anew */
  guint depth;       /* span within span */

  /* Within a span of the event service. */
  const char *call_url;     /* (nullable) where it goes, if not to the service */
  const char *call_headers; /* (nullable) elements that are to be in its SOAP header */
  char **call_answer;       /* (nullable) where the answer goes as it came */

  CgBreaker *breaker; /* (owned) of the login, shared with whoever else shows it (Q6) */

  char *given;        /* where the camera is, as somebody told us */
  guint16 last_port;  /* that had ONVIF, when nobody told us; 0: none yet */
  gboolean is_placed; /* the port was found, and not doubted since */

  /* Learnt. */
  gboolean is_connected;
  gboolean is_connecting;
  gboolean is_anonymous;              /* for the moment: no login, whatever the camera says */
  char *xaddrs[CG_ONVIF_N_SERVICES];  /* (nullable) the camera lacks the service */
  guint guesses[CG_ONVIF_N_SERVICES]; /* 0: the camera told us; else which guess xaddrs holds */
  char *told_device;                  /* (nullable) the device service, as the camera gives it */
  GHashTable *homes;      /* (owned) profile token → its media service; replaced, never changed */
  char *firmware;         /* (nullable) that the rest was learnt from */
  gint64 clock_offset_ms; /* camera's minus ours, as it told when it was measured */
  gint64 clock_base_ms;   /* our clock minus the monotonic one, at that time */
  gint64 zone_ms;         /* camera's local time minus UTC, as it tells */
  CgOnvifClockMode clock_mode;           /* by which time it judges tokens (Q5) */
  guint clocks_refused;                  /* bits of CgOnvifClockMode, since one was taken */
  gint64 clock_measured_us;              /* monotonic; 0: never */
  CgOnvifLogin login;                    /* what worked; NONE: nothing had to */
  guint logins_refused;                  /* bits of CgOnvifLogin, since one was taken */
  gboolean is_proven;                    /* the login was taken in this life */
  gboolean is_verifying;                 /* asks whether the login is still taken */
  CgDigest *challenge;                   /* (owned) (nullable) the last digest challenge */
  CgDigest *weaker;                      /* (owned) (nullable) the one offered beside it (Q27) */
  char *digest;                          /* (nullable) algorithm that was taken */
  CgDigest *file_challenge;              /* (owned) (nullable) the last of a file (Q58) */
  gboolean refuses_timeout;              /* of ContinuousMove (Q33) */
  CgOnvifStopForm stop_form;             /* that was taken last, or is to be tried first */
  CgOnvifMediaKnown media;               /* which of its media services answer */
  gboolean is_soap11;                    /* speaks SOAP 1.1 (Q40) */
  gboolean is_soap_known;                /* has understood us in this version of SOAP */
  CgOnvifDeviceInformation *information; /* (owned) (nullable) that has proved the login */
  CgOnvifFault *fault;                   /* (owned) (nullable) the last call's */
};

gboolean cg_onvif_session_begin_login (CgOnvifSession *self, GError **error);
CgBreakerPatience cg_onvif_session_get_patience (CgOnvifSession *self);
gboolean cg_onvif_session_measure_clock_anonymously (CgOnvifSession *self, GError **error);
void cg_onvif_session_note_firmware (CgOnvifSession *self, const char *version);
gboolean cg_onvif_session_measure_clock (CgOnvifSession *self, GError **error);
gboolean cg_onvif_session_ensure_connected (CgOnvifSession *self, GError **error);
gboolean cg_onvif_session_go_on (GError *reason, GError **error);
gboolean cg_onvif_session_learn_services (CgOnvifSession *self, GError **error);
void cg_onvif_session_guess (CgOnvifSession *self, CgOnvifService service);
void cg_onvif_session_drop_guess (CgOnvifSession *self, CgOnvifService service);
gboolean cg_onvif_session_guess_next (CgOnvifSession *self, CgOnvifService service);

G_END_DECLS
