/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-registrar.h"

#include "cg-main.h"
#include "cg-member.h"
#include "cg-registration.h"

struct _CgRegistrar {
  GObject parent_instance;

  CgFleet *fleet;     /* (owned) */
  CgConfig *config;   /* (owned) */
  CgClock *clock;     /* (owned) */
  GHashTable *things; /* (owned) (element-type utf8 CgThing): by did */
  gboolean link_up;
};

/* One did that registers: the gateway, or a camera that was in contact once. */
typedef struct {
  CgRegistrar *registrar; /* owns this */
  char *did;              /* (owned) */
  GBytes *said;           /* (owned) (nullable): its last registration */
  char *firmware;         /* (owned) (nullable): of a camera, as it told it last */
  CgRegistration registration;
  GSource *timer; /* (owned) (nullable): the next try, or the renewal */
} CgThing;

G_DEFINE_FINAL_TYPE (CgRegistrar, cg_registrar, G_TYPE_OBJECT)

enum { SEND, REGISTERED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
thing_free (CgThing *thing)
{
  cg_clear_source (&thing->timer);
  cg_registration_clear (&thing->registration);
  g_clear_pointer (&thing->said, g_bytes_unref);
  g_free (thing->firmware);
  g_free (thing->did);
  g_free (thing);
}

static void
cg_registrar_dispose (GObject *object)
{
  CgRegistrar *self = CG_REGISTRAR (object);

  g_hash_table_remove_all (self->things);
  g_clear_object (&self->fleet);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_registrar_parent_class)->dispose (object);
}

static void
cg_registrar_finalize (GObject *object)
{
  CgRegistrar *self = CG_REGISTRAR (object);

  g_clear_pointer (&self->things, g_hash_table_unref);
  g_clear_pointer (&self->config, cg_config_unref);
  G_OBJECT_CLASS (cg_registrar_parent_class)->finalize (object);
}

static void
cg_registrar_class_init (CgRegistrarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cg_registrar_dispose;
  object_class->finalize = cg_registrar_finalize;
  signals[SEND] = g_signal_new ("send", CG_TYPE_REGISTRAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BYTES);
  signals[REGISTERED] = g_signal_new ("registered", CG_TYPE_REGISTRAR, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cg_registrar_init (CgRegistrar *self)
{
  self->things = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)thing_free);
}

static gboolean
is_gateway (CgRegistrar *self, const char *did)
{
  return g_strcmp0 (did, self->config->gateway.did) == 0;
}

static JsonObject *
describe_gateway (CgRegistrar *self)
{
  GPtrArray *cameras = cg_fleet_list (self->fleet);
  JsonObject *data = json_object_new ();
  JsonArray *nodes = json_array_new ();
  JsonObject *version = json_object_new ();
  g_autofree char *updated = g_strdup_printf ("%" G_GINT64_FORMAT, self->config->updated);

  for (guint i = 0; i < cameras->len; i++)
    json_array_add_string_element (nodes, cg_camera_get_did (cameras->pdata[i]));
  json_object_set_array_member (data, "nodes", nodes);
  json_object_set_string_member (version, "firmware", CG_VERSION);
  json_object_set_string_member (version, "software", CG_VERSION);
  json_object_set_string_member (version, "config", updated);
  json_object_set_object_member (data, "version", version);
  cg_member_set_text (data, "iccid", self->config->gateway.iccid);
  cg_member_set_text (data, "imsi", self->config->gateway.imsi);
  return data;
}

/* One that is configured otherwise, and was not reached since, is what it was. */
static const char *
recall_firmware (CgRegistrar *self, CgCamera *camera)
{
  CgThing *thing = g_hash_table_lookup (self->things, cg_camera_get_did (camera));
  const char *firmware = cg_camera_get_firmware_version (camera);

  if (thing == NULL)
    return firmware;
  if (firmware != NULL && g_strcmp0 (firmware, thing->firmware) != 0) {
    g_free (thing->firmware);
    thing->firmware = g_strdup (firmware);
  }
  return thing->firmware;
}

static JsonObject *
describe_camera (CgRegistrar *self, CgCamera *camera)
{
  JsonObject *data = json_object_new ();
  JsonObject *version = json_object_new ();

  json_object_set_string_member (data, "gateway", self->config->gateway.did);
  cg_member_set_text (version, "firmware", recall_firmware (self, camera));
  json_object_set_object_member (data, "version", version);
  return data;
}

/* Returns: (transfer full) (nullable): what @did says of itself; NULL if there is no such did. */
static GBytes *
build_message (CgRegistrar *self, const char *did)
{
  g_autoptr (JsonObject) data = NULL;
  const char *secret = self->config->gateway.secret;
  CgCamera *camera;

  if (is_gateway (self, did)) {
    data = describe_gateway (self);
    return cg_message_build_register (did, secret, data);
  }
  camera = cg_fleet_lookup (self->fleet, did);
  if (camera == NULL)
    return NULL;
  if (cg_camera_get_config (camera)->secret != NULL)
    secret = cg_camera_get_config (camera)->secret;
  data = describe_camera (self, camera);
  return cg_message_build_register (did, secret, data);
}

static void ask (CgThing *thing);

static gboolean
on_timer (gpointer user_data)
{
  CgThing *thing = user_data;

  cg_clear_source (&thing->timer);
  ask (thing);
  return G_SOURCE_REMOVE;
}

static void
arm (CgThing *thing, gint64 delay_ms)
{
  cg_clear_source (&thing->timer);
  thing->timer = cg_clock_add_timeout (thing->registrar->clock, delay_ms, on_timer, thing);
}

/* Asks, and again until there is an answer. Without a link, or when it has gone, it waits. */
static void
ask (CgThing *thing)
{
  CgRegistrar *self = thing->registrar;
  g_autoptr (GBytes) message = build_message (self, thing->did);
  const guint retry_max_s = self->config->cloud.register_retry_max_s;

  if (!self->link_up || message == NULL)
    return;
  g_clear_pointer (&thing->said, g_bytes_unref);
  thing->said = g_bytes_ref (message);
  arm (thing, cg_registration_ask (&thing->registration, retry_max_s));
  g_debug ("registering %s, try %u", thing->did, thing->registration.attempt);
  g_signal_emit (self, signals[SEND], 0, thing->did, message);
}

/* Registers @did unless it is registered, or being registered, as what it is now. */
static void
ensure (CgRegistrar *self, const char *did)
{
  CgThing *thing = g_hash_table_lookup (self->things, did);
  g_autoptr (GBytes) message = build_message (self, did);

  if (thing == NULL) {
    thing = g_new0 (CgThing, 1);
    thing->registrar = self;
    thing->did = g_strdup (did);
    g_hash_table_insert (self->things, thing->did, thing);
  }
  if (thing->timer == NULL || message == NULL || !g_bytes_equal (message, thing->said))
    ask (thing);
}

static gboolean
is_gone (gpointer did, gpointer thing, gpointer user_data)
{
  CgRegistrar *self = user_data;

  return !is_gateway (self, did) && cg_fleet_lookup (self->fleet, did) == NULL;
}

static void
ensure_all (CgRegistrar *self)
{
  GPtrArray *cameras = cg_fleet_list (self->fleet);

  g_hash_table_foreach_remove (self->things, is_gone, self);
  ensure (self, self->config->gateway.did);
  for (guint i = 0; i < cameras->len; i++) {
    const char *did = cg_camera_get_did (cameras->pdata[i]);

    if (cg_camera_is_contacted (cameras->pdata[i]) || g_hash_table_contains (self->things, did))
      ensure (self, did);
  }
}

static void
on_contact_changed (CgFleet *fleet, CgCamera *camera, CgRegistrar *self)
{
  if (cg_camera_is_contacted (camera))
    ensure (self, cg_camera_get_did (camera));
}

static void
on_cameras_changed (CgFleet *fleet, CgRegistrar *self)
{
  ensure_all (self);
}

/**
 * cg_registrar_new:
 * @fleet: the cameras
 * @config: secrets and the gateway
 * @clock: the time
 *
 * Returns: (transfer full): a registrar that waits for its link
 */
CgRegistrar *
cg_registrar_new (CgFleet *fleet, CgConfig *config, CgClock *clock)
{
  CgRegistrar *self = g_object_new (CG_TYPE_REGISTRAR, NULL);

  self->fleet = g_object_ref (fleet);
  self->config = cg_config_ref (config);
  self->clock = g_object_ref (clock);
  g_signal_connect_object (fleet, "camera-contact-changed", G_CALLBACK (on_contact_changed), self,
                           0);
  g_signal_connect_object (fleet, "cameras-changed", G_CALLBACK (on_cameras_changed), self, 0);
  return self;
}

/**
 * cg_registrar_set_config:
 * @self: a registrar
 * @config: what is configured from now on
 *
 * It holds from #CgFleet::cameras-changed on, which follows: then whoever says something else of
 * itself is registered again, once, with the cameras that are bound by then.
 */
void
cg_registrar_set_config (CgRegistrar *self, CgConfig *config)
{
  g_return_if_fail (CG_IS_REGISTRAR (self));
  CG_ON_MAIN ();

  cg_config_ref (config);
  cg_config_unref (self->config);
  self->config = config;
}

static void
forget_thing (gpointer did, gpointer value, gpointer user_data)
{
  CgThing *thing = value;

  cg_clear_source (&thing->timer);
  cg_registration_clear (&thing->registration);
  thing->registration = (CgRegistration){0};
}

/**
 * cg_registrar_forget:
 * @self: a registrar without a link
 *
 * What was granted counts no more: another cloud may be at the other end.
 */
void
cg_registrar_forget (CgRegistrar *self)
{
  g_return_if_fail (CG_IS_REGISTRAR (self));
  g_return_if_fail (!self->link_up);
  CG_ON_MAIN ();

  g_hash_table_foreach (self->things, forget_thing, NULL);
}

static void
wait_for_link (gpointer did, gpointer value, gpointer user_data)
{
  CgRegistrar *self = user_data;
  CgThing *thing = value;
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);

  if (thing->registration.open > 0 || !cg_registration_is_valid (&thing->registration, now_ms))
    cg_clear_source (&thing->timer);
  cg_registration_lose_link (&thing->registration);
}

/**
 * cg_registrar_set_link:
 * @self: a registrar
 * @up: whether what it sends goes out
 *
 * Registers whoever is not registered when the link comes. What was granted outlives the link.
 */
void
cg_registrar_set_link (CgRegistrar *self, gboolean up)
{
  g_return_if_fail (CG_IS_REGISTRAR (self));
  CG_ON_MAIN ();

  if (self->link_up == up)
    return;
  self->link_up = up;
  if (up)
    ensure_all (self);
  else
    g_hash_table_foreach (self->things, wait_for_link, self);
}

/**
 * cg_registrar_take_answer:
 * @self: a registrar
 * @message: one of class %CG_MESSAGE_REGISTER
 *
 * Returns: whether it answers something that was asked; what was not asked is ignored
 */
gboolean
cg_registrar_take_answer (CgRegistrar *self, const CgMessage *message)
{
  const char *did = cg_message_get_did (message);
  CgThing *thing;
  gint64 renew_in_ms;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (CG_IS_REGISTRAR (self), FALSE);
  CG_ON_MAIN ();

  thing = g_hash_table_lookup (self->things, did);
  if (thing == NULL || thing->registration.open == 0) {
    g_debug ("unasked registration of %s ignored", did);
    return FALSE;
  }
  if (!cg_registration_take_answer (&thing->registration, cg_message_get_root (message),
                                    cg_clock_get_monotonic_ms (self->clock), &renew_in_ms,
                                    &error)) {
    g_warning ("registration of %s refused: %s", did, error->message);
    return TRUE;
  }
  g_info ("%s is registered, renewal in %" G_GINT64_FORMAT " s", did, renew_in_ms / 1000);
  arm (thing, renew_in_ms);
  g_signal_emit (self, signals[REGISTERED], 0, thing->did);
  return TRUE;
}

/**
 * cg_registrar_is_registered:
 * @self: a registrar
 * @did: the gateway or a camera
 *
 * Returns: whether it is registered now: whether its events and streams may go out
 */
gboolean
cg_registrar_is_registered (CgRegistrar *self, const char *did)
{
  CgThing *thing = g_hash_table_lookup (self->things, did);

  return thing != NULL &&
         cg_registration_is_valid (&thing->registration, cg_clock_get_monotonic_ms (self->clock));
}

/**
 * cg_registrar_get_token:
 * @self: a registrar
 * @did: the gateway or a camera
 *
 * Returns: (nullable): the token of its registration; %NULL also for one that was given none
 */
const char *
cg_registrar_get_token (CgRegistrar *self, const char *did)
{
  CgThing *thing = g_hash_table_lookup (self->things, did);

  return thing == NULL ? NULL : thing->registration.token;
}
