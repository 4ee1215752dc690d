/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"

/* Answers of real cameras, played back by a script that stands beside them. Where they are not at hand
 * there is nothing to test. */
typedef struct {
  const char *folder;
  const char *manufacturer; /* NULL: was not recorded */
  guint n_profiles;
  const char *encoding; /* of the profile we choose */
  guint width;
  gboolean has_uri;
  gboolean has_ptz;  /* some profile has a PTZ configuration */
  gint n_presets;    /* -1: was not recorded */
  gboolean has_status;
} Camera;

static const Camera cameras[] = {
  { "easy_onvif/DCS-6511" },
  { "easy_onvif/IPD-H4K8M05-BS" },
  { "easy_onvif/IPG-8150PSS" },
  { "ex_onvif" },
  { "onvif-go-captures/AXIS_P3818-PVE_11.9.60_20260113-142527" },
  { "onvif-go-captures/AXIS_Q3819-PVE_11.11.181_20260113-142550" },
  { "onvif-go-captures/Bosch_AUTODOME_IP_starlight_5000i_7.80.0128_20260113-142522" },
  { "onvif-go-captures/Bosch_FLEXIDOME_IP_starlight_8000i_7.70.0126_20260113-142539" },
  { "onvif-go-captures/REOLINK_E1_Zoom_v3.1.0.2649_23083101_20260113-142518" },
  { "onvif-nvt/axis" },
  { "onvif-nvt/hikvision-fixed" },
  { "onvif-event-listener/html_404_camera_20260321" },
};
int main(int argc,char**argv){
  for(guint i=0;i<G_N_ELEMENTS(cameras);i++){
    GError*e=NULL;
    char*dir=g_build_filename(argv[1],cameras[i].folder,NULL),*script=g_build_filename(argv[1],"replay.py",NULL);
    GSubprocess*p=g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE|(argc>2?0:G_SUBPROCESS_FLAGS_STDERR_SILENCE),&e,"python3","-B",script,dir,NULL);
    GDataInputStream*in=g_data_input_stream_new(g_subprocess_get_stdout_pipe(p));
    char*line=g_data_input_stream_read_line(in,NULL,NULL,&e);
    JsonNode*n=json_from_string(line,&e); const char*url=json_object_get_string_member(json_node_get_object(n),"onvif");
    g_print("=== %s %s\n",cameras[i].folder,url);
    CgOnvifSession*s=cg_onvif_session_new(url,"admin","x");
    #define E(x) if(e){g_print("  %s: %s (%s)\n",x,e->message,cg_error_get_word(e->code));g_clear_error(&e);}
    cg_onvif_session_connect_in_thread(s,&e);E("connect");
    g_print("  offset %ld ptz %d\n",(long)cg_onvif_session_get_clock_offset_ms(s),cg_onvif_session_has_ptz(s));
    CgOnvifDeviceInformation*di=cg_onvif_device_get_information_in_thread(s,&e);E("info");
    if(di)g_print("  %s %s %s\n",di->manufacturer,di->model,di->firmware_version);
    GPtrArray*pr=cg_onvif_media_get_profiles_in_thread(s,&e);E("profiles");
    if(pr){for(guint j=0;j<pr->len;j++){CgOnvifProfile*q=pr->pdata[j];g_print("  profile %s '%s' src %s ptz %s/%s %s %ux%u %g %u gop %u audio %s\n",q->token,q->name,q->video_source,q->ptz_configuration,q->ptz_node,q->encoding,q->width,q->height,q->fps,q->bitrate_kbps,q->gop,q->audio_encoding);}
     const CgOnvifProfile*c=cg_onvif_profile_choose(pr,NULL),*pt=cg_onvif_profile_choose_ptz(pr);
     if(c){char*u=cg_onvif_media_get_stream_uri_in_thread(s,c->token,&e);E("uri");g_print("  uri %s\n",u);
       cg_onvif_media_set_synchronization_point_in_thread(s,c->token,&e);E("sync");}
     if(pt||c){ const CgOnvifProfile*x=pt?pt:c;
       CgOnvifPtzFacts*f=cg_onvif_ptz_get_facts_in_thread(s,x,&e);E("facts");
       if(f)g_print("  facts cont %d %d rel %d %d lim %d %d vel %g..%g pos %g..%g timeout %u presets %u\n",f->has_continuous_pan_tilt,f->has_continuous_zoom,f->has_relative_pan_tilt,f->has_relative_zoom,f->has_pan_tilt_limits,f->has_zoom_limits,f->pan_velocity.min,f->pan_velocity.max,f->pan_position.min,f->pan_position.max,f->default_timeout_ms,f->max_presets);
       CgOnvifPtzStatus st; if(cg_onvif_ptz_get_status_in_thread(s,x->token,&st,&e))g_print("  status pos %d %g %g zoom %d %g mv %d %d %d\n",st.has_position,st.pan,st.tilt,st.has_zoom,st.zoom,st.has_move_status,st.moving_pan_tilt,st.moving_zoom); E("status");
       GPtrArray*ps=cg_onvif_ptz_get_presets_in_thread(s,x->token,&e);E("presets");if(ps)g_print("  presets %u %s\n",ps->len,ps->len?((CgOnvifPreset*)ps->pdata[0])->name:"");
       CgOnvifVelocity v={TRUE,FALSE,.5,0,0};
       cg_onvif_ptz_continuous_move_in_thread(s,x->token,&v,5000,&e);E("move");
       cg_onvif_ptz_stop_in_thread(s,x->token,TRUE,FALSE,&e);E("stop");
       char*t=cg_onvif_ptz_set_preset_in_thread(s,x->token,NULL,"a",&e);E("set");g_print("  set %s\n",t);
       cg_onvif_ptz_goto_preset_in_thread(s,x->token,"1",&e);E("goto");
     }}
    cg_onvif_session_free(s); g_subprocess_force_exit(p);
  }
}
