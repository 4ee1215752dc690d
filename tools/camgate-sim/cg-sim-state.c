/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-state.h"

#include <math.h>

/* What a picture of that size may take when nothing is asked for. */
#define DEFAULT_LIMIT_KBPS 4096
#define SUB_LIMIT_KBPS 1024
/* Q7: an address from the factory. On loopback: who follows it bothers nobody, and finds nobody. */
#define FACTORY_HOST "127.99.1.64"

static void
copy_options (CgSimOptions *to, const CgSimOptions *from)
{
  *to = *from;
  to->listen = g_strdup (from->listen);
  to->name = g_strdup (from->name);
  to->user = g_strdup (from->user);
  to->password = g_strdup (from->password);
  to->file = g_strdup (from->file);
  if (from->password == NULL)
    to->auth = CG_SIM_AUTH_NONE;
}

/* The same name gives the same identity, so that a camera that comes back is known again. */
static void
make_identity (CgSimState *self)
{
  g_autofree char *hex = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->options.name, -1);

  self->serial = g_ascii_strup (hex, 12);
  self->endpoint = g_strdup_printf ("urn:uuid:%.8s-%.4s-5%.3s-a%.3s-%.12s", hex, hex + 8, hex + 12,
                                    hex + 15, hex + 18);
}

static void
make_profiles (CgSimState *self)
{
  const CgSimOptions *options = &self->options;
  const gboolean is_filled = options->bitrate_kbps > 0;
  const guint gop = (guint)CLAMP (lround (options->gop_s * options->fps), 1, 100000);

  self->profiles[0] = (CgSimProfile){
      .token = "main",
      .name = "Main",
      .path = "/main",
      .width = options->width,
      .height = options->height,
      .fps = options->fps,
      .gop = gop,
      .limit_kbps = is_filled ? options->bitrate_kbps : DEFAULT_LIMIT_KBPS,
      .is_filled = is_filled,
  };
  self->profiles[1] = (CgSimProfile){
      .token = "sub",
      .name = "Sub",
      .path = "/sub",
      .width = MAX (options->width / 4 * 2, 16),
      .height = MAX (options->height / 4 * 2, 16),
      .fps = options->fps,
      .gop = gop,
      .limit_kbps = SUB_LIMIT_KBPS,
  };
}

static void
state_clear (gpointer data)
{
  CgSimState *self = data;

  cg_sim_ptz_free (self->ptz);
  cg_sim_requests_free (self->requests);
  cg_sim_faults_free (self->faults);
  g_free (self->serial);
  g_free (self->endpoint);
  g_free ((char *)self->options.listen);
  g_free ((char *)self->options.name);
  g_free ((char *)self->options.user);
  g_free ((char *)self->options.password);
  g_free ((char *)self->options.file);
  g_mutex_clear (&self->lock);
}

/**
 * cg_sim_state_new:
 * @options: what the camera is to be
 *
 * Returns: (transfer full): the facts of a camera that nothing serves yet
 */
CgSimState *
cg_sim_state_new (const CgSimOptions *options)
{
  CgSimState *self = g_atomic_rc_box_new0 (CgSimState);

  g_mutex_init (&self->lock);
  copy_options (&self->options, options);
  make_identity (self);
  make_profiles (self);
  self->faults = cg_sim_faults_new ();
  self->requests = cg_sim_requests_new ();
  self->ptz = cg_sim_ptz_new (options->max_presets);
  return self;
}

CgSimState *
cg_sim_state_ref (CgSimState *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
cg_sim_state_unref (CgSimState *self)
{
  g_atomic_rc_box_release_full (self, state_clear);
}

/**
 * cg_sim_state_get_time_ms:
 * @self: a camera
 *
 * Returns: what the camera takes for the time, in milliseconds since 1970 (Q4)
 */
gint64
cg_sim_state_get_time_ms (CgSimState *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const double skew_s = self->skew_s + cg_sim_faults_get_number (self->faults, CG_SIM_FAULT_Q4);

  return g_get_real_time () / 1000 + (gint64)(skew_s * 1000);
}

/**
 * cg_sim_state_set_skew:
 * @self: a camera
 * @skew_s: how much its clock is ahead
 */
void
cg_sim_state_set_skew (CgSimState *self, double skew_s)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->skew_s = skew_s;
}

/**
 * cg_sim_state_read_position:
 * @self: a camera
 * @position: (out caller-allocates): where it looks now
 */
void
cg_sim_state_read_position (CgSimState *self, CgSimPosition *position)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  cg_sim_ptz_read (self->ptz, g_get_monotonic_time () / 1000, position);
}

/**
 * cg_sim_state_set_video:
 * @self: a camera that nothing serves yet
 * @codec: of the clip it plays
 * @width: of the clip
 * @height: of the clip
 * @fps: of the clip
 *
 * Both profiles are the clip, as it is.
 */
void
cg_sim_state_set_video (CgSimState *self, CgSimCodec codec, guint width, guint height, guint fps)
{
  self->options.codec = codec;
  for (gsize i = 0; i < CG_SIM_N_PROFILES; i++) {
    self->profiles[i].width = width;
    self->profiles[i].height = height;
    self->profiles[i].fps = fps;
  }
}

/**
 * cg_sim_state_make_url:
 * @self: a camera
 * @scheme: `http` or `rtsp`
 * @host: (nullable): under which the asker reached it; taken when it listens everywhere
 * @port: the port
 * @path: with its slash
 *
 * Returns: (transfer full): an address as this camera gives it away (Q7)
 */
char *
cg_sim_state_make_url (
    CgSimState *self, const char *scheme, const char *host, guint16 port, const char *path)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->options.listen);
  const gboolean is_any = address != NULL && g_inet_address_get_is_any (address);

  if (cg_sim_faults_is_on (self->faults, CG_SIM_FAULT_Q7)) {
    /* The port of HTTP is the one we were reached on; that of RTSP is known from here alone. */
    if (g_str_equal (scheme, "rtsp"))
      return g_strdup_printf ("rtsp://" FACTORY_HOST ":%u%s", port, path);
    return g_strdup_printf ("%s://" FACTORY_HOST "%s", scheme, path);
  }
  if (!is_any || host == NULL)
    host = is_any ? "127.0.0.1" : self->options.listen;
  if (strchr (host, ':') != NULL)
    return g_strdup_printf ("%s://[%s]:%u%s", scheme, host, port, path);
  return g_strdup_printf ("%s://%s:%u%s", scheme, host, port, path);
}
