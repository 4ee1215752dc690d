/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-doorman.h"

#define REALM "camgate-sim"

struct _CgSimDoorman {
  GstRTSPAuth parent_instance;

  CgSimState *state; /* (owned) */
};

G_DEFINE_FINAL_TYPE (CgSimDoorman, cg_sim_doorman, GST_TYPE_RTSP_AUTH)

/* A password that came and was refused is noted; a locked account refuses the right one too (Q6).
 */
static gboolean
doorman_authenticate (GstRTSPAuth *auth, GstRTSPContext *context)
{
  CgSimDoorman *self = CG_SIM_DOORMAN (auth);
  gchar *shown = NULL;
  const gboolean is_heard =
      GST_RTSP_AUTH_CLASS (cg_sim_doorman_parent_class)->authenticate (auth, context);

  if (cg_sim_state_is_locked (self->state))
    context->token = NULL;
  if (context->token == NULL &&
      gst_rtsp_message_get_header (context->request, GST_RTSP_HDR_AUTHORIZATION, &shown, 0) ==
          GST_RTSP_OK)
    cg_sim_state_note_refusal (self->state, "rtsp", gst_rtsp_method_as_text (context->method));
  return is_heard;
}

static void
cg_sim_doorman_finalize (GObject *object)
{
  cg_sim_state_unref (CG_SIM_DOORMAN (object)->state);
  G_OBJECT_CLASS (cg_sim_doorman_parent_class)->finalize (object);
}

static void
cg_sim_doorman_class_init (CgSimDoormanClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_sim_doorman_finalize;
  GST_RTSP_AUTH_CLASS (klass)->authenticate = doorman_authenticate;
}

static void
cg_sim_doorman_init (CgSimDoorman *self)
{
}

/**
 * cg_sim_doorman_new:
 * @state: the camera
 * @token: who may do what once he is in
 *
 * Returns: (transfer full): lets in over RTSP whoever shows the camera's login, by digest
 */
GstRTSPAuth *
cg_sim_doorman_new (CgSimState *state, GstRTSPToken *token)
{
  const CgSimOptions *options = &state->options;
  CgSimDoorman *self = g_object_new (CG_SIM_TYPE_DOORMAN, NULL);
  GstRTSPAuth *auth = GST_RTSP_AUTH (self);

  self->state = cg_sim_state_ref (state);
  gst_rtsp_auth_set_supported_methods (auth, GST_RTSP_AUTH_DIGEST);
  gst_rtsp_auth_set_realm (auth, REALM);
  gst_rtsp_auth_add_digest (auth, options->user, options->password, token);
  return auth;
}
