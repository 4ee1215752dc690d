/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control-fixture.h"

#include <string.h>

#define SETTINGS "[gateway]\ndid=" GATEWAY "\nsecret=s3cret\n[cloud]\nreply-shape=mixed\n"

static void
on_send (CgChannel *channel, const char *did, guint kind, GBytes *message, ControlFixture *self)
{
  ControlSent *sent = g_new0 (ControlSent, 1);
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  sent->channel = channel;
  sent->did = g_strdup (did);
  sent->kind = kind;
  sent->text = g_strndup (text, length);
  g_assert_null (strchr (sent->text, '\n'));
  g_queue_push_tail (&self->sent, sent);
}

/* Its folder is made when something is saved, which no test here does. */
static CgFirmware *
make_firmware (ControlFixture *self)
{
  g_autoptr (CgStore) store = cg_store_new ("/nonexistent/camgate");

  return cg_firmware_new (store, CG_CLOCK (self->clock));
}

void
control_fixture_set_up (ControlFixture *self, gconstpointer settings)
{
  g_autoptr (GError) error = NULL;
  const char *text = settings != NULL ? settings : SETTINGS;

  self->clock = cg_clock_dummy_new ();
  self->config = cg_config_parse (text, -1, "test", NULL, &error);
  g_assert_no_error (error);
  self->fleet = fake_fleet_new ();
  self->camera = fake_fleet_add (self->fleet, CAMERA);
  self->gateway = fake_gateway_new ();
  self->dispatcher = cg_dispatcher_new (self->fleet, self->config, CG_CLOCK (self->clock));
  cg_dispatcher_set_gateway (self->dispatcher, self->gateway);
  self->settings = cg_settings_new (NULL, self->config);
  cg_dispatcher_set_settings (self->dispatcher, self->settings);
  self->firmware = make_firmware (self);
  cg_dispatcher_set_firmware (self->dispatcher, self->firmware);
  g_queue_init (&self->sent);
  self->channel = control_fixture_add_channel (self, "mqtt", CG_CHANNEL_CLOUD);
}

void
control_fixture_tear_down (ControlFixture *self, gconstpointer settings)
{
  cg_channel_close (self->channel);
  fake_camera_release (self->camera);
  control_settle (self);
  g_queue_clear_full (&self->sent, (GDestroyNotify)control_sent_free);
  g_assert_finalize_object (self->channel);
  g_assert_finalize_object (self->dispatcher);
  g_assert_finalize_object (self->gateway);
  g_assert_finalize_object (self->settings);
  g_assert_finalize_object (self->firmware);
  g_assert_finalize_object (self->fleet);
  g_assert_cmpuint (cg_clock_dummy_count_sources (self->clock), ==, 0);
  g_assert_finalize_object (self->clock);
  cg_config_unref (self->config);
}

CgChannel *
control_fixture_add_channel (ControlFixture *self, const char *name, CgChannelKind kind)
{
  CgChannel *channel = cg_channel_new (self->dispatcher, name, kind);

  g_signal_connect (channel, "send", G_CALLBACK (on_send), self);
  return channel;
}

void
control_receive (CgChannel *channel, const char *text)
{
  g_autoptr (GBytes) message = g_bytes_new (text, strlen (text));

  cg_channel_receive (channel, message);
}

/* Lets what is ready happen, without any time passing. */
void
control_settle (ControlFixture *self)
{
  cg_clock_dummy_advance (self->clock, 0);
}

void
control_sent_free (ControlSent *self)
{
  g_free (self->did);
  g_free (self->text);
  g_free (self);
}

/* Returns: (transfer full): the oldest message not popped yet, which must be of this kind. */
char *
control_pop (ControlFixture *self, CgMessageKind kind)
{
  ControlSent *sent = g_queue_pop_head (&self->sent);
  char *text;

  g_assert_nonnull (sent);
  g_assert_cmpint (sent->kind, ==, kind);
  text = g_steal_pointer (&sent->text);
  control_sent_free (sent);
  return text;
}

void
control_assert_pop (ControlFixture *self, CgMessageKind kind, const char *expected)
{
  g_autofree char *text = control_pop (self, kind);

  g_assert_cmpstr (text, ==, expected);
}

void
control_assert_reply (ControlFixture *self, const char *expected)
{
  control_settle (self);
  control_assert_pop (self, CG_MESSAGE_KIND_REPLY, expected);
  control_assert_silent (self);
}

void
control_assert_silent (ControlFixture *self)
{
  const ControlSent *sent;

  control_settle (self);
  sent = g_queue_peek_head (&self->sent);
  g_assert_cmpstr (sent == NULL ? NULL : sent->text, ==, NULL);
}

/* @expected is NULL for none. */
void
control_assert_call (ControlFixture *self, const char *expected)
{
  g_autofree char *call = fake_camera_pop_call (self->camera);

  g_assert_cmpstr (call, ==, expected);
}
