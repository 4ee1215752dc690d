/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "push-fixture.h"

#include <string.h>

#include "media-certificate.h"
#include "media-fixture.h"

void
push_fixture_init (PushFixture *self)
{
  *self = (PushFixture){.clock = cg_clock_new (), .hub = cg_hub_new ()};
  self->input = cg_hub_open_input (self->hub);
}

static void
open_to (PushFixture *self, FakeRtmp *fake)
{
  push_fixture_init (self);
  self->fake = fake;
  self->url = fake_rtmp_get_url (fake, "live/cam");
}

void
push_fixture_open (PushFixture *self, FakeRtmpMode mode)
{
  open_to (self, fake_rtmp_new (mode));
}

void
push_fixture_open_tls (PushFixture *self, FakeRtmpMode mode)
{
  g_autoptr (GTlsCertificate) certificate = media_certificate_new ();

  open_to (self, fake_rtmp_new_tls (mode, certificate));
}

void
push_fixture_clear (PushFixture *self)
{
  g_clear_object (&self->push);
  g_clear_object (&self->hub);
  g_clear_object (&self->clock);
  g_clear_error (&self->error);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->fake, fake_rtmp_free);
}

void
push_fixture_set_login (PushFixture *self, const char *login)
{
  char *url = g_strdup_printf ("rtmp://%s%s", login, self->url + strlen ("rtmp://"));

  g_free (self->url);
  self->url = url;
}

static void
on_publishing (CgPush *push, PushFixture *self)
{
  self->published++;
}

static void
on_failed (CgPush *push, const GError *error, PushFixture *self)
{
  g_assert_null (self->error);
  self->failed++;
  self->error = g_error_copy (error);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (cg_push_stop_finish (CG_PUSH (object), result, NULL));
  *(gboolean *)user_data = TRUE;
}

void
push_fixture_feed (PushFixture *self, guint first, guint count, gsize size)
{
  media_feed_pictures (self->hub, self->input, first, count, 10, size);
}

void
push_fixture_start_options (PushFixture *self, CgPushOptions options)
{
  options.clock = self->clock;
  options.url = options.url != NULL ? options.url : self->url;
  options.connect_timeout_ms = options.connect_timeout_ms > 0 ? options.connect_timeout_ms : 5000;
  options.stall_timeout_ms = options.stall_timeout_ms > 0 ? options.stall_timeout_ms : 5000;
  self->push = cg_push_new (self->hub, &options);
  g_signal_connect (self->push, "publishing", G_CALLBACK (on_publishing), self);
  g_signal_connect (self->push, "failed", G_CALLBACK (on_failed), self);
  cg_push_start (self->push);
}

void
push_fixture_start (PushFixture *self)
{
  push_fixture_start_options (self, (CgPushOptions){0});
}

void
push_fixture_wait (PushFixture *self)
{
  media_wait_until (self->published == 1 || self->failed == 1);
}

void
push_fixture_publish (PushFixture *self, guint pictures)
{
  push_fixture_feed (self, 0, pictures, 100);
  push_fixture_start (self);
  push_fixture_wait (self);
}

void
push_fixture_stop (PushFixture *self)
{
  self->stopped = FALSE;
  cg_push_stop_async (self->push, on_stopped, &self->stopped);
  media_wait_until (self->stopped);
}
