/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-media.h"

#include <string.h>

#include "cg-onvif-media-private.h"
#include "cg-onvif-session-private.h"

/* In the order in which they are asked: media 2 knows H.265 (Q28). */
static const CgOnvifMediaService *const services[] = {&cg_onvif_media2, &cg_onvif_media1};

/* Errors after which the other service may answer all the same (Q28, Q44). */
static gboolean
may_ask_other (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NOT_PERMITTED) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
}

/* Keeps the first reason: it is that of the service we would rather have had. */
static void
keep_first (GError **kept, GError *reason)
{
  if (*kept == NULL)
    *kept = reason;
  else
    g_error_free (reason);
}

static void
note_homes (GHashTable *homes, const GPtrArray *profiles, CgOnvifService service)
{
  for (guint i = 0; i < profiles->len; i++) {
    const CgOnvifProfile *profile = g_ptr_array_index (profiles, i);

    if (!g_hash_table_contains (homes, profile->token))
      g_hash_table_insert (homes, g_strdup (profile->token), GUINT_TO_POINTER (service));
  }
}

/* What GetProfiles has brought so far. */
typedef struct {
  GPtrArray *profiles;  /* (owned) (nullable) */
  GHashTable *homes;    /* (owned) */
  GError *kept;         /* (owned) (nullable) why the first one failed */
  guint told;           /* bits of CgOnvifMediaKnown */
  gboolean is_doubtful; /* one failed that may not fail the next time */
} Asking;

static void
asking_clear (Asking *self)
{
  g_clear_pointer (&self->profiles, g_ptr_array_unref);
  g_hash_table_unref (self->homes);
  g_clear_error (&self->kept);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asking, asking_clear)

static guint
get_bit (const CgOnvifMediaService *media)
{
  return media->service == CG_ONVIF_SERVICE_MEDIA2 ? CG_ONVIF_MEDIA_2 : CG_ONVIF_MEDIA_1;
}

/* Asks one service and adds what it tells. Whether to go on with the other one. */
static gboolean
ask_profiles (CgOnvifSpan *span, const CgOnvifMediaService *media, Asking *asking)
{
  GError *reason = NULL;
  g_autoptr (GPtrArray) told = media->get_profiles (span, &reason);

  if (told == NULL) {
    const gboolean go_on = may_ask_other (reason);

    asking->is_doubtful |= !g_error_matches (reason, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
    keep_first (&asking->kept, reason);
    return go_on;
  }
  asking->told |= get_bit (media);
  note_homes (asking->homes, told, media->service);
  if (asking->profiles == NULL)
    asking->profiles = g_steal_pointer (&told);
  else
    cg_onvif_profiles_merge (asking->profiles, told);
  return TRUE;
}

/* Those that are known to answer, or those that are not. Whether to go on. */
static gboolean
ask_told (CgOnvifSpan *span, Asking *asking, gboolean is_known)
{
  gboolean go_on = TRUE;

  for (guint i = 0; go_on && i < G_N_ELEMENTS (services); i++) {
    const gboolean answers =
        span->media == CG_ONVIF_MEDIA_UNKNOWN || (span->media & get_bit (services[i])) != 0;

    if (span->xaddrs[services[i]->service] != NULL && answers == is_known)
      go_on = ask_profiles (span, services[i], asking);
  }
  return go_on;
}

/* None of those it tells of would answer: those it does not tell of are tried (Q44). */
static void
ask_untold (CgOnvifSpan *span, Asking *asking)
{
  for (guint i = 0; asking->profiles == NULL && i < G_N_ELEMENTS (services); i++) {
    const CgOnvifService service = services[i]->service;

    if (span->xaddrs[service] != NULL)
      continue;
    cg_onvif_session_guess (span, service);
    ask_profiles (span, services[i], asking);
    if (asking->profiles == NULL)
      cg_onvif_session_drop_guess (span, service);
  }
}

/**
 * cg_onvif_media_known_get_word:
 * @known: services
 *
 * Returns: their name in state files
 */
const char *
cg_onvif_media_known_get_word (CgOnvifMediaKnown known)
{
  static const char *const words[] = {"unknown", "media1", "media2", "both"};

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CG_ONVIF_N_MEDIA_KNOWN);
  return words[known];
}

/**
 * cg_onvif_media_get_profiles_in_thread:
 * @self: a session
 * @error: return location
 *
 * GetProfiles of media 2, then of media 1, merged (Q28): Media 2 Service Specification and Media
 * Service Specification, 5.2.2 "GetProfiles". One that fails is made up for by the other, and is
 * not asked again as long as that one answers. Profiles without a token are left out: nothing can
 * be asked about them.
 *
 * Returns: (transfer full) (element-type CgOnvifProfile) (nullable): the profiles, in their order
 */
GPtrArray *
cg_onvif_media_get_profiles_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  g_auto (Asking) asking = {.homes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL)};

  if (!cg_onvif_session_connect_in_thread (self, error))
    return NULL;
  gboolean go_on = ask_told (span, &asking, TRUE);
  if (go_on && asking.profiles == NULL)
    go_on = ask_told (span, &asking, FALSE);
  if (go_on)
    ask_untold (span, &asking);
  if (asking.profiles == NULL) {
    g_propagate_error (error, g_steal_pointer (&asking.kept));
    return NULL;
  }
  if (!asking.is_doubtful)
    self->media = (CgOnvifMediaKnown)asking.told;
  g_hash_table_unref (self->homes);
  self->homes = g_hash_table_ref (asking.homes);
  return g_steal_pointer (&asking.profiles);
}

/* The services worth asking about a profile: that which told it first. How many. */
static guint
order_services (CgOnvifSession *self, const char *profile_token, const CgOnvifMediaService **order)
{
  gpointer home = NULL;
  guint n = 0;

  const gboolean is_known = g_hash_table_lookup_extended (self->homes, profile_token, NULL, &home);
  for (guint i = 0; i < G_N_ELEMENTS (services); i++) {
    const CgOnvifService service = services[i]->service;

    if (self->xaddrs[service] == NULL)
      continue;
    order[n++] = services[i];
    if (n == 2 && is_known && GPOINTER_TO_UINT (home) == service) {
      order[1] = order[0];
      order[0] = services[i];
    }
  }
  return n;
}

static gboolean
is_stream_uri (const char *uri)
{
  return g_ascii_strncasecmp (uri, "rtsp", strlen ("rtsp")) == 0;
}

static gboolean
is_snapshot_uri (const char *uri)
{
  return g_ascii_strncasecmp (uri, "http", strlen ("http")) == 0 || uri[0] == '/';
}

/* One question that is answered by an address. */
typedef struct {
  const char *name;
  gsize offset; /* of the function in CgOnvifMediaService */
  gboolean (*is_usable) (const char *uri);
} AddressQuestion;

typedef char *(*GetAddress) (CgOnvifSpan *span, const char *profile_token, GError **error);

static char *
ask_address (CgOnvifSpan *span,
             const CgOnvifMediaService *media,
             const AddressQuestion *question,
             const char *profile_token,
             GError **error)
{
  const GetAddress *get = (const GetAddress *)((const char *)media + question->offset);
  g_autofree char *uri = (*get) (span, profile_token, error);

  if (uri == NULL)
    return NULL;
  g_strstrip (uri);
  if (question->is_usable (uri))
    return g_steal_pointer (&uri);
  g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "%s: no usable address for profile %s",
               question->name, profile_token);
  return NULL;
}

static char *
get_address (CgOnvifSpan *span,
             const AddressQuestion *question,
             const char *profile_token,
             GError **error)
{
  const CgOnvifMediaService *order[G_N_ELEMENTS (services)];
  GError *kept = NULL;
  char *uri = NULL;

  if (!cg_onvif_session_connect_in_thread (span, error))
    return NULL;
  const guint n = order_services (span, profile_token, order);
  for (guint i = 0; uri == NULL && i < n; i++) {
    GError *reason = NULL;

    if (i > 0 && !may_ask_other (kept))
      break;
    uri = ask_address (span, order[i], question, profile_token, &reason);
    if (reason != NULL)
      keep_first (&kept, reason);
  }
  if (uri != NULL)
    g_clear_error (&kept);
  else if (kept != NULL)
    g_propagate_error (error, kept);
  else
    g_set_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED, "%s: the camera has no media service",
                 question->name);
  return uri;
}

/**
 * cg_onvif_media_get_stream_uri_in_thread:
 * @self: a session
 * @profile_token: a profile
 * @error: return location
 *
 * GetStreamUri for RTSP unicast, from the service that told of the profile, else from the other:
 * Media Service Specification, 5.15.1 "GetStreamUri". The host is the one we reached the camera on
 * (Q7, Q29), and there is no login in it (Q26).
 *
 * Returns: (transfer full) (nullable): an rtsp address
 */
char *
cg_onvif_media_get_stream_uri_in_thread (CgOnvifSession *self,
                                         const char *profile_token,
                                         GError **error)
{
  static const AddressQuestion question = {
      "GetStreamUri", G_STRUCT_OFFSET (CgOnvifMediaService, get_stream_uri), is_stream_uri};
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  g_autofree char *uri = get_address (span, &question, profile_token, error);

  return uri != NULL ? cg_onvif_span_repair_stream_uri (span, uri) : NULL;
}

/**
 * cg_onvif_media_get_snapshot_uri_in_thread:
 * @self: a session
 * @profile_token: a profile
 * @error: return location
 *
 * GetSnapshotUri: Media Service Specification, 5.16.1 "GetSnapshotUri". The host is the one we
 * reached the camera on (Q7), and there is no login in it (Q26).
 *
 * Returns: (transfer full) (nullable): an http or https address
 */
char *
cg_onvif_media_get_snapshot_uri_in_thread (CgOnvifSession *self,
                                           const char *profile_token,
                                           GError **error)
{
  static const AddressQuestion question = {
      "GetSnapshotUri", G_STRUCT_OFFSET (CgOnvifMediaService, get_snapshot_uri), is_snapshot_uri};
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  g_autofree char *uri = get_address (span, &question, profile_token, error);

  return uri != NULL ? cg_onvif_address_repair_snapshot (
                           uri, self->repair_addresses ? self->told_device : uri,
                           self->repair_addresses ? self->xaddrs[CG_ONVIF_SERVICE_DEVICE] : uri)
                     : NULL;
}

/**
 * cg_onvif_media_set_synchronization_point_in_thread:
 * @self: a session
 * @profile_token: a profile
 * @error: return location
 *
 * Asks for a key frame (Q13): Media Service Specification, 5.18.1 "SetSynchronizationPoint".
 *
 * Returns: whether the camera has agreed
 */
gboolean
cg_onvif_media_set_synchronization_point_in_thread (CgOnvifSession *self,
                                                    const char *profile_token,
                                                    GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  const CgOnvifMediaService *order[G_N_ELEMENTS (services)];
  g_autoptr (GError) reason = NULL;

  if (!cg_onvif_session_connect_in_thread (self, error))
    return FALSE;
  const guint n = order_services (self, profile_token, order);
  for (guint i = 0; i < n; i++) {
    g_clear_error (&reason);
    if (order[i]->set_synchronization_point (span, profile_token, &reason))
      return TRUE;
    if (!may_ask_other (reason))
      break;
  }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}
