/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-login.h"
#include "cg-sim-rtsp.h"
#include "cg-sim-state.h"

G_BEGIN_DECLS

struct soap;
struct tt__PTZConfiguration;
struct tt__VideoEncoderConfiguration;
struct tt__VideoSourceConfiguration;

/**
 * CgSimCall:
 *
 * One SOAP call over HTTP: what came, and what goes back.
 */
typedef struct {
  CgSimState *state;
  CgSimLogin *login; /* (nullable) no login is asked for */
  CgSimRtsp *rtsp;

  const char *path;
  const char *host;          /* (nullable) under which we were reached */
  const char *authorization; /* (nullable) */
  const char *body;
  const char *to;     /* (nullable) of WS-Addressing, while it is served */
  const char *action; /* (nullable) the same */

  guint status;
  char *answer;           /* (owned) */
  char *challenge;        /* (owned) (nullable) for WWW-Authenticate */
  char *second_challenge; /* (owned) (nullable) the same, of another algorithm (Q27) */
  gint64 waited_ms;       /* it has been served before, so long ago: its login was good */
  gboolean is_waiting;    /* there is nothing to say yet: it is to be served again */
  gint64 delay_ms;        /* the answer goes out so much later */
  gboolean is_lost;       /* it never came, and gets no answer (Q1) */
} CgSimCall;

typedef enum {
  CG_SIM_FAULT_CODE_NOT_WELL_FORMED,
  CG_SIM_FAULT_CODE_NOT_AUTHORIZED,
  CG_SIM_FAULT_CODE_UNKNOWN_ACTION,
  CG_SIM_FAULT_CODE_NO_PTZ,
  CG_SIM_FAULT_CODE_INVALID_ARGUMENT,
  CG_SIM_FAULT_CODE_NO_PROFILE,
  CG_SIM_FAULT_CODE_NO_PTZ_PROFILE,
  CG_SIM_FAULT_CODE_NO_TOKEN,
  CG_SIM_FAULT_CODE_TOO_MANY_PRESETS,
  CG_SIM_FAULT_CODE_INVALID_VELOCITY,
  CG_SIM_FAULT_CODE_INVALID_TRANSLATION,
  CG_SIM_FAULT_CODE_SPACE_NOT_SUPPORTED,
  CG_SIM_FAULT_CODE_TIMEOUT_NOT_SUPPORTED,
  CG_SIM_FAULT_CODE_INVALID_STREAM_SETUP,
  CG_SIM_FAULT_CODE_NO_CONFIG,
  CG_SIM_FAULT_CODE_INTERNAL,
  CG_SIM_FAULT_CODE_NO_SUBSCRIPTION,
  CG_SIM_FAULT_CODE_TOO_MANY_SUBSCRIPTIONS,
  CG_SIM_N_FAULT_CODES
} CgSimFaultCode;

#define CG_SIM_DEVICE_PATH "/onvif/device_service"
#define CG_SIM_MEDIA_PATH "/onvif/media_service"
#define CG_SIM_MEDIA2_PATH "/onvif/media2_service"
#define CG_SIM_EVENTS_PATH "/onvif/event_service"
#define CG_SIM_SUBSCRIPTION_PATH "/onvif/subscription/" /* and its number */
#define CG_SIM_SNAPSHOT_PATH "/snapshot.jpg"
#define CG_SIM_FIRMWARE_PATH "/firmware"
#define CG_SIM_PTZ_PATH "/onvif/ptz_service"

void cg_sim_soap_serve (CgSimCall *call);
void cg_sim_call_clear (CgSimCall *call);

/* For the services. */
int cg_sim_soap_fault (struct soap *soap, CgSimFaultCode code, const char *text);
void cg_sim_soap_record (struct soap *soap, const char *op, JsonObject *args);
char *cg_sim_soap_service_url (struct soap *soap, const char *path);
const CgSimProfile *cg_sim_soap_find_profile (struct soap *soap, const char *token);
gboolean cg_sim_soap_has_ptz (struct soap *soap, const CgSimProfile *profile);
gboolean cg_sim_soap_check_ptz_profile (struct soap *soap, const char *token);
struct tt__PTZConfiguration *cg_sim_soap_make_ptz_configuration (struct soap *soap);
struct tt__VideoSourceConfiguration *cg_sim_soap_make_source (struct soap *soap,
                                                              const CgSimProfile *profile);
struct tt__VideoEncoderConfiguration *cg_sim_soap_make_encoder (struct soap *soap,
                                                                const CgSimProfile *profile);
void cg_sim_soap_apply_encoder (struct soap *soap,
                                guint stream,
                                struct tt__VideoEncoderConfiguration *made);
char *cg_sim_soap_stream_url (struct soap *soap, const CgSimProfile *profile);
char *cg_sim_soap_snapshot_url (struct soap *soap);

G_END_DECLS
