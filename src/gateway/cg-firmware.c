/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-firmware.h"

#include <glib/gstdio.h>
#include <string.h>

#include "cg-backoff.h"
#include "cg-error.h"
#include "cg-log.h"
#include "cg-main.h"

/* In the state folder. */
#define STATE_NAME "firmware"

/* A connection that is lost so often will not last for the whole file. */
#define MAX_TRIES 6
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 60000

#define MIB G_GUINT64_CONSTANT (1048576)
#define MD5_LENGTH 32

struct _CgFirmware {
  GObject parent_instance;

  CgStore *store;        /* (owned) */
  CgClock *clock;        /* (owned) */
  CgFirmwareConfig size; /* limits; the command is not used here */
  GHashTable *orders;    /* (owned) (element-type utf8 CgFirmwareOrder): the last one of each did */

  char *busy;         /* (owned) (nullable): did of the order that is under way */
  GCancellable *stop; /* (owned) (nullable): of the download */
  GSource *retry;     /* (owned) (nullable) */
  GRand *random;      /* (owned) */
  CgBackoff backoff;
  guint tries;
};

G_DEFINE_FINAL_TYPE (CgFirmware, cg_firmware, G_TYPE_OBJECT)

enum { CHANGED, INSTALL, RESUME, N_SIGNALS };

static guint signals[N_SIGNALS];

/**
 * cg_firmware_order_free:
 * @self: (transfer full): an order
 */
void
cg_firmware_order_free (CgFirmwareOrder *self)
{
  g_free (self->uri);
  g_free (self->md5);
  g_free (self->version);
  g_free (self);
}

static void
cg_firmware_dispose (GObject *object)
{
  CgFirmware *self = CG_FIRMWARE (object);

  cg_firmware_close (self);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_firmware_parent_class)->dispose (object);
}

static void
cg_firmware_finalize (GObject *object)
{
  CgFirmware *self = CG_FIRMWARE (object);

  g_hash_table_unref (self->orders);
  g_rand_free (self->random);
  g_free (self->busy);
  G_OBJECT_CLASS (cg_firmware_parent_class)->finalize (object);
}

static void
cg_firmware_class_init (CgFirmwareClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cg_firmware_dispose;
  object_class->finalize = cg_firmware_finalize;
  signals[CHANGED] = g_signal_new ("changed", CG_TYPE_FIRMWARE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
  signals[INSTALL] =
      g_signal_new ("install", CG_TYPE_FIRMWARE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[RESUME] = g_signal_new ("resume", CG_TYPE_FIRMWARE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
cg_firmware_init (CgFirmware *self)
{
  self->random = g_rand_new ();
  self->orders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify)cg_firmware_order_free);
}

/**
 * cg_firmware_new:
 * @store: where orders and files are kept
 * @clock: for pauses
 *
 * Returns: (transfer full): nothing is ordered until cg_firmware_open()
 */
CgFirmware *
cg_firmware_new (CgStore *store, CgClock *clock)
{
  CgFirmware *self = g_object_new (CG_TYPE_FIRMWARE, NULL);

  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * cg_firmware_apply:
 * @self: firmware
 * @config: limits for downloads that begin from now on
 */
void
cg_firmware_apply (CgFirmware *self, const CgFirmwareConfig *config)
{
  CG_ON_MAIN ();
  self->size = *config;
  self->size.command = NULL;
}

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cg_store_save_finish (CG_STORE (object), result, &error))
    g_warning ("%s", error->message);
}

static void
save (CgFirmware *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new ();
  GHashTableIter iter;
  gpointer did, value;

  g_hash_table_iter_init (&iter, self->orders);
  while (g_hash_table_iter_next (&iter, &did, &value)) {
    const CgFirmwareOrder *order = value;
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "uri", order->uri);
    json_object_set_string_member (object, "md5", order->md5);
    set_text (object, "version", order->version);
    json_object_set_int_member (object, "state", order->state);
    json_object_set_int_member (object, "result", order->result);
    json_object_set_object_member (root, did, object);
  }
  json_node_take_object (node, root);
  cg_store_save_async (self->store, STATE_NAME, node, NULL, callback, user_data);
}

static void
move_on (CgFirmware *self, const char *did, CgFirmwareState state, CgFirmwareResult result)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, did);

  order->state = state;
  order->result = result;
  save (self, on_saved, NULL);
  g_signal_emit (self, signals[CHANGED], 0, did, order);
}

/* Returns: (transfer full): where its file is, or what there is of it */
static char *
get_path (CgFirmware *self, const CgFirmwareOrder *order)
{
  g_autofree char *md5 = g_ascii_strdown (order->md5, -1);
  g_autofree char *name = g_strdup_printf ("firmware-%s.bin", md5);

  return g_build_filename (cg_store_get_dir (self->store), name, NULL);
}

/**
 * cg_firmware_end:
 * @self: firmware
 * @did: whose order is under way; others are ignored
 * @result: what became of it
 * @error: (nullable): why, for the log
 */
void
cg_firmware_end (CgFirmware *self, const char *did, CgFirmwareResult result, const GError *error)
{
  const CgFirmwareOrder *order = g_hash_table_lookup (self->orders, did);
  g_autofree char *path = NULL;
  g_autofree char *ended = NULL;

  CG_ON_MAIN ();
  if (order == NULL || g_strcmp0 (self->busy, did) != 0)
    return;
  if (error != NULL)
    g_warning ("firmware of %s: %s", did, error->message);
  else
    g_message ("firmware of %s: done", did);
  cg_clear_source (&self->retry);
  path = get_path (self, order);
  g_unlink (path);
  ended = g_steal_pointer (&self->busy);
  move_on (self, ended, CG_FIRMWARE_IDLE, result);
}

static void begin (CgFirmware *self);

static gboolean
on_retry (gpointer user_data)
{
  CgFirmware *self = user_data;

  cg_clear_source (&self->retry);
  begin (self);
  return G_SOURCE_REMOVE;
}

/* An installer may end us at once: by then it is known that it has begun. */
static void
on_ready (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgFirmware) self = user_data;
  CgFirmwareOrder *order =
      self->busy != NULL ? g_hash_table_lookup (self->orders, self->busy) : NULL;
  g_autofree char *did = g_strdup (self->busy);
  g_autofree char *path = NULL;
  g_autofree char *version = NULL;

  on_saved (object, result, NULL);
  if (order == NULL)
    return;
  path = get_path (self, order);
  version = g_strdup (order->version);
  g_signal_emit (self, signals[CHANGED], 0, did, order);
  g_signal_emit (self, signals[INSTALL], 0, did, path, version);
}

static void
install (CgFirmware *self)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, self->busy);

  order->state = CG_FIRMWARE_UPDATING;
  save (self, on_ready, g_object_ref (self));
}

static void
on_downloaded (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgFirmware) self = user_data;
  g_autoptr (GError) error = NULL;
  const CgFirmwareResult outcome = cg_download_run_finish (result, &error);
  const gboolean is_stopped = self->stop == NULL || g_cancellable_is_cancelled (self->stop);
  g_autofree char *did = g_strdup (self->busy);

  g_clear_object (&self->stop);
  if (is_stopped || did == NULL)
    return;
  if (outcome == CG_FIRMWARE_DONE) {
    move_on (self, did, CG_FIRMWARE_DOWNLOADED, CG_FIRMWARE_INITIAL);
    install (self);
  } else if (outcome == CG_FIRMWARE_LOST && ++self->tries < MAX_TRIES) {
    const guint pause_ms = cg_backoff_next_ms (&self->backoff, self->random);

    g_info ("firmware of %s: %s; again in %u ms", did, error->message, pause_ms);
    self->retry = cg_clock_add_timeout (self->clock, pause_ms, on_retry, self);
  } else {
    cg_firmware_end (self, did, outcome, error);
  }
}

/* Begins the download of the order that is under way, or goes on with it. */
static void
begin (CgFirmware *self)
{
  const CgFirmwareOrder *order = g_hash_table_lookup (self->orders, self->busy);
  const CgFirmwareResult fault = cg_download_check_uri (order->uri);
  g_autofree char *path = get_path (self, order);
  const CgDownloadOptions options = {
      .uri = order->uri,
      .path = path,
      .md5 = order->md5,
      .max_bytes = self->size.max_mib * MIB,
      .reserve_bytes = self->size.reserve_mib * MIB,
  };
  g_autoptr (GError) error = NULL;

  if (fault != CG_FIRMWARE_INITIAL) {
    error = g_error_new_literal (CG_ERROR, CG_ERROR_BAD_REQUEST, "its uri cannot be used");
    cg_firmware_end (self, self->busy, fault, error);
    return;
  }
  self->stop = g_cancellable_new ();
  cg_download_run_async (&options, self->stop, on_downloaded, g_object_ref (self));
}

static gboolean
on_start (gpointer user_data)
{
  CgFirmware *self = user_data;
  const CgFirmwareOrder *order = g_hash_table_lookup (self->orders, self->busy);
  g_autofree char *uri = cg_log_uri (order->uri);

  cg_clear_source (&self->retry);
  g_message ("firmware of %s: getting %s", self->busy, uri);
  move_on (self, self->busy, CG_FIRMWARE_DOWNLOADING, CG_FIRMWARE_INITIAL);
  begin (self);
  return G_SOURCE_REMOVE;
}

/* Not at once: who has ordered it is answered first. */
static void
start (CgFirmware *self, const char *did)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, did);

  self->busy = g_strdup (did);
  self->tries = 0;
  self->backoff = (CgBackoff)CG_BACKOFF_INIT (RETRY_MIN_MS, RETRY_MAX_MS);
  order->state = CG_FIRMWARE_DOWNLOADING;
  self->retry = cg_clock_add_timeout (self->clock, 0, on_start, self);
}

static CgFirmwareOrder *
read_order (JsonObject *object)
{
  CgFirmwareOrder *order = g_new0 (CgFirmwareOrder, 1);

  order->uri = g_strdup (json_object_get_string_member_with_default (object, "uri", ""));
  order->md5 = g_strdup (json_object_get_string_member_with_default (object, "md5", ""));
  order->version = g_strdup (json_object_get_string_member_with_default (object, "version", NULL));
  order->state = (CgFirmwareState)CLAMP (
      json_object_get_int_member_with_default (object, "state", 0), 0, CG_FIRMWARE_UPDATING);
  order->result = (CgFirmwareResult)CLAMP (
      json_object_get_int_member_with_default (object, "result", 0), 0, CG_FIRMWARE_BAD_PROTOCOL);
  return order;
}

static void
load (CgFirmware *self)
{
  g_autoptr (JsonNode) node = cg_store_load (self->store, STATE_NAME, NULL);
  g_autoptr (GList) dids = NULL;
  JsonObject *root;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  root = json_node_get_object (node);
  dids = json_object_get_members (root);
  for (GList *l = dids; l != NULL; l = l->next) {
    JsonNode *member = json_object_get_member (root, l->data);

    if (JSON_NODE_HOLDS_OBJECT (member))
      g_hash_table_insert (self->orders, g_strdup (l->data),
                           read_order (json_node_get_object (member)));
  }
}

/* Returns: (transfer full) (nullable): did of the order that was under way */
static char *
find_open (CgFirmware *self)
{
  GHashTableIter iter;
  gpointer did, value;

  g_hash_table_iter_init (&iter, self->orders);
  while (g_hash_table_iter_next (&iter, &did, &value)) {
    const CgFirmwareOrder *order = value;

    if (order->state != CG_FIRMWARE_IDLE && strlen (order->md5) == MD5_LENGTH)
      return g_strdup (did);
  }
  return NULL;
}

/**
 * cg_firmware_open:
 * @self: firmware; whoever wants to hear of it is connected
 *
 * Goes on with what was under way when we ended.
 */
void
cg_firmware_open (CgFirmware *self)
{
  g_autofree char *did = NULL;
  const CgFirmwareOrder *order;

  CG_ON_MAIN ();
  load (self);
  did = find_open (self);
  if (did == NULL)
    return;
  order = g_hash_table_lookup (self->orders, did);
  if (order->state != CG_FIRMWARE_UPDATING) {
    start (self, did);
    return;
  }
  self->busy = g_strdup (did);
  g_signal_emit (self, signals[RESUME], 0, did, order->version);
}

/**
 * cg_firmware_close:
 * @self: firmware
 *
 * Stops a download; it goes on in the next life. May be called twice.
 */
void
cg_firmware_close (CgFirmware *self)
{
  CG_ON_MAIN ();
  cg_clear_source (&self->retry);
  if (self->stop != NULL)
    g_cancellable_cancel (self->stop);
}

static gboolean
check_order (const CgFirmwareOrder *order, GError **error)
{
  const char *fault = NULL;

  if (strlen (order->md5) != MD5_LENGTH ||
      strspn (order->md5, "0123456789abcdefABCDEF") != MD5_LENGTH)
    fault = "Invalid md5sum";
  else if (*order->uri == '\0')
    fault = "Invalid uri";
  if (fault == NULL)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, fault);
  return FALSE;
}

static gboolean
is_same (const CgFirmwareOrder *a, const CgFirmwareOrder *b)
{
  return g_str_equal (a->uri, b->uri) && g_ascii_strcasecmp (a->md5, b->md5) == 0 &&
         g_strcmp0 (a->version, b->version) == 0;
}

/**
 * cg_firmware_order:
 * @self: firmware
 * @did: for whom
 * @order: what; copied; its state and result do not count
 * @error: return location: %CG_ERROR_BAD_REQUEST; %CG_ERROR_INTERNAL: another one is under way
 *
 * Begins to get and install it, unless that very order is under way. Source: PROTOCOL.md section 4,
 * firmware.
 *
 * Returns: whether it is accepted
 */
gboolean
cg_firmware_order (CgFirmware *self, const char *did, const CgFirmwareOrder *order, GError **error)
{
  CgFirmwareOrder *copy;

  CG_ON_MAIN ();
  if (!check_order (order, error))
    return FALSE;
  if (self->busy != NULL) {
    if (g_str_equal (self->busy, did) && is_same (g_hash_table_lookup (self->orders, did), order))
      return TRUE;
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INTERNAL, "busy");
    return FALSE;
  }
  copy = g_new0 (CgFirmwareOrder, 1);
  copy->uri = g_strdup (order->uri);
  copy->md5 = g_strdup (order->md5);
  copy->version = g_strdup (order->version);
  g_hash_table_insert (self->orders, g_strdup (did), copy);
  start (self, did);
  return TRUE;
}

/**
 * cg_firmware_find:
 * @self: firmware
 * @did: whose
 *
 * Returns: (transfer none) (nullable): its last order
 */
const CgFirmwareOrder *
cg_firmware_find (CgFirmware *self, const char *did)
{
  return g_hash_table_lookup (self->orders, did);
}
