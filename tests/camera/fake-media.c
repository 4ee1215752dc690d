/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-media.h"

#include "cg-hub.h"
#include "cg-media.h"
#include "cg-pull.h"
#include "cg-push.h"
#include "cg-transcode.h"

struct _CgHub {
  GObject parent_instance;
};

struct _CgPull {
  GObject parent_instance;
};

struct _CgPush {
  GObject parent_instance;
};

struct _CgTranscode {
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (CgHub, cg_hub, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (CgPull, cg_pull, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (CgPush, cg_push, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (CgTranscode, cg_transcode, G_TYPE_OBJECT)

/* What there is of each kind: never more than one at a time, which is asserted. */
static struct {
  GObject *object; /* (unowned) (nullable): started and not stopped */
  guint ever;
  char *address;
} ends[2];

static GObject *transcode;  /* (unowned) (nullable) */
static gboolean is_encoder; /* this machine has one */
static gboolean insisted;   /* the last push */

static CgTransport wanted, delivered; /* of the last pull */

static guint keys_asked; /* by RTCP */
static CgHubStarvation starvation;
static gboolean has_key; /* the hub has a key frame */

static gboolean goodbyes_held;
static GQueue goodbyes; /* (element-type GTask) */

static void
define_signals (GType type, const char *first, const char *second)
{
  g_signal_new (first, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  if (second != NULL)
    g_signal_new (second, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_ERROR);
  g_signal_new ("step", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
cg_hub_class_init (CgHubClass *klass)
{
}

static void
cg_hub_init (CgHub *self)
{
}

static void
cg_pull_class_init (CgPullClass *klass)
{
  define_signals (G_TYPE_FROM_CLASS (klass), "live", "running");
  g_signal_new ("login-again", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_BOOLEAN, 0);
}

static void
cg_pull_init (CgPull *self)
{
}

static void
cg_push_class_init (CgPushClass *klass)
{
  define_signals (G_TYPE_FROM_CLASS (klass), "publishing", NULL);
}

static void
cg_push_init (CgPush *self)
{
}

static void
begin (FakeEnd end, gpointer object)
{
  g_assert_null (ends[end].object);
  ends[end].object = object;
  ends[end].ever++;
}

static void
say_goodbye (FakeEnd end, gpointer object, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (object, NULL, callback, user_data);

  if (ends[end].object == object)
    ends[end].object = NULL;
  if (goodbyes_held)
    g_queue_push_tail (&goodbyes, g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

static void
cg_transcode_class_init (CgTranscodeClass *klass)
{
  g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cg_transcode_init (CgTranscode *self)
{
}

CgTranscode *
cg_transcode_new (CgHub *hub, const char *name, GError **error)
{
  if (!is_encoder) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "no encoder");
    return NULL;
  }
  g_assert_null (transcode);
  transcode = g_object_new (CG_TYPE_TRANSCODE, NULL);
  g_object_add_weak_pointer (transcode, (gpointer *)&transcode);
  return CG_TRANSCODE (transcode);
}

CgHub *
cg_transcode_get_hub (CgTranscode *self)
{
  return NULL;
}

void
cg_transcode_prepare (void)
{
}

CgHub *
cg_hub_new (void)
{
  return g_object_new (CG_TYPE_HUB, NULL);
}

void
cg_hub_set_cache_max_bytes (CgHub *self, gsize max_bytes)
{
}

void
cg_hub_get_stats (CgHub *self, CgHubStats *stats)
{
  *stats = (CgHubStats){.frames = 7};
}

void
cg_hub_get_starvation (CgHub *self, CgHubStarvation *out)
{
  *out = starvation;
}

CgAccessUnit *
cg_hub_get_key_frame (CgHub *self)
{
  g_autoptr (GBytes) data = g_bytes_new (NULL, 0);
  g_autoptr (CgFormat) format = cg_format_new_h264 (data, 640, 360, 25);

  return has_key ? cg_access_unit_new (CG_TRACK_VIDEO, format, data, TRUE) : NULL;
}

void
cg_hub_skip (CgHub *self)
{
}

CgPull *
cg_pull_new (CgHub *hub, const CgPullOptions *options)
{
  g_free (ends[FAKE_PULL].address);
  ends[FAKE_PULL].address = g_strdup (options->location);
  wanted = options->transport;
  delivered = wanted == CG_TRANSPORT_UDP ? CG_TRANSPORT_UDP : CG_TRANSPORT_TCP;
  return g_object_new (CG_TYPE_PULL, NULL);
}

void
cg_pull_request_key (CgPull *self)
{
  keys_asked++;
}

CgTransport
cg_pull_get_transport (CgPull *self)
{
  return delivered;
}

void
cg_pull_start (CgPull *self)
{
  begin (FAKE_PULL, self);
}

void
cg_pull_stop_async (CgPull *self, GAsyncReadyCallback callback, gpointer user_data)
{
  say_goodbye (FAKE_PULL, self, callback, user_data);
}

gboolean
cg_pull_stop_finish (CgPull *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

CgPush *
cg_push_new (CgHub *hub, const CgPushOptions *options)
{
  g_free (ends[FAKE_PUSH].address);
  ends[FAKE_PUSH].address = g_strdup (options->url);
  insisted = options->insists_on_h265;
  return g_object_new (CG_TYPE_PUSH, NULL);
}

void
cg_push_start (CgPush *self)
{
  begin (FAKE_PUSH, self);
}

void
cg_push_stop_async (CgPush *self, GAsyncReadyCallback callback, gpointer user_data)
{
  say_goodbye (FAKE_PUSH, self, callback, user_data);
}

gboolean
cg_push_stop_finish (CgPush *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Each has sent as much. */
void
cg_push_get_stats (CgPush *self, CgPushStats *stats)
{
  *stats = (CgPushStats){.bytes = FAKE_SENT_BYTES};
}

void
fake_media_reset (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_assert_null (ends[i].object);
    g_clear_pointer (&ends[i].address, g_free);
    ends[i].ever = 0;
  }
  g_assert_true (g_queue_is_empty (&goodbyes));
  goodbyes_held = FALSE;
  g_assert_null (transcode);
  is_encoder = TRUE;
  keys_asked = 0;
  starvation = CG_HUB_NO_STARVATION;
  has_key = TRUE;
}

void
fake_media_set_starvation (const CgHubStarvation *now, gboolean has_key_now)
{
  starvation = *now;
  has_key = has_key_now;
}

/* From now on a stop is not answered until fake_media_say_goodbyes(). */
void
fake_media_hold_goodbyes (gboolean hold)
{
  goodbyes_held = hold;
}

void
fake_media_say_goodbyes (void)
{
  GTask *task;

  while ((task = g_queue_pop_head (&goodbyes)) != NULL) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
  }
}

gboolean
fake_media_is_started (FakeEnd end)
{
  return ends[end].object != NULL;
}

guint
fake_media_count_ever (FakeEnd end)
{
  return ends[end].ever;
}

const char *
fake_media_get_address (FakeEnd end)
{
  return ends[end].address;
}

void
fake_media_go_live (FakeEnd end)
{
  g_assert_nonnull (ends[end].object);
  if (end == FAKE_PULL)
    g_signal_emit_by_name (ends[end].object, "running");
  g_signal_emit_by_name (ends[end].object, end == FAKE_PULL ? "live" : "publishing");
}

void
fake_media_fail (FakeEnd end, CgError code)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, (int)code, "test");

  g_assert_nonnull (ends[end].object);
  g_signal_emit_by_name (ends[end].object, "failed", error);
}

/* As a pull that has met 461 (Q18). */
void
fake_media_go_live_by (CgTransport transport)
{
  delivered = transport;
  fake_media_go_live (FAKE_PULL);
}

CgTransport
fake_media_get_wanted_transport (void)
{
  return wanted;
}

/* As a pull that was refused at an address with a query (Q29). */
gboolean
fake_media_ask_login_again (void)
{
  gboolean may = FALSE;

  g_assert_nonnull (ends[FAKE_PULL].object);
  g_signal_emit_by_name (ends[FAKE_PULL].object, "login-again", &may);
  return may;
}

void
fake_media_has_encoder (gboolean has_encoder)
{
  is_encoder = has_encoder;
}

gboolean
fake_media_is_transcoding (void)
{
  return transcode != NULL;
}

void
fake_media_fail_transcode (void)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT, "test");

  g_signal_emit_by_name (transcode, "failed", error);
}

/* By RTCP. */
guint
fake_media_count_keys_asked (void)
{
  return keys_asked;
}

/* Whether the last push sends H.265 to whatever server (Q11). */
gboolean
fake_media_insists_on_h265 (void)
{
  return insisted;
}

void
fake_media_step (FakeEnd end, CgMediaStep step)
{
  g_assert_nonnull (ends[end].object);
  g_signal_emit_by_name (ends[end].object, "step", (int)step);
}
