/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-firmware.h"

#include "cg-backoff.h"
#include "cg-error.h"
#include "cg-log.h"
#include "cg-main.h"
#include "cg-state-file.h"

/* In the state folder. */
#define STATE_NAME "firmware"

/* A server that brings nothing new so often has nothing, and a line that is lost so often will not
 * last for the whole file. */
#define MAX_VAIN_TRIES 6
#define MAX_TRIES 100
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 60000

#define MIB G_GUINT64_CONSTANT (1048576)

struct _CgFirmware {
  GObject parent_instance;

  CgStore *store;    /* (owned) */
  CgStateFile *file; /* (owned) */
  CgClock *clock;    /* (owned) */
  guint64 max_bytes;
  guint64 reserve_bytes;
  char *ca_file;      /* (owned) (nullable) */
  GHashTable *orders; /* (owned) (element-type utf8 CgFirmwareOrder): the last one of each did */
  guint last_place;   /* in the queue */
  gboolean is_closed;

  char *busy;           /* (owned) (nullable): did of the order that is under way */
  gboolean is_over;     /* but for its file, which is being removed */
  gboolean is_noting;   /* that it is installed now: it is not yet */
  GCancellable *stop;   /* (owned) (nullable): of the download */
  CgProgress *progress; /* (owned) (nullable): of the download */
  GSource *retry;       /* (owned) (nullable) */
  CgBackoff backoff;
  guint tries;
  guint vain_tries;  /* in a row */
  char *suspect_md5; /* (owned) (nullable): of what the last try got, maybe not all of it */
};

G_DEFINE_FINAL_TYPE (CgFirmware, cg_firmware, G_TYPE_OBJECT)

enum { CHANGED, PREPARE, INSTALL, RESUME, N_SIGNALS };

static guint signals[N_SIGNALS];

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
  cg_state_file_free (self->file);
  g_free (self->ca_file);
  g_free (self->busy);
  g_free (self->suspect_md5);
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
  signals[PREPARE] = g_signal_new ("prepare", CG_TYPE_FIRMWARE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
  signals[INSTALL] =
      g_signal_new ("install", CG_TYPE_FIRMWARE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[RESUME] = g_signal_new ("resume", CG_TYPE_FIRMWARE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
cg_firmware_init (CgFirmware *self)
{
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
  self->file = cg_state_file_new (store, STATE_NAME, NULL, "what firmware is ordered");
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
  self->max_bytes = config->max_mib * MIB;
  self->reserve_bytes = config->reserve_mib * MIB;
  g_free (self->ca_file);
  self->ca_file = g_strdup (config->ca_file);
}

static void
save (CgFirmware *self)
{
  g_autoptr (JsonNode) node = cg_firmware_orders_to_json (self->orders);

  cg_state_file_save (self->file, node);
}

static void
move_on (CgFirmware *self, const char *did, CgFirmwareState state, CgFirmwareResult result)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, did);

  order->state = state;
  order->result = result;
  order->percent = 0;
  save (self);
  g_signal_emit (self, signals[CHANGED], 0, did, order);
}

static void begin_next (CgFirmware *self);

/* Only then the next one: it may want a file of the same name. */
static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgFirmware) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_file_delete_finish (G_FILE (object), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_warning ("%s", error->message);
  g_clear_pointer (&self->busy, g_free);
  self->is_over = FALSE;
  begin_next (self);
}

static void
remove_file (CgFirmware *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  self->is_over = TRUE;
  g_file_delete_async (file, G_PRIORITY_DEFAULT, NULL, on_removed, g_object_ref (self));
}

static gboolean
is_under_way (CgFirmware *self, const char *did)
{
  return g_strcmp0 (self->busy, did) == 0 && !self->is_over;
}

static void
stop_progress (CgFirmware *self)
{
  if (self->progress != NULL)
    cg_progress_stop (self->progress);
  g_clear_pointer (&self->progress, cg_progress_unref);
}

/**
 * cg_firmware_end:
 * @self: firmware
 * @did: whose order is under way, or waits; others are ignored, and all once it is closed
 * @result: what became of it
 * @error: (nullable): why, for the log
 */
void
cg_firmware_end (CgFirmware *self, const char *did, CgFirmwareResult result, const GError *error)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, did);

  CG_ON_MAIN ();
  if (order == NULL || self->is_closed || (!is_under_way (self, did) && order->place == 0))
    return;
  if (error != NULL)
    g_warning ("firmware of %s: %s", did, error->message);
  else
    g_message ("firmware of %s: done", did);
  if (is_under_way (self, did)) {
    g_autofree char *path = cg_firmware_order_get_path (order, cg_store_get_dir (self->store));

    cg_clear_source (&self->retry);
    stop_progress (self);
    remove_file (self, path);
  }
  order->place = 0;
  move_on (self, did, CG_FIRMWARE_IDLE, result);
}

/**
 * cg_firmware_tell_percent:
 * @self: firmware
 * @did: whose order is under way; others are ignored
 * @percent: how much of what it does now is done
 */
void
cg_firmware_tell_percent (CgFirmware *self, const char *did, guint percent)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, did);

  CG_ON_MAIN ();
  if (order == NULL || !is_under_way (self, did))
    return;
  order->percent = percent;
  g_signal_emit (self, signals[CHANGED], 0, did, order);
}

/**
 * cg_firmware_hand:
 * @self: a queue of orders
 * @did: of the device that is being given its file
 *
 * From now on it may have something of it, and whoever comes after a restart only looks.
 */
void
cg_firmware_hand (CgFirmware *self, const char *did)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, did);

  CG_ON_MAIN ();
  if (order == NULL || !is_under_way (self, did) || order->is_handed)
    return;
  order->is_handed = TRUE;
  save (self);
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
static gboolean
on_ready (gpointer user_data)
{
  CgFirmware *self = user_data;
  g_autofree char *did = self->is_over ? NULL : g_strdup (self->busy);
  CgFirmwareOrder *order = did != NULL ? g_hash_table_lookup (self->orders, did) : NULL;
  g_autofree char *path = NULL;
  g_autofree char *version = NULL;

  if (order == NULL || !self->is_noting)
    return G_SOURCE_REMOVE;
  self->is_noting = FALSE;
  path = cg_firmware_order_get_path (order, cg_store_get_dir (self->store));
  version = g_strdup (order->version);
  g_signal_emit (self, signals[CHANGED], 0, did, order);
  g_signal_emit (self, signals[INSTALL], 0, did, path, version);
  return G_SOURCE_REMOVE;
}

static void
install (CgFirmware *self)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, self->busy);
  g_autoptr (JsonNode) node = NULL;

  self->is_noting = TRUE;
  order->state = CG_FIRMWARE_UPDATING;
  order->is_handed = FALSE;
  g_clear_pointer (&order->before, g_free);
  g_signal_emit (self, signals[PREPARE], 0, self->busy, order);
  node = cg_firmware_orders_to_json (self->orders);
  cg_state_file_save_and_tell (self->file, node, on_ready, g_object_ref (self), g_object_unref);
}

/* A slow line with many breaks gets there as well. */
static gboolean
may_try_again (CgFirmware *self, gboolean has_grown)
{
  self->vain_tries = has_grown ? 0 : self->vain_tries + 1;
  if (has_grown)
    cg_backoff_reset (&self->backoff);
  return ++self->tries < MAX_TRIES && self->vain_tries < MAX_VAIN_TRIES;
}

static void
on_downloaded (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgFirmware) self = user_data;
  g_autoptr (GError) error = NULL;
  const CgFirmwareResult outcome = cg_download_run_finish (result, &error);
  const gboolean is_stopped = self->stop == NULL || g_cancellable_is_cancelled (self->stop);
  g_autofree char *did = g_strdup (self->busy);

  stop_progress (self);
  g_clear_object (&self->stop);
  g_free (self->suspect_md5);
  self->suspect_md5 = g_strdup (cg_download_get_suspect (result));
  if (is_stopped || did == NULL || self->is_over)
    return;
  if (outcome == CG_FIRMWARE_DONE) {
    move_on (self, did, CG_FIRMWARE_DOWNLOADED, CG_FIRMWARE_INITIAL);
    install (self);
  } else if (outcome == CG_FIRMWARE_LOST && may_try_again (self, cg_download_has_grown (result))) {
    const guint pause_ms = cg_backoff_next_ms (&self->backoff, NULL);

    g_info ("firmware of %s: %s; again in %u ms", did, error->message, pause_ms);
    self->retry = cg_clock_add_timeout (self->clock, pause_ms, on_retry, self);
  } else {
    cg_firmware_end (self, did, outcome, error);
  }
}

static void
on_percent (guint percent, gpointer user_data)
{
  CgFirmware *self = user_data;

  cg_firmware_tell_percent (self, self->busy, percent);
}

/* Begins the download of the order that is under way, or goes on with it. */
static void
begin (CgFirmware *self)
{
  const CgFirmwareOrder *order = g_hash_table_lookup (self->orders, self->busy);
  const CgFirmwareResult fault = cg_download_check_uri (order->uri);
  g_autofree char *path = cg_firmware_order_get_path (order, cg_store_get_dir (self->store));
  CgDownloadOptions options = {
      .uri = order->uri,
      .path = path,
      .md5 = order->md5,
      .suspect_md5 = self->suspect_md5,
      .max_bytes = self->max_bytes,
      .reserve_bytes = self->reserve_bytes,
      .ca_file = self->ca_file,
  };
  g_autoptr (GError) error = NULL;

  if (fault != CG_FIRMWARE_INITIAL) {
    error = g_error_new_literal (CG_ERROR, CG_ERROR_BAD_REQUEST, "its uri cannot be used");
    cg_firmware_end (self, self->busy, fault, error);
    return;
  }
  self->stop = g_cancellable_new ();
  self->progress = cg_progress_new (on_percent, self, NULL);
  options.progress = self->progress;
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

static void
start (CgFirmware *self, const char *did)
{
  CgFirmwareOrder *order = g_hash_table_lookup (self->orders, did);

  self->busy = g_strdup (did);
  self->tries = 0;
  self->vain_tries = 0;
  g_clear_pointer (&self->suspect_md5, g_free);
  self->backoff = (CgBackoff)CG_BACKOFF_INIT (RETRY_MIN_MS, RETRY_MAX_MS);
  order->place = 0;
  order->state = CG_FIRMWARE_DOWNLOADING;
  /* Not at once: who has ordered it is answered first. */
  self->retry = cg_clock_add_timeout (self->clock, 0, on_start, self);
}

static void
begin_next (CgFirmware *self)
{
  const char *did =
      self->busy == NULL && !self->is_closed ? cg_firmware_orders_find_next (self->orders) : NULL;

  if (did != NULL)
    start (self, did);
}

static void
load (CgFirmware *self)
{
  g_autoptr (JsonNode) node = cg_state_file_load (self->file);
  GHashTableIter iter;
  gpointer order;

  if (node == NULL)
    return;
  cg_firmware_orders_from_json (json_node_get_object (node), self->orders);
  g_hash_table_iter_init (&iter, self->orders);
  while (g_hash_table_iter_next (&iter, NULL, &order))
    self->last_place = MAX (self->last_place, ((CgFirmwareOrder *)order)->place);
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
  cg_firmware_orders_remove_orphans (cg_store_get_dir (self->store), self->orders);
  did = g_strdup (cg_firmware_orders_find_open (self->orders));
  if (did == NULL) {
    begin_next (self);
    return;
  }
  order = g_hash_table_lookup (self->orders, did);
  if (order->state != CG_FIRMWARE_UPDATING || !order->is_handed) {
    start (self, did);
    return;
  }
  self->busy = g_strdup (did);
  g_signal_emit (self, signals[RESUME], 0, did, order);
}

/* It has not begun, and does not any more: the next life may begin it. */
static void
take_note_back (CgFirmware *self)
{
  CgFirmwareOrder *order = self->is_noting ? g_hash_table_lookup (self->orders, self->busy) : NULL;

  self->is_noting = FALSE;
  if (order == NULL)
    return;
  order->state = CG_FIRMWARE_DOWNLOADED;
  order->is_handed = FALSE;
  save (self);
}

/**
 * cg_firmware_forget:
 * @self: firmware
 * @did: of a device that is not there any more
 *
 * Nothing is known of its order any more. One that is under way goes on to its end.
 */
void
cg_firmware_forget (CgFirmware *self, const char *did)
{
  CG_ON_MAIN ();
  if (g_hash_table_lookup (self->orders, did) == NULL || is_under_way (self, did))
    return;
  g_hash_table_remove (self->orders, did);
  save (self);
}

/**
 * cg_firmware_list:
 * @self: firmware
 *
 * Returns: (transfer container) (element-type utf8): dids that ever ordered something
 */
GList *
cg_firmware_list (CgFirmware *self)
{
  return g_hash_table_get_keys (self->orders);
}

/**
 * cg_firmware_close:
 * @self: firmware
 *
 * Stops a download; whatever is under way goes on in the next life. May be called twice.
 */
void
cg_firmware_close (CgFirmware *self)
{
  CG_ON_MAIN ();
  self->is_closed = TRUE;
  take_note_back (self);
  cg_clear_source (&self->retry);
  stop_progress (self);
  if (self->stop != NULL)
    g_cancellable_cancel (self->stop);
}

/**
 * cg_firmware_order:
 * @self: firmware
 * @did: for whom
 * @order: what; copied; its state and result do not count
 * @error: return location: %CG_ERROR_BAD_REQUEST; %CG_ERROR_INTERNAL: another one for it is under
 *   way
 *
 * Gets and installs it, as soon as those of other devices are done, unless that very order is under
 * way. Source: PROTOCOL.md section 4, firmware.
 *
 * Returns: whether it is accepted
 */
gboolean
cg_firmware_order (CgFirmware *self, const char *did, const CgFirmwareOrder *order, GError **error)
{
  const CgFirmwareOrder *before = g_hash_table_lookup (self->orders, did);
  CgFirmwareOrder *copy;

  CG_ON_MAIN ();
  if (!cg_firmware_order_check (order, error))
    return FALSE;
  if (before != NULL && (before->place > 0 || is_under_way (self, did))) {
    if (cg_firmware_order_is_same (before, order))
      return TRUE;
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INTERNAL, "busy");
    return FALSE;
  }
  copy = cg_firmware_order_copy (order);
  copy->place = ++self->last_place;
  g_hash_table_insert (self->orders, g_strdup (did), copy);
  save (self);
  begin_next (self);
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
