/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "push-fixture.h"

#include "media-fixture.h"

void
push_fixture_init (PushFixture *self)
{
  *self = (PushFixture){.clock = cg_clock_new (), .hub = cg_hub_new ()};
  self->input = cg_hub_open_input (self->hub);
}

void
push_fixture_clear (PushFixture *self)
{
  g_clear_object (&self->push);
  g_clear_object (&self->hub);
  g_clear_object (&self->clock);
  g_clear_error (&self->error);
}

static void
on_publishing (CgPush *push, PushFixture *self)
{
  self->published++;
}

static void
on_failed (CgPush *push, const GError *error, PushFixture *self)
{
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
push_fixture_start (PushFixture *self,
                    const char *url,
                    guint connect_timeout_ms,
                    guint stall_timeout_ms)
{
  const CgPushOptions options = {
      .url = url,
      .connect_timeout_ms = connect_timeout_ms,
      .stall_timeout_ms = stall_timeout_ms,
      .clock = self->clock,
  };

  self->push = cg_push_new (self->hub, &options);
  g_signal_connect (self->push, "publishing", G_CALLBACK (on_publishing), self);
  g_signal_connect (self->push, "failed", G_CALLBACK (on_failed), self);
  cg_push_start (self->push);
}

void
push_fixture_publish (PushFixture *self, const char *url, guint pictures)
{
  media_feed_pictures (self->hub, self->input, 0, pictures, 10, 100);
  push_fixture_start (self, url, 5000, 5000);
  media_wait_until (self->published == 1 || self->failed == 1);
}

void
push_fixture_stop (PushFixture *self)
{
  self->stopped = FALSE;
  cg_push_stop_async (self->push, on_stopped, &self->stopped);
  media_wait_until (self->stopped);
}
