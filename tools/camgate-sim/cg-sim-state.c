/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-state.h"

#include <math.h>

/* What a picture of that size may take when nothing is asked for. */
#define DEFAULT_LIMIT_KBPS 4096
#define SUB_LIMIT_KBPS 1024
/* Long enough to be noticed. */
#define DEFAULT_REBOOT_MS 2000
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
      .channel = 1,
      .codec = options->codec,
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
      .channel = 1,
      .stream = 1,
      .codec = options->has_sub_codec ? options->sub_codec : options->codec,
      .width = MAX (options->width / 4 * 2, 16),
      .height = MAX (options->height / 4 * 2, 16),
      .fps = options->fps,
      .gop = gop,
      .limit_kbps = SUB_LIMIT_KBPS,
  };
}

/* The other channels of an NVR: numbered copies of the first (Q60). */
static void
make_channels (CgSimState *self)
{
  for (guint i = CG_SIM_N_PROFILES; i < G_N_ELEMENTS (self->profiles); i++) {
    const guint channel = i / CG_SIM_N_PROFILES + 1;
    CgSimProfile *profile = &self->profiles[i];

    *profile = self->profiles[i % CG_SIM_N_PROFILES];
    g_autofree char *token = g_strdup_printf ("%s-%u", profile->token, channel);
    g_autofree char *name = g_strdup_printf ("%s %u", profile->name, channel);
    profile->token = g_string_chunk_insert (self->names, token);
    profile->name = g_string_chunk_insert (self->names, name);
    profile->channel = channel;
  }
}

static void
state_clear (gpointer data)
{
  CgSimState *self = data;

  cg_sim_ptz_free (self->ptz);
  cg_sim_requests_free (self->requests);
  cg_sim_faults_free (self->faults);
  cg_sim_events_free (self->events);
  g_string_chunk_free (self->names);
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
  self->names = g_string_chunk_new (256);
  make_profiles (self);
  make_channels (self);
  self->reboot_ms = DEFAULT_REBOOT_MS;
  self->faults = cg_sim_faults_new ();
  self->events = cg_sim_events_new ();
  self->requests = cg_sim_requests_new ();
  self->ptz = cg_sim_ptz_new (options->max_presets);
  return self;
}

/**
 * cg_sim_state_ref:
 * @self: a camera
 *
 * Returns: (transfer full): the same camera
 */
CgSimState *
cg_sim_state_ref (CgSimState *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * cg_sim_state_unref:
 * @self: (transfer full): a camera; from any thread
 */
void
cg_sim_state_unref (CgSimState *self)
{
  g_atomic_rc_box_release_full (self, state_clear);
}

/**
 * cg_sim_state_reboot:
 * @self: a camera
 *
 * It is told to start anew, by somebody it serves: goes away once that one is answered.
 */
void
cg_sim_state_reboot (CgSimState *self)
{
  if (self->reboot != NULL)
    self->reboot (self->reboot_data);
}

/**
 * cg_sim_state_set_reboot_ms:
 * @self: a camera
 * @reboot_ms: how long it is away from now on when it starts anew
 */
void
cg_sim_state_set_reboot_ms (CgSimState *self, guint reboot_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->reboot_ms = reboot_ms;
}

guint
cg_sim_state_get_reboot_ms (CgSimState *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->reboot_ms;
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
 * cg_sim_state_get_token_time_ms:
 * @self: a camera
 *
 * Returns: by which time it judges a token: local time, if it is told to (Q5)
 */
gint64
cg_sim_state_get_token_time_ms (CgSimState *self)
{
  const gboolean is_local = cg_sim_faults_is_arg (self->faults, CG_SIM_FAULT_Q5, "checks");

  return cg_sim_state_get_time_ms (self) + (is_local ? CG_SIM_ZONE_MS : 0);
}

/**
 * cg_sim_state_get_told_time_ms:
 * @self: a camera
 *
 * Returns: what it tells for UTC: local time, if it is told to (Q5)
 */
gint64
cg_sim_state_get_told_time_ms (CgSimState *self)
{
  const gboolean is_local = cg_sim_faults_is_arg (self->faults, CG_SIM_FAULT_Q5, "tells");

  return cg_sim_state_get_time_ms (self) + (is_local ? CG_SIM_ZONE_MS : 0);
}

/**
 * cg_sim_state_note_refusal:
 * @self: a camera
 * @kind: which login was refused
 * @op: for what
 *
 * A login that was tried and refused is worth a line: a camera may lock out for it (Q6).
 */
void
cg_sim_state_note_refusal (CgSimState *self, const char *kind, const char *op)
{
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "kind", kind);
  json_object_set_string_member (args, "for", op);
  cg_sim_requests_add (self->requests, "LoginRefused", g_get_real_time () / 1000, args);
}

/**
 * cg_sim_state_is_locked:
 * @self: a camera
 *
 * Returns: whether the account is locked, so that the right login is refused too (Q6)
 */
gboolean
cg_sim_state_is_locked (CgSimState *self)
{
  return cg_sim_faults_is_on (self->faults, CG_SIM_FAULT_Q6) &&
         cg_sim_requests_count (self->requests, "LoginRefused") >=
             cg_sim_faults_get_number (self->faults, CG_SIM_FAULT_Q6);
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
 * cg_sim_state_get_head:
 * @self: a camera whose lock is held
 *
 * Returns: (transfer none): its head, which goes as far as it is told to (Q36)
 */
CgSimPtz *
cg_sim_state_get_head (CgSimState *self)
{
  const double nearer = cg_sim_faults_get_word_number (self->faults, CG_SIM_FAULT_Q36, "short");
  const double further = cg_sim_faults_get_word_number (self->faults, CG_SIM_FAULT_Q36, "long");

  cg_sim_ptz_set_reach (self->ptz, nearer > 0 ? nearer : further > 0 ? further : 1);
  cg_sim_ptz_set_opaque (self->ptz,
                         cg_sim_faults_is_arg (self->faults, CG_SIM_FAULT_Q31, "opaque"));
  return self->ptz;
}

static gboolean
is_between (const char *token, guint64 low, guint64 high)
{
  guint64 number;

  return token != NULL &&
         g_ascii_string_to_unsigned (token, 10, low, MAX (low, high), &number, NULL) &&
         number <= high;
}

/**
 * cg_sim_state_is_reserved:
 * @self: a camera
 * @token: (nullable): of a preset
 *
 * Returns: whether that slot is kept for a function of its own (Q32)
 */
gboolean
cg_sim_state_is_reserved (CgSimState *self, const char *token)
{
  const guint count = (guint)cg_sim_faults_get_number (self->faults, CG_SIM_FAULT_Q32);

  return is_between (token, CG_SIM_FIRST_RESERVED, CG_SIM_FIRST_RESERVED + count - 1);
}

/**
 * cg_sim_state_is_slot:
 * @self: a camera
 * @token: (nullable): of a preset
 *
 * Returns: whether there is such a slot, set or not (Q31)
 */
gboolean
cg_sim_state_is_slot (CgSimState *self, const char *token)
{
  return is_between (
      token, 1, (guint64)cg_sim_faults_get_word_number (self->faults, CG_SIM_FAULT_Q31, "slots"));
}

/**
 * cg_sim_state_reset:
 * @self: a camera
 * @keep_presets: they stay, under tokens that none had before
 *
 * It is as it was when it was new, and looks at 0, 0, 0.
 */
void
cg_sim_state_reset (CgSimState *self, gboolean keep_presets)
{
  const CgSimVector home = {TRUE, TRUE, 0, 0, 0};
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  CgSimPtz *head = cg_sim_state_get_head (self);

  cg_sim_ptz_place (head, g_get_monotonic_time () / 1000, &home);
  if (keep_presets)
    cg_sim_ptz_renumber (head, 0);
  else
    cg_sim_ptz_forget_presets (head);
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

  cg_sim_ptz_read (cg_sim_state_get_head (self), g_get_monotonic_time () / 1000, position);
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
  for (gsize i = 0; i < G_N_ELEMENTS (self->profiles); i++) {
    self->profiles[i].codec = codec;
    self->profiles[i].width = width;
    self->profiles[i].height = height;
    self->profiles[i].fps = fps;
  }
}

/**
 * cg_sim_state_count_profiles:
 * @self: a camera
 *
 * Returns: how many of its profiles it shows: those of one channel, or of all an NVR has (Q60)
 */
guint
cg_sim_state_count_profiles (CgSimState *self)
{
  const double channels = cg_sim_faults_get_number (self->faults, CG_SIM_FAULT_Q60);

  return CG_SIM_N_PROFILES * CLAMP ((guint)channels, 1, CG_SIM_MAX_CHANNELS);
}

/**
 * cg_sim_state_make_url:
 * @self: a camera
 * @scheme: `http`, which may become `https` (Q57), or `rtsp`
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

  if (g_str_equal (scheme, "http") && cg_sim_faults_is_on (self->faults, CG_SIM_FAULT_Q57))
    scheme = "https";
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
