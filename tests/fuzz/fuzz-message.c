/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control-fixture.h"
#include "fuzz-main.h"

#include <string.h>

#include "cg-message.h"
#include "cg-scanner.h"
#include "cg-text.h"
#include "cg-trace.h"

static ControlFixture fixture;
static CgChannel *local;

/* What goes out must be one JSON object, whoever reads it. */
static void
check_sent (const ControlSent *sent)
{
  g_autoptr (JsonNode) node = json_from_string (sent->text, NULL);
  g_auto (CgScanner) scanner = {0};
  CgToken token;

  if (node == NULL)
    g_error ("no JSON went out: %s", sent->text);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  g_assert_true (g_utf8_validate (sent->text, -1, NULL));
  cg_scanner_init (&scanner, sent->text, strlen (sent->text));
  while (cg_scanner_next (&scanner, &token))
    continue;
  if (!cg_scanner_is_complete (&scanner)) /* the parser takes more than JSON */
    g_error ("no strict JSON went out: %s", sent->text);
}

/* Whether a cloud can hear of @did. */
static gboolean
has_topic (const char *did)
{
  return strpbrk (did, "+#") == NULL && cg_text_is_plain (did);
}

/* Returns how many replies @message is owed: one for each service, or one if it is refused. */
static guint
count_owed (GBytes *message, const char *default_did)
{
  g_autoptr (CgMessage) parsed = cg_message_parse (message, default_did, NULL);

  if (parsed == NULL || cg_message_get_class (parsed) != CG_MESSAGE_REQUEST)
    return 0;
  g_assert_nonnull (cg_message_get_did (parsed));
  g_assert_nonnull (cg_message_get_mid (parsed));
  if (default_did == NULL && !has_topic (cg_message_get_did (parsed)))
    return 0;
  if (cg_message_get_fault (parsed) != NULL)
    return 1;
  return json_object_get_size (cg_message_get_data (parsed));
}

static guint
count_replies (void)
{
  guint count = 0;

  for (ControlSent *sent = g_queue_pop_head (&fixture.sent); sent != NULL;
       sent = g_queue_pop_head (&fixture.sent)) {
    check_sent (sent);
    count += sent->kind == CG_MESSAGE_KIND_REPLY;
    control_sent_free (sent);
  }
  return count;
}

static void
set_up (void)
{
  cg_test_keep_warnings ();
  control_fixture_set_up (&fixture, NULL);
  local = control_fixture_add_channel (&fixture, "local", CG_CHANNEL_LOCAL);
  control_receive (local, "{\"mid\":\"0\",\"data\":{\"trace\":{}}}");
  cg_channel_set_link (fixture.channel, TRUE);
  fake_camera_set_contacted (fixture.camera, "1");
  count_replies ();
}

/* One message through both kinds of door: no crash, exactly the replies it is owed, all JSON. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) message = NULL;

  if (fixture.channel == NULL)
    set_up ();
  message = g_bytes_new (data, size);
  cg_clock_dummy_advance (fixture.clock, 61 * 1000); /* so that no input is a duplicate */
  count_replies ();

  cg_channel_receive (fixture.channel, message);
  control_settle (&fixture);
  g_assert_cmpuint (count_replies (), ==, count_owed (message, NULL));

  cg_channel_receive (local, message);
  control_settle (&fixture);
  g_assert_cmpuint (count_replies (), ==, count_owed (message, GATEWAY));

  for (char *text = fake_camera_pop_call (fixture.camera); text != NULL;
       text = fake_camera_pop_call (fixture.camera))
    g_free (text);
  for (char *line = cg_test_pop_warning (); line != NULL; line = cg_test_pop_warning ())
    g_free (line);
  return 0;
}
