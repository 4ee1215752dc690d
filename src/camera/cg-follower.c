/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-follower.h"

#include "cg-backoff.h"
#include "cg-identity.h"
#include "cg-main.h"
#include "cg-onvif-address.h"
#include "cg-state-file.h"

/* Longest pause between two searches for a camera that stays away. */
#define SEARCH_MAX_MS (5 * 60 * 1000)

struct _CgFollower {
  GObject parent_instance;

  CgFinder *finder;
  CgStateFile *file;
  CgClock *clock;
  char *did;
  CgIdentity *identity;
  char *address; /* where it is, or was last */
  char *reached; /* (nullable) URL of its device service at the last contact */

  gboolean is_proven; /* its serial number is the one we know */
  GError *wrong;      /* (nullable): its endpoint is not; it has no serial number */
  gboolean lost;
  gboolean has_hint; /* a hello is being looked into */
  CgBackoff backoff;
  GSource *next;             /* the next search */
  GCancellable *cancellable; /* of what is under way */
};

enum { SIGNAL_MOVED, SIGNAL_LEFT, SIGNAL_WRONG, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgFollower, cg_follower, G_TYPE_OBJECT)

static void
save (CgFollower *self)
{
  g_autoptr (JsonNode) node = cg_identity_to_json (self->identity);

  cg_state_file_save (self->file, node);
}

static void
load (CgFollower *self, const char *configured)
{
  g_autoptr (JsonNode) node = cg_state_file_load (self->file);

  self->identity = cg_identity_from_json (node, configured);
  self->address = g_strdup (self->identity->address != NULL ? self->identity->address : configured);
}

/* Takes over what is new. Returns whether it is. */
static gboolean
note (char **member, const char *value)
{
  if (value == NULL || value[0] == '\0' || g_strcmp0 (*member, value) == 0)
    return FALSE;
  g_free (*member);
  *member = g_strdup (value);
  return TRUE;
}

static void
forget_operations (CgFollower *self)
{
  cg_clear_source (&self->next);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static guint16
find_port (const char *address)
{
  g_autofree char *url = cg_onvif_address_normalise (address, NULL);
  g_autoptr (CgOnvifAddress) parsed = url != NULL ? cg_onvif_address_parse (url, NULL) : NULL;

  return parsed != NULL ? parsed->port : 0;
}

static char *
find_host (const char *address)
{
  g_autofree char *url = cg_onvif_address_normalise (address, NULL);
  g_autoptr (CgOnvifAddress) parsed = url != NULL ? cg_onvif_address_parse (url, NULL) : NULL;

  return parsed != NULL ? g_strdup (parsed->host) : NULL;
}

/* As people write it; port and channel 0: none. */
static char *
join (const char *host, guint16 port, guint channel)
{
  g_autofree char *port_text = port != 0 ? g_strdup_printf (":%u", port) : NULL;
  g_autofree char *channel_text = channel != 0 ? g_strdup_printf ("/%u", channel) : NULL;
  GString *address = g_string_new (host);

  g_string_append (address, port_text != NULL ? port_text : "");
  g_string_append (address, channel_text != NULL ? channel_text : "");
  return g_string_free (address, FALSE);
}

/* Where a camera that was found is: its own word when it names the address from which it spoke;
 * else there, at the port it had before. */
static char *
choose_address (CgFollower *self, const CgOnvifDiscovered *found)
{
  const guint channel = cg_onvif_address_get_channel (self->identity->configured);

  for (guint i = 0; found->xaddrs != NULL && found->xaddrs[i] != NULL; i++) {
    g_autofree char *host = find_host (found->xaddrs[i]);

    if (g_strcmp0 (host, found->address) != 0)
      continue;
    return channel == 0 ? cg_onvif_address_normalise (found->xaddrs[i], NULL)
                        : join (host, find_port (found->xaddrs[i]), channel);
  }
  return join (found->address, self->reached != NULL ? find_port (self->reached) : 0, channel);
}

/* One that is found where it was looked for all the time keeps the name that it has. */
static gboolean
is_elsewhere (CgFollower *self, const char *address)
{
  const char *now = self->reached != NULL ? self->reached : self->address;
  g_autofree char *host = find_host (address);
  g_autofree char *host_now = find_host (now);

  return g_strcmp0 (host, host_now) != 0 || find_port (address) != find_port (now);
}

static void
move_to (CgFollower *self, const char *address)
{
  CgIdentity *identity = self->identity;
  const gboolean is_home = g_str_equal (address, identity->configured);

  g_message ("%s: is looked for at %s, not at %s", self->did, address, self->address);
  g_free (self->address);
  self->address = g_strdup (address);
  g_clear_pointer (&self->reached, g_free);
  g_free (identity->address);
  identity->address = is_home ? NULL : g_strdup (address);
  save (self);
}

static void
take_found (CgFollower *self, const CgOnvifDiscovered *found)
{
  g_autofree char *address = choose_address (self, found);

  if (is_elsewhere (self, address))
    move_to (self, address);
  g_signal_emit (self, signals[SIGNAL_MOVED], 0);
}

static gboolean search (gpointer user_data);

static void
plan_search (CgFollower *self, guint delay_ms)
{
  cg_clear_source (&self->next);
  self->next = cg_clock_add_timeout (self->clock, delay_ms, search, self);
}

/* A camera that is nowhere is waited for where it belongs. */
static void
take_nothing (CgFollower *self)
{
  if (g_str_equal (self->address, self->identity->configured))
    return;
  move_to (self, self->identity->configured);
  g_signal_emit (self, signals[SIGNAL_MOVED], 0);
}

static gboolean
is_given_up (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_CANCELLED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
on_searched (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgFollower) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = cg_finder_search_finish (CG_FINDER (object), result, &error);

  if (!self->lost || is_given_up (error))
    return;
  plan_search (self, cg_backoff_next_ms (&self->backoff, NULL));
  if (all == NULL) {
    g_warning ("%s: cannot be looked for now: %s", self->did, error->message);
    return;
  }
  const CgOnvifDiscovered *found = cg_identity_find (self->identity, all);
  if (found != NULL)
    take_found (self, found);
  else
    take_nothing (self);
}

static gboolean
search (gpointer user_data)
{
  CgFollower *self = user_data;
  g_autofree char *home = find_host (self->identity->configured);

  cg_clear_source (&self->next);
  g_info ("%s: is looked for", self->did);
  cg_finder_search_async (self->finder, home, self->cancellable, on_searched, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* Who answered from @address; of several cameras there, the one at our port. */
static const CgOnvifDiscovered *
find_at (CgFollower *self, const GPtrArray *all, const char *address)
{
  const CgOnvifDiscovered *match = NULL;
  guint count = 0;
  guint exact = 0;

  for (guint i = 0; i < all->len; i++) {
    const CgOnvifDiscovered *found = all->pdata[i];
    g_autofree char *service = cg_onvif_discovered_get_service_address (found);

    if (g_strcmp0 (found->address, address) != 0)
      continue;
    const gboolean is_exact = find_port (service) == find_port (self->reached);
    if (is_exact || exact == 0)
      match = found;
    exact += is_exact ? 1 : 0;
    count++;
  }
  return exact == 1 || (exact == 0 && count == 1) ? match : NULL;
}

static void
learn_endpoint (CgFollower *self, const CgOnvifDiscovered *found)
{
  const gboolean was_wrong = self->wrong != NULL;

  g_clear_error (&self->wrong);
  if (!self->is_proven &&
      !cg_identity_check_endpoint (self->identity, found->endpoint, &self->wrong)) {
    g_signal_emit (self, signals[SIGNAL_WRONG], 0, self->wrong);
    return;
  }
  if (was_wrong)
    g_signal_emit (self, signals[SIGNAL_MOVED], 0);
  const gboolean has_new_endpoint = note (&self->identity->endpoint, found->endpoint);
  if (note (&self->identity->mac, found->mac) || has_new_endpoint)
    save (self);
}

static void
on_identified (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgFollower) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = cg_finder_search_finish (CG_FINDER (object), result, &error);

  if (all == NULL || self->reached == NULL)
    return;
  g_autofree char *address = find_host (self->reached);
  const CgOnvifDiscovered *found = find_at (self, all, address);
  if (found != NULL)
    learn_endpoint (self, found);
}

/* What a camera tells by ONVIF does not name its endpoint: discovery does. */
static void
identify (CgFollower *self)
{
  g_autofree char *host = self->reached != NULL ? find_host (self->reached) : NULL;

  if (host == NULL || !cg_finder_may_follow (self->finder))
    return;
  cg_finder_search_async (self->finder, host, self->cancellable, on_identified,
                          g_object_ref (self));
}

static void
on_hint_searched (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CG_FOLLOWER (user_data)->has_hint = FALSE;
  on_searched (object, result, user_data);
}

/* Anybody may say hello in our camera's name. Where we ask for it anyway that costs nothing;
 * anywhere else it is no more than a hint to look there: what answers a question of ours is found,
 * and is shown a login only then. */
static void
take_hello (CgFollower *self, const CgOnvifDiscovered *found)
{
  g_autofree char *address = choose_address (self, found);

  if (!is_elsewhere (self, address)) {
    g_signal_emit (self, signals[SIGNAL_MOVED], 0);
    return;
  }
  if (self->has_hint)
    return;
  self->has_hint = TRUE;
  g_info ("%s: says to be at %s", self->did, found->address);
  cg_finder_search_async (self->finder, found->address, self->cancellable, on_hint_searched,
                          g_object_ref (self));
}

static void
on_heard (CgFinder *finder, gpointer camera, gboolean is_leaving, CgFollower *self)
{
  const CgOnvifDiscovered *found = camera;

  if (!cg_finder_may_follow (finder) || g_strcmp0 (found->endpoint, self->identity->endpoint) != 0)
    return;
  if (self->lost && !is_leaving)
    take_hello (self, found);
  else if (!self->lost)
    g_signal_emit (self, signals[SIGNAL_LEFT], 0);
}

static void
cg_follower_dispose (GObject *object)
{
  CgFollower *self = CG_FOLLOWER (object);

  cg_follower_close (self);
  if (self->finder != NULL)
    g_signal_handlers_disconnect_by_data (self->finder, self);
  g_clear_object (&self->finder);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_follower_parent_class)->dispose (object);
}

static void
cg_follower_finalize (GObject *object)
{
  CgFollower *self = CG_FOLLOWER (object);

  cg_identity_free (self->identity);
  g_clear_error (&self->wrong);
  g_object_unref (self->cancellable);
  g_free (self->did);
  cg_state_file_free (self->file);
  g_free (self->address);
  g_free (self->reached);
  G_OBJECT_CLASS (cg_follower_parent_class)->finalize (object);
}

static void
cg_follower_class_init (CgFollowerClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cg_follower_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_follower_finalize;
  signals[SIGNAL_MOVED] =
      g_signal_new ("moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LEFT] =
      g_signal_new ("left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WRONG] = g_signal_new ("wrong", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cg_follower_init (CgFollower *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * cg_follower_new:
 * @finder: looks round in the network
 * @store: (nullable): where the identity survives a restart
 * @clock: for pauses
 * @config: of the camera, which has an address
 *
 * Returns: (transfer full): one camera's identity and place
 */
CgFollower *
cg_follower_new (CgFinder *finder, CgStore *store, CgClock *clock, const CgCameraConfig *config)
{
  CgFollower *self = g_object_new (CG_TYPE_FOLLOWER, NULL);

  g_return_val_if_fail (config->address != NULL, self);
  self->finder = g_object_ref (finder);
  self->file = cg_state_file_new (store, "identity", config->did, "what it is known by");
  self->clock = g_object_ref (clock);
  self->did = g_strdup (config->did);
  load (self, config->address);
  g_signal_connect_object (finder, "heard", G_CALLBACK (on_heard), self, 0);
  return self;
}

/**
 * cg_follower_close:
 * @self: a follower
 *
 * Follows no more, until the next cg_follower_arrive().
 */
void
cg_follower_close (CgFollower *self)
{
  self->lost = FALSE;
  forget_operations (self);
}

/**
 * cg_follower_get_address:
 * @self: a follower
 *
 * Returns: (transfer none): where the camera is, as far as is known: the configured address, or
 *   where it was found since
 */
const char *
cg_follower_get_address (CgFollower *self)
{
  return self->address;
}

/**
 * cg_follower_arrive:
 * @self: a follower
 * @contact: what answered at the address
 * @error: return location for a %CG_ERROR_WRONG_DEVICE
 *
 * Checks that it is our camera (Q16), and learns what it is known by; the endpoint reference only
 * a little later.
 *
 * Returns: whether it is our camera, or may be
 */
gboolean
cg_follower_arrive (CgFollower *self, const CgContact *contact, GError **error)
{
  const char *serial = contact->device != NULL ? contact->device->serial_number : NULL;

  CG_ON_MAIN ();
  if (!cg_identity_check_serial (self->identity, serial, error))
    return FALSE;
  if (contact->session != NULL)
    note (&self->reached, cg_onvif_session_get_address (contact->session));
  self->is_proven = serial != NULL && self->identity->serial != NULL;
  if (self->wrong != NULL && !self->is_proven) {
    identify (self);
    g_propagate_error (error, g_error_copy (self->wrong));
    return FALSE;
  }
  self->lost = FALSE;
  forget_operations (self);
  if (note (&self->identity->serial, serial))
    save (self);
  if (self->identity->endpoint == NULL || !self->is_proven)
    identify (self);
  return TRUE;
}

/**
 * cg_follower_lose:
 * @self: a follower
 *
 * The camera does not answer at its address. When it stays away it is looked for, again and again
 * with growing pauses.
 */
void
cg_follower_lose (CgFollower *self)
{
  CG_ON_MAIN ();
  if (self->lost || !cg_finder_may_follow (self->finder) || !cg_identity_is_known (self->identity))
    return;
  self->lost = TRUE;
  const guint after_ms = cg_finder_get_search_after_ms (self->finder);
  self->backoff = (CgBackoff)CG_BACKOFF_INIT (after_ms, MAX (after_ms, SEARCH_MAX_MS));
  plan_search (self, after_ms);
}
