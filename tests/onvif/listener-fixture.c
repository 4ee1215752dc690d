/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "listener-fixture.h"

#include "cg-test.h"

static void
on_announcement (const CgOnvifDiscovered *camera, gboolean is_leaving, gpointer user_data)
{
  ListenerFixture *self = user_data;

  g_assert_cmpstr (camera->endpoint, ==, self->endpoint);
  self->n_hello += is_leaving ? 0 : 1;
  self->n_bye += is_leaving ? 1 : 0;
  g_free (self->address);
  self->address = g_strdup (camera->address);
}

void
listener_fixture_init (ListenerFixture *self, const char *place, guint16 port)
{
  const char *const places[] = {place, NULL};
  const CgOnvifProbe options = {.addresses = places, .port = port};
  g_autoptr (GError) error = NULL;

  *self = (ListenerFixture){NULL};
  self->listener = cg_onvif_listener_new (&options, on_announcement, self, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->listener);
}

void
listener_fixture_clear (ListenerFixture *self)
{
  g_clear_pointer (&self->listener, cg_onvif_listener_free);
  g_clear_pointer (&self->address, g_free);
}

static gboolean
has_heard_both (gpointer user_data)
{
  const ListenerFixture *self = user_data;

  return self->n_hello == 1 && self->n_bye == 1;
}

void
listener_fixture_await_both (ListenerFixture *self)
{
  cg_test_wait_for (has_heard_both, self, "hello and bye");
}
