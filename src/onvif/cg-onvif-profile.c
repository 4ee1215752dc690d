/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-profile.h"

#include <string.h>

#include "cg-onvif-text.h"

/**
 * cg_onvif_profile_copy:
 * @self: a profile
 *
 * Returns: (transfer full): a copy
 */
CgOnvifProfile *
cg_onvif_profile_copy (const CgOnvifProfile *self)
{
  CgOnvifProfile *copy = g_new0 (CgOnvifProfile, 1);

  *copy = *self;
  copy->token = g_strdup (self->token);
  copy->name = g_strdup (self->name);
  copy->video_source = g_strdup (self->video_source);
  copy->ptz_configuration = g_strdup (self->ptz_configuration);
  copy->ptz_node = g_strdup (self->ptz_node);
  copy->encoding = g_strdup (self->encoding);
  copy->audio_encoding = g_strdup (self->audio_encoding);
  return copy;
}

/**
 * cg_onvif_profile_free:
 * @self: (transfer full) (nullable): a profile
 */
void
cg_onvif_profile_free (CgOnvifProfile *self)
{
  if (self == NULL)
    return;
  g_free (self->token);
  g_free (self->name);
  g_free (self->video_source);
  g_free (self->ptz_configuration);
  g_free (self->ptz_node);
  g_free (self->encoding);
  g_free (self->audio_encoding);
  g_free (self);
}

/**
 * cg_onvif_encoding_dup:
 * @text: (nullable): an encoding as a camera writes it: media 1 names them by an enumeration, media
 *   2 by media types
 *
 * Returns: (transfer full) (nullable): the name it has in #CgOnvifProfile; one that we do not know,
 *   in capitals
 */
char *
cg_onvif_encoding_dup (const char *text)
{
  static const struct {
    const char *written;
    const char *name;
  } names[] = {
      {"H.264", "H264"},    {"AVC", "H264"},      {"H264+", "H264"}, {"H.265", "H265"},
      {"HEVC", "H265"},     {"H265+", "H265"},    {"MJPEG", "JPEG"}, {"MJPG", "JPEG"},
      {"MP4V-ES", "MPEG4"}, {"MP4A-LATM", "AAC"}, {"MP4A", "AAC"},   {"MPEG4-GENERIC", "AAC"},
      {"PCMU", "G711"},     {"PCMA", "G711"},     {"G.711", "G711"}, {"G.726", "G726"},
  };
  g_autofree char *upper = cg_onvif_text_dup_upper (text);
  const char *slash = upper != NULL ? strchr (upper, '/') : NULL;
  const char *bare = slash != NULL ? slash + 1 : upper;

  for (guint i = 0; bare != NULL && i < G_N_ELEMENTS (names); i++) {
    if (strcmp (names[i].written, bare) == 0)
      return g_strdup (names[i].name);
  }
  return g_strdup (bare);
}

/* How well a profile suits RTMP: H.264 before a picture that tells no codec, that before H.265
 * (Q11), that before what tells nothing at all, and last what RTMP cannot carry. */
static int
rank (const CgOnvifProfile *profile)
{
  if (profile->encoding == NULL)
    return profile->video_source != NULL ? 3 : 1;
  if (strcmp (profile->encoding, "H264") == 0)
    return 4;
  return strcmp (profile->encoding, "H265") == 0 ? 2 : 0;
}

static gboolean
is_limited (const CgOnvifWish *wish)
{
  return wish->max_width > 0 || wish->max_height > 0;
}

/* 2: within the limits; 1: tells no size; 0: too large */
static int
fit (const CgOnvifProfile *profile, const CgOnvifWish *wish)
{
  if (profile->width == 0 || profile->height == 0)
    return 1;
  return (wish->max_width == 0 || profile->width <= wish->max_width) &&
                 (wish->max_height == 0 || profile->height <= wish->max_height)
             ? 2
             : 0;
}

/* Of what fits the largest; of what is too large the smallest. */
static gboolean
is_better_sized (const CgOnvifProfile *a, const CgOnvifProfile *b, const CgOnvifWish *wish)
{
  const guint64 area_a = (guint64)a->width * a->height;
  const guint64 area_b = (guint64)b->width * b->height;

  if (fit (a, wish) != fit (b, wish))
    return fit (a, wish) > fit (b, wish);
  return fit (a, wish) == 2 ? area_a > area_b : area_a < area_b;
}

static gboolean
is_better (const CgOnvifProfile *a, const CgOnvifProfile *b, const CgOnvifWish *wish)
{
  if (rank (a) != rank (b))
    return rank (a) > rank (b);
  return is_limited (wish) && is_better_sized (a, b, wish);
}

static gboolean
is_known_source (const GPtrArray *profiles, guint end, const char *source)
{
  for (guint i = 0; i < end; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (g_strcmp0 (profile->video_source, source) == 0)
      return TRUE;
  }
  return FALSE;
}

/* (nullable) The n-th video source in the order in which the profiles name them. */
static const char *
find_source (const GPtrArray *profiles, guint channel)
{
  for (guint i = 0; i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (profile->video_source != NULL && !is_known_source (profiles, i, profile->video_source) &&
        --channel == 0)
      return profile->video_source;
  }
  return NULL;
}

static gboolean
shows (const CgOnvifProfile *profile, const char *source)
{
  return source == NULL || g_strcmp0 (profile->video_source, source) == 0;
}

static const CgOnvifProfile *
find_wanted (const GPtrArray *profiles, const char *wanted, const char *source)
{
  const CgOnvifProfile *by_name = NULL;

  for (guint i = 0; wanted != NULL && i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (!shows (profile, source))
      continue;
    if (strcmp (profile->token, wanted) == 0)
      return profile;
    if (by_name == NULL && strcmp (profile->name, wanted) == 0)
      by_name = profile;
  }
  return by_name;
}

/**
 * cg_onvif_profile_choose:
 * @profiles: (element-type CgOnvifProfile): the camera's profiles
 * @wish: (nullable): what is looked for
 *
 * The one that is named, else, or if there is none of that name: the first H.264 profile, else the
 * first one that tells no codec, else H.265, else any. With a size, of those that are equal so far
 * the largest that is not larger; if all are, the smallest. With a channel, only of that channel.
 *
 * Returns: (nullable): a profile out of @profiles; %NULL if there is none
 */
const CgOnvifProfile *
cg_onvif_profile_choose (const GPtrArray *profiles, const CgOnvifWish *wish)
{
  static const CgOnvifWish none = {0};
  const CgOnvifWish *looked_for = wish != NULL ? wish : &none;
  const char *source = looked_for->channel > 0 ? find_source (profiles, looked_for->channel) : NULL;

  if (looked_for->channel > 0 && source == NULL)
    return NULL;
  const CgOnvifProfile *best = find_wanted (profiles, looked_for->wanted, source);
  if (best != NULL)
    return best;
  for (guint i = 0; i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (shows (profile, source) && (best == NULL || is_better (profile, best, looked_for)))
      best = profile;
  }
  return best;
}

static const CgOnvifProfile *
find_ptz (const GPtrArray *profiles, const char *source)
{
  for (guint i = 0; i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (profile->ptz_configuration != NULL && shows (profile, source))
      return profile;
  }
  return NULL;
}

/**
 * cg_onvif_profile_choose_ptz:
 * @profiles: (element-type CgOnvifProfile): the camera's profiles
 *
 * Returns: (nullable): the first one with a PTZ configuration, whatever it streams (Q34)
 */
const CgOnvifProfile *
cg_onvif_profile_choose_ptz (const GPtrArray *profiles)
{
  return find_ptz (profiles, NULL);
}

/**
 * cg_onvif_profile_choose_ptz_beside:
 * @profiles: (element-type CgOnvifProfile): the camera's profiles
 * @seen: the one of them that is played
 * @wish: what it was chosen for
 *
 * The one that moves need not be the one that is seen (Q34), but is to move the same picture: who
 * plays one channel of a recorder must not turn another camera (Q60).
 *
 * Returns: (nullable): the first one with a PTZ configuration of the same video source; of another
 *   one only if none was asked for
 */
const CgOnvifProfile *
cg_onvif_profile_choose_ptz_beside (const GPtrArray *profiles,
                                    const CgOnvifProfile *seen,
                                    const CgOnvifWish *wish)
{
  const CgOnvifProfile *beside = find_ptz (profiles, seen->video_source);

  if (beside != NULL || wish->channel > 0 || wish->wanted != NULL)
    return beside;
  return find_ptz (profiles, NULL);
}

static guint64
get_area (const CgOnvifProfile *profile)
{
  return (guint64)profile->width * profile->height;
}

/* By its size, else by the rate that it tells of. */
static gboolean
is_smaller (const CgOnvifProfile *a, const CgOnvifProfile *b)
{
  if (get_area (a) > 0 && get_area (b) > 0 && get_area (a) != get_area (b))
    return get_area (a) < get_area (b);
  return a->bitrate_kbps > 0 && a->bitrate_kbps < b->bitrate_kbps;
}

/**
 * cg_onvif_profile_choose_small:
 * @profiles: (element-type CgOnvifProfile): the camera's profiles
 * @main: the one of them that is played
 * @wanted: (nullable): token or name of the one to choose, whatever it is
 *
 * What is played in place of @main where the line is too slow for it: the largest that is smaller,
 * shows the same picture, and suits RTMP no worse (Q11).
 *
 * Returns: (nullable): a profile out of @profiles; %NULL if there is none
 */
const CgOnvifProfile *
cg_onvif_profile_choose_small (const GPtrArray *profiles,
                               const CgOnvifProfile *main,
                               const char *wanted)
{
  const CgOnvifProfile *best = NULL;

  if (wanted != NULL)
    return find_wanted (profiles, wanted, main->video_source);
  for (guint i = 0; i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (profile != main && shows (profile, main->video_source) && rank (profile) >= rank (main) &&
        is_smaller (profile, main) && (best == NULL || is_smaller (best, profile)))
      best = profile;
  }
  return best;
}

static CgOnvifProfile *
find_token (const GPtrArray *profiles, const char *token)
{
  for (guint i = 0; i < profiles->len; i++) {
    CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (strcmp (profile->token, token) == 0)
      return profile;
  }
  return NULL;
}

static void
fill_text (char **member, const char *other)
{
  if ((*member == NULL || (*member)[0] == '\0') && other != NULL) {
    g_free (*member);
    *member = g_strdup (other);
  }
}

static void
fill_number (guint *member, guint other)
{
  if (*member == 0)
    *member = other;
}

static void
fill (CgOnvifProfile *self, const CgOnvifProfile *other)
{
  fill_text (&self->name, other->name);
  fill_text (&self->video_source, other->video_source);
  fill_text (&self->ptz_configuration, other->ptz_configuration);
  fill_text (&self->ptz_node, other->ptz_node);
  fill_text (&self->encoding, other->encoding);
  fill_text (&self->audio_encoding, other->audio_encoding);
  fill_number (&self->width, other->width);
  fill_number (&self->height, other->height);
  fill_number (&self->bitrate_kbps, other->bitrate_kbps);
  fill_number (&self->gop, other->gop);
  self->fps = self->fps > 0 ? self->fps : other->fps;
}

/**
 * cg_onvif_profiles_merge:
 * @profiles: (element-type CgOnvifProfile): what one media service told
 * @others: (element-type CgOnvifProfile): what another one of the same camera told
 *
 * The same token is the same profile (Q28): what @profiles lack of it is taken from @others, what
 * both tell stays. Profiles that are in @others alone come behind.
 */
void
cg_onvif_profiles_merge (GPtrArray *profiles, const GPtrArray *others)
{
  for (guint i = 0; i < others->len; i++) {
    const CgOnvifProfile *other = g_ptr_array_index (others, i);
    CgOnvifProfile *same = find_token (profiles, other->token);

    if (same != NULL)
      fill (same, other);
    else
      g_ptr_array_add (profiles, cg_onvif_profile_copy (other));
  }
}
