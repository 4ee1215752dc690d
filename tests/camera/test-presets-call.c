/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of a camera's presets: one call after the other, each in as few steps as it needs.
 */
#include <string.h>

#include "cg-clock-dummy.h"
#include "cg-error.h"
#include "cg-onvif-ptz.h"
#include "cg-presets.h"
#include "cg-test.h"

#define TIMEOUT_MS 3000

/* Stands in for ONVIF: a camera of one-letter presets, and what it was asked: "l" for the list,
 * "s" for a set, "r" for a remove. */
static struct {
  GMutex lock;
  GString *presets;
  GString *asked;
  char keeps; /* it refuses to set that one: 0: none */
} camera;

static void
note (char op, const char *token)
{
  g_string_append_c (camera.asked, op);
  if (token != NULL)
    g_string_append (camera.asked, token);
}

void
cg_onvif_preset_free (CgOnvifPreset *self)
{
  g_free (self->token);
  g_free (self->name);
  g_free (self);
}

GPtrArray *
cg_onvif_ptz_get_presets_in_thread (CgOnvifSession *self, const char *profile_token, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&camera.lock);
  GPtrArray *presets = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_preset_free);

  note ('l', NULL);
  for (gsize i = 0; i < camera.presets->len; i++) {
    CgOnvifPreset *preset = g_new0 (CgOnvifPreset, 1);

    preset->token = g_strndup (camera.presets->str + i, 1);
    preset->name = g_strdup (preset->token);
    g_ptr_array_add (presets, preset);
  }
  return presets;
}

char *
cg_onvif_ptz_set_preset_in_thread (CgOnvifSession *self,
                                   const char *profile_token,
                                   const char *token,
                                   const char *name,
                                   GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&camera.lock);
  char made[] = "A";

  note ('s', token);
  if (token != NULL && *token == camera.keeps) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT, "it is mine");
    return NULL;
  }
  while (token == NULL && strchr (camera.presets->str, made[0]) != NULL)
    made[0]++;
  if (token == NULL)
    g_string_append_c (camera.presets, made[0]);
  return g_strdup (token != NULL ? token : made);
}

gboolean
cg_onvif_ptz_goto_preset_in_thread (CgOnvifSession *self,
                                    const char *profile_token,
                                    const char *token,
                                    GError **error)
{
  g_assert_not_reached ();
}

gboolean
cg_onvif_ptz_remove_preset_in_thread (CgOnvifSession *self,
                                      const char *profile_token,
                                      const char *token,
                                      GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&camera.lock);
  const char *at = strstr (camera.presets->str, token);

  note ('r', token);
  if (at == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET, "no such preset");
    return FALSE;
  }
  g_string_erase (camera.presets, at - camera.presets->str, 1);
  return TRUE;
}

typedef struct {
  CgClock *clock;
  GThreadPool *workers;
  CgJobs *jobs;
  CgPresets *presets;
  GString *replies;
  guint n_replies;
  guint wanted;
  gsize n_asked;
  GString *signals;
} Fixture;

static void
on_signal (Fixture *fixture, const char *word)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&camera.lock);

  g_string_append_printf (fixture->signals, "%s after %s;", word, camera.asked->str);
}

static void
on_learnt (Fixture *fixture)
{
  on_signal (fixture, "learnt");
}

static void
on_removing (Fixture *fixture)
{
  on_signal (fixture, "removing");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  camera.presets = g_string_new (NULL);
  camera.asked = g_string_new (NULL);
  camera.keeps = 0;
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->workers = cg_jobs_pool_new ();
  fixture->jobs = cg_jobs_new (fixture->workers, fixture->clock,
                               cg_onvif_session_new ("127.0.0.1", "user", "password"));
  fixture->presets = cg_presets_new (fixture->jobs, NULL, fixture->clock, "AABBCCDDEEFF");
  cg_presets_set_profile (fixture->presets, "profile", 0);
  g_signal_connect_swapped (fixture->presets, "learnt", G_CALLBACK (on_learnt), fixture);
  g_signal_connect_swapped (fixture->presets, "removing", G_CALLBACK (on_removing), fixture);
  fixture->replies = g_string_new (NULL);
  fixture->signals = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->presets, fixture);
  g_object_unref (fixture->presets);
  g_thread_pool_free (fixture->workers, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (fixture->jobs);
  g_object_unref (fixture->clock);
  g_string_free (fixture->replies, TRUE);
  g_string_free (fixture->signals, TRUE);
  g_string_free (camera.presets, TRUE);
  g_string_free (camera.asked, TRUE);
}

static void
take_reply (Fixture *fixture, const char *reply, const GError *error)
{
  g_string_append_printf (fixture->replies, "%s%s", fixture->replies->len > 0 ? " " : "",
                          error != NULL ? cg_error_get_word ((CgError)error->code) : reply);
  fixture->n_replies++;
}

static void
on_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_presets_finish (CG_PRESETS (object), result, &error);
  take_reply (user_data, "ok", error);
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = cg_presets_find_finish (CG_PRESETS (object), result, &error);

  take_reply (user_data, token, error);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = cg_presets_list_finish (CG_PRESETS (object), result, &error);
  g_autofree char *length = list != NULL ? g_strdup_printf ("%u", list->len) : NULL;

  take_reply (user_data, length, error);
}

static gboolean
is_over (gpointer user_data)
{
  const Fixture *fixture = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&camera.lock);

  return fixture->n_replies >= fixture->wanted && camera.asked->len >= fixture->n_asked;
}

/* Until the replies are there, and the camera was asked for the list that nobody waits for. */
static void
expect (Fixture *fixture, const char *replies, const char *asked)
{
  fixture->n_asked = strlen (asked);
  cg_test_wait_for (is_over, fixture, "all is answered");
  g_assert_cmpstr (fixture->replies->str, ==, replies);
  g_assert_cmpstr (camera.asked->str, ==, asked);
}

/* "s3": set, "r3": remove, "f3": find, "l": list. */
static void
ask (Fixture *fixture, const char *what, guint timeout_ms)
{
  const guint index = (guint)g_ascii_strtoull (what + 1, NULL, 10);

  fixture->wanted++;
  switch (*what) {
  case 's':
    cg_presets_set_async (fixture->presets, index, "gate", timeout_ms, on_changed, fixture);
    break;
  case 'r':
    cg_presets_remove_async (fixture->presets, index, timeout_ms, on_changed, fixture);
    break;
  case 'f':
    cg_presets_find_async (fixture->presets, index, timeout_ms, on_found, fixture);
    break;
  default:
    cg_presets_list_async (fixture->presets, timeout_ms, on_listed, fixture);
    break;
  }
}

/* What is asked at once, what comes back, and what the camera is asked for that; the list that is
 * read behind a reply, though nobody waits for it, is the last. */
static const struct {
  const char *path;
  const char *presets;
  const char *calls;
  const char *replies;
  const char *asked;
} rows[] = {
    {"/camera/presets-call/list", "7B", "l", "2", "l"},
    {"/camera/presets-call/find-what-is-not-mapped", "7", "f7", "7", "l"},
    {"/camera/presets-call/find-what-is-mapped", "7", "l f7", "1 7", "l"},
    {"/camera/presets-call/find-none", "7", "f8", "no-such-preset", "l"},
    {"/camera/presets-call/set-a-new-one", "", "s3", "ok", "lsl"},
    {"/camera/presets-call/set-that-number", "3", "s3", "ok", "ls3l"},
    {"/camera/presets-call/set-what-is-mapped", "3", "l s3", "1 ok", "ls3l"},
    {"/camera/presets-call/second-set-knows-the-first", "", "s3 s3", "ok ok", "lslsAl"},
    {"/camera/presets-call/remove", "3", "r3", "ok", "lr3l"},
    {"/camera/presets-call/remove-none", "", "r3", "no-such-preset", "l"},
    {"/camera/presets-call/list-after-remove", "34", "r3 f4", "ok 4", "lr3ll"},
};

static void
test_row (Fixture *fixture, gconstpointer data)
{
  const guint row = GPOINTER_TO_UINT (data);
  g_auto (GStrv) calls = g_strsplit (rows[row].calls, " ", -1);

  g_string_assign (camera.presets, rows[row].presets);

  for (guint i = 0; calls[i] != NULL; i++)
    ask (fixture, calls[i], TIMEOUT_MS);

  expect (fixture, rows[row].replies, rows[row].asked);
}

static GError *
refuse (gpointer user_data)
{
  return g_error_new_literal (CG_ERROR, CG_ERROR_PRESET_BUSY, "it is on its way");
}

/* Where it stands by the time it would be asked is no place. */
static void
test_guard (Fixture *fixture, gconstpointer data)
{
  cg_presets_set_guard (fixture->presets, refuse, NULL);

  ask (fixture, "s3", TIMEOUT_MS);

  expect (fixture, "preset-busy", "");
}

static void
test_no_ptz (Fixture *fixture, gconstpointer data)
{
  cg_presets_set_profile (fixture->presets, NULL, 0);
  cg_presets_read_again (fixture->presets);

  ask (fixture, "l", TIMEOUT_MS);
  ask (fixture, "s3", TIMEOUT_MS);

  expect (fixture, "no-ptz no-ptz", "");
}

static void
test_too_late (Fixture *fixture, gconstpointer data)
{
  ask (fixture, "l", 0);
  ask (fixture, "s3", 0);

  expect (fixture, "expired expired", "");
}

/* A slot that it keeps for itself is known as such from then on (Q32). */
static void
test_reserved (Fixture *fixture, gconstpointer data)
{
  g_string_assign (camera.presets, "3");
  camera.keeps = '3';

  ask (fixture, "s3", TIMEOUT_MS);

  expect (fixture, "ok", "ls3sl");
  g_assert_cmpstr (fixture->signals->str, ==, "learnt after ls3s;");
  g_assert_cmpstr (cg_presets_get_reserved (fixture->presets), ==, "3");
}

/* Whoever goes by a token learns of it before the camera does. */
static void
test_removing (Fixture *fixture, gconstpointer data)
{
  g_string_assign (camera.presets, "3");

  ask (fixture, "r3", TIMEOUT_MS);

  expect (fixture, "ok", "lr3l");
  g_assert_cmpstr (fixture->signals->str, ==, "removing after l;");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_test_add (rows[i].path, Fixture, GUINT_TO_POINTER (i), set_up, test_row, tear_down);
  ADD ("/camera/presets-call/guard", test_guard);
  ADD ("/camera/presets-call/no-ptz", test_no_ptz);
  ADD ("/camera/presets-call/too-late", test_too_late);
  ADD ("/camera/presets-call/q32-reserved", test_reserved);
  ADD ("/camera/presets-call/removing", test_removing);
  return g_test_run ();
}
