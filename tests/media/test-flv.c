/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-amf.h"
#include "cg-flv.h"
#include "cg-rtmp-status.h"
#include "media-fixture.h"

static void
assert_bytes (const GByteArray *array, const guint8 *wanted, gsize size)
{
  g_assert_cmpmem (array->data, array->len, wanted, size);
}

static void
test_video (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (CgFormat) format = media_make_video_format (64);
  g_autoptr (CgAccessUnit) key = media_make_video (format, TRUE, 6);
  g_autoptr (CgAccessUnit) other = media_make_video (format, FALSE, 6);

  cg_flv_append_unit_head (array, key, 0x010203);
  assert_bytes (array, (const guint8[]){0x17, 1, 1, 2, 3}, 5);
  g_byte_array_set_size (array, 0);
  cg_flv_append_unit_head (array, other, 0);
  assert_bytes (array, (const guint8[]){0x27, 1, 0, 0, 0}, 5);
  g_byte_array_set_size (array, 0);
  cg_flv_append_config (array, format);

  assert_bytes (array, (const guint8[]){0x17, 0,    0, 0,    0,    1,    0x42, 0xc0, 0x1e,
                                        0xff, 0xe1, 0, 5,    0x67, 0x42, 0xc0, 0x1e, 64,
                                        1,    0,    4, 0x68, 0xce, 0x3c, 0x80},
                25);
}

static void
test_audio (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (CgFormat) format = media_make_audio_format ();
  g_autoptr (CgAccessUnit) unit = media_make_audio (format);

  cg_flv_append_config (array, format);
  assert_bytes (array, (const guint8[]){0xaf, 0, 0x11, 0x88}, 4);
  g_byte_array_set_size (array, 0);
  cg_flv_append_unit_head (array, unit, 0);

  assert_bytes (array, (const guint8[]){0xaf, 1}, 2);
}

static void
test_metadata (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (CgFormat) video = media_make_video_format (64);
  g_autoptr (CgFormat) audio = media_make_audio_format ();

  cg_flv_append_metadata (array, video, audio);
  g_autoptr (CgAmfCommand) command = cg_amf_command_parse (array->data, array->len);

  g_assert_cmpstr (command->name, ==, "@setDataFrame");
  g_assert_cmpuint (command->texts->len, ==, 1);
  g_assert_cmpstr (command->texts->pdata[0], ==, "onMetaData");
  g_assert_cmpstr (cg_amf_command_get (command, "encoder"), ==, "camgate");
  static const guint8 width[] = {0, 5, 'w', 'i', 'd', 't', 'h', 0, 0x40, 0x50, 0, 0, 0, 0, 0, 0};
  g_assert_nonnull (memmem (array->data, array->len, width, sizeof width));
  static const guint8 end[] = {0, 0, 9};
  g_assert_cmpmem (array->data + array->len - 3, 3, end, 3);
}

static GByteArray *
make_status (const char *level, const char *code, const char *description)
{
  GByteArray *array = g_byte_array_new ();

  cg_amf_append_string (array, "onStatus");
  cg_amf_append_number (array, 7);
  cg_amf_append_null (array);
  cg_amf_begin_object (array);
  cg_amf_append_key (array, "level");
  cg_amf_append_string (array, level);
  cg_amf_append_key (array, "code");
  cg_amf_append_string (array, code);
  cg_amf_append_key (array, "description");
  cg_amf_append_string (array, description);
  cg_amf_end_object (array);
  return array;
}

static void
test_amf (void)
{
  g_autoptr (GByteArray) array = make_status ("status", "NetStream.Publish.Start", "ok");
  cg_amf_append_number (array, 42);
  g_autoptr (CgAmfCommand) command = cg_amf_command_parse (array->data, array->len);

  g_assert_cmpstr (command->name, ==, "onStatus");
  g_assert_cmpfloat (command->transaction, ==, 7);
  g_assert_cmpfloat (command->number, ==, 42);
  g_assert_cmpstr (cg_amf_command_get (command, "code"), ==, "NetStream.Publish.Start");
  g_assert_cmpstr (cg_amf_command_get (command, "none"), ==, "");
  /* however short it is cut, and whatever byte is changed */
  for (guint length = 0; length < array->len; length++) {
    g_autofree guint8 *copy = g_memdup2 (array->data, length + 1);
    g_clear_pointer (&(CgAmfCommand *){cg_amf_command_parse (copy, length)}, cg_amf_command_free);
    copy[length] ^= 0xff;
    g_clear_pointer (&(CgAmfCommand *){cg_amf_command_parse (copy, length + 1)},
                     cg_amf_command_free);
  }
}

/* Enhanced RTMP tells codecs in lists of strings, and in objects by their members' names. */
static void
test_amf_parts (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();

  cg_amf_append_string (array, "_result");
  cg_amf_append_number (array, 1);
  cg_amf_begin_object (array);
  cg_amf_append_key (array, "fourCcList");
  cg_amf_begin_list (array, 3);
  cg_amf_append_string (array, "av01");
  cg_amf_append_number (array, 7);
  cg_amf_append_string (array, "vp09");
  cg_amf_append_key (array, "videoFourCcInfoMap");
  cg_amf_begin_object (array);
  cg_amf_append_key (array, "hvc1");
  cg_amf_append_number (array, 3);
  cg_amf_end_object (array);
  cg_amf_append_key (array, "code");
  cg_amf_append_string (array, "hvc1");
  cg_amf_end_object (array);
  g_autoptr (CgAmfCommand) command = cg_amf_command_parse (array->data, array->len);

  g_assert_true (cg_amf_command_has (command, "fourCcList", "av01"));
  g_assert_true (cg_amf_command_has (command, "fourCcList", "vp09"));
  g_assert_false (cg_amf_command_has (command, "fourCcList", "hvc1"));
  g_assert_true (cg_amf_command_has (command, "videoFourCcInfoMap", "hvc1"));
  g_assert_false (cg_amf_command_has (command, "code", "hvc1"));
  g_assert_cmpstr (cg_amf_command_get (command, "code"), ==, "hvc1");
}

/* A message does not grow by being read: its key is not kept once for each of its words. */
static void
test_amf_long_key (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autofree char *key = g_strnfill (30000, 'k');

  cg_amf_append_string (array, "_result");
  cg_amf_append_number (array, 1);
  cg_amf_begin_object (array);
  cg_amf_append_key (array, key);
  cg_amf_begin_list (array, 1);
  cg_amf_append_string (array, "hvc1");
  cg_amf_append_key (array, "fourCcList");
  cg_amf_begin_list (array, 1);
  cg_amf_append_string (array, "hvc1");
  cg_amf_end_object (array);
  g_autoptr (CgAmfCommand) command = cg_amf_command_parse (array->data, array->len);

  g_assert_cmpuint (g_hash_table_size (command->parts), ==, 1);
  g_assert_true (cg_amf_command_has (command, "fourCcList", "hvc1"));
}

static void
test_amf_deep (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();

  cg_amf_append_string (array, "x");
  cg_amf_append_number (array, 1);
  for (guint i = 0; i < 20000; i++) {
    cg_amf_begin_object (array);
    cg_amf_append_key (array, "k");
  }
  g_autoptr (CgAmfCommand) command = cg_amf_command_parse (array->data, array->len);

  g_assert_cmpstr (command->name, ==, "x");
}

typedef struct {
  const char *level;
  const char *code;
  const char *description;
  gboolean is_error;
  CgError error;
} StatusRow;

static const StatusRow statuses[] = {
    {"status", "NetStream.Publish.Start", "", FALSE, 0},
    {"error", "NetStream.Publish.BadName", "Already publishing", TRUE, CG_ERROR_STREAM_BUSY},
    {"status", "NetStream.Publish.BadName", "", TRUE, CG_ERROR_STREAM_BUSY},
    {"error", "NetStream.Publish.StreamBusy", "", TRUE, CG_ERROR_STREAM_BUSY},
    {"error", "NetConnection.Connect.Rejected", "code=403 need auth; authmod=adobe", TRUE,
     CG_ERROR_LOGIN_REFUSED},
    {"error", "NetStream.Publish.Denied", "", TRUE, CG_ERROR_LOGIN_REFUSED},
    {"error", "NetStream.Publish.Unauthorized", "", TRUE, CG_ERROR_LOGIN_REFUSED},
    {"error", "NetConnection.Connect.InvalidApp", "", TRUE, CG_ERROR_PEER_FAULT},
    {"error", "NetStream.Publish.Failed", "disk full", TRUE, CG_ERROR_PEER_FAULT},
    {"status", "NetStream.Unpublish.Success", "", TRUE, CG_ERROR_PEER_FAULT},
    {"error", "", "", TRUE, CG_ERROR_PEER_FAULT},
};

static void
test_status (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    const StatusRow *row = &statuses[i];
    g_autoptr (GByteArray) array = make_status (row->level, row->code, row->description);
    g_autoptr (CgAmfCommand) command = cg_amf_command_parse (array->data, array->len);

    g_test_message ("%s", row->code);
    g_assert_cmpint (cg_rtmp_status_is_error (command), ==, row->is_error);
    if (!row->is_error)
      continue;
    g_autoptr (GError) error = cg_rtmp_status_make_error (command);
    g_assert_error (error, CG_ERROR, (int)row->error);
    g_assert_nonnull (strstr (error->message, row->code));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/flv/video", test_video);
  g_test_add_func ("/flv/audio", test_audio);
  g_test_add_func ("/flv/metadata", test_metadata);
  g_test_add_func ("/amf/command", test_amf);
  g_test_add_func ("/amf/parts", test_amf_parts);
  g_test_add_func ("/amf/long-key", test_amf_long_key);
  g_test_add_func ("/amf/deep", test_amf_deep);
  g_test_add_func ("/rtmp-status/table", test_status);
  return g_test_run ();
}
