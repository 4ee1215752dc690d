/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-profile.h"

#include <string.h>

#define END                                                                                        \
  {                                                                                                \
    NULL                                                                                           \
  }

/* Short for a profile: token, name, source, encoding, size, whether it moves. */
typedef struct {
  const char *token;
  const char *name;
  const char *source;
  const char *encoding;
  guint width;
  guint height;
  gboolean ptz;
} Given;

static const Given plain[] = {
    {"main", "Main", "v0", "H264", 2560, 1440, TRUE},
    {"sub", "Sub", "v0", "H264", 640, 360, TRUE},
    END,
};
static const Given h265_first[] = {
    {"p0", "Main", "v0", "H265", 3840, 2160, FALSE},
    {"p1", "Sub", "v0", "H264", 1280, 720, TRUE},
    {"p2", "Third", "v0", "H264", 704, 576, TRUE},
    END,
};
static const Given h265_only[] = {
    {"data", "Metadata", NULL, NULL, 0, 0, FALSE},
    {"jpeg", "Jpeg", "v0", "JPEG", 3840, 2160, FALSE},
    {"h265", "Main", "v0", "H265", 3840, 2160, FALSE},
    END,
};
static const Given untold[] = {
    {"jpeg", "Jpeg", "v0", "JPEG", 640, 480, FALSE},
    {"h265", "Main", "v0", "H265", 640, 480, FALSE},
    {"what", "What", "v0", NULL, 0, 0, FALSE},
    END,
};
static const Given jpeg_first[] = {
    {"1", "2", "v0", "JPEG", 640, 480, FALSE},
    {"2", "1", NULL, NULL, 0, 0, FALSE},
    END,
};
static const Given recorder[] = {
    {"c1m", "Main", "v1", "H264", 1920, 1080, FALSE}, {"c1s", "Sub", "v1", "H264", 704, 576, FALSE},
    {"c9m", "Main", "v9", "H265", 3840, 2160, TRUE},  {"c9s", "Sub", "v9", "H264", 640, 480, TRUE},
    {"c3m", "Main", "v3", "H264", 1920, 1080, TRUE},  END,
};
static const Given nothing[] = {END};

static GPtrArray *
make_profiles (const Given *given)
{
  GPtrArray *profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_profile_free);

  for (; given->token != NULL; given++) {
    CgOnvifProfile *profile = g_new0 (CgOnvifProfile, 1);

    profile->token = g_strdup (given->token);
    profile->name = g_strdup (given->name);
    profile->video_source = g_strdup (given->source);
    profile->encoding = g_strdup (given->encoding);
    profile->width = given->width;
    profile->height = given->height;
    profile->ptz_configuration = given->ptz ? g_strdup ("ptz") : NULL;
    g_ptr_array_add (profiles, profile);
  }
  return profiles;
}

static void
test_choose (void)
{
  static const struct {
    const Given *given;
    CgOnvifWish wish;
    const char *seen;  /* (nullable) */
    const char *moves; /* (nullable) */
  } rows[] = {
      {nothing, {NULL}, NULL, NULL},
      {plain, {NULL}, "main", "main"},
      {plain, {"sub"}, "sub", "main"},
      {plain, {"Sub"}, "sub", "main"},
      {plain, {"none of these"}, "main", "main"},
      {plain, {NULL, 1}, "main", "main"},
      {plain, {NULL, 2}, NULL, NULL},
      {plain, {NULL, 0, 1920, 1080}, "sub", "main"},
      {plain, {NULL, 0, 2560, 1440}, "main", "main"},
      {plain, {NULL, 0, 320, 240}, "sub", "main"},
      {plain, {"main", 0, 320, 240}, "main", "main"},
      {h265_first, {NULL}, "p1", "p1"},
      {h265_first, {"Main"}, "p0", "p1"},
      {h265_first, {NULL, 0, 3840, 2160}, "p1", "p1"},
      {h265_first, {NULL, 0, 720, 576}, "p2", "p1"},
      {h265_first, {NULL, 0, 1280, 576}, "p2", "p1"},
      {h265_only, {NULL}, "h265", NULL},
      {h265_only, {"jpeg"}, "jpeg", NULL},
      {untold, {NULL}, "what", NULL},
      {jpeg_first, {NULL}, "2", NULL},
      {jpeg_first, {"1"}, "1", NULL},
      /* Q60: the second source is the second that is named, whatever its token */
      {recorder, {NULL}, "c1m", "c9m"},
      {recorder, {NULL, 1}, "c1m", NULL},
      {recorder, {NULL, 2}, "c9s", "c9m"},
      {recorder, {"Main", 2}, "c9m", "c9m"},
      {recorder, {NULL, 3}, "c3m", "c3m"},
      {recorder, {NULL, 4}, NULL, NULL},
      {recorder, {"c1s"}, "c1s", NULL},
      {recorder, {"c3m"}, "c3m", "c3m"},
      {recorder, {NULL, 1, 1280, 720}, "c1s", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GPtrArray) profiles = make_profiles (rows[i].given);
    const CgOnvifProfile *moves = NULL;

    const CgOnvifProfile *seen = cg_onvif_profile_choose (profiles, &rows[i].wish);
    if (seen != NULL)
      moves = cg_onvif_profile_choose_ptz_beside (profiles, seen, &rows[i].wish);

    g_test_message ("row %u", i);
    g_assert_cmpstr (seen != NULL ? seen->token : NULL, ==, rows[i].seen);
    g_assert_cmpstr (moves != NULL ? moves->token : NULL, ==, rows[i].moves);
  }
}

/* What takes the place of the first of each row on a slow line. */
static void
test_choose_small (void)
{
  static const struct {
    Given given[5];
    const char *wanted;
    const char *small;
  } rows[] = {
      {{{"a", "", "v0", "H264", 1920, 1080, FALSE}, END}, NULL, NULL},
      {{{"a", "", "v0", "H264", 1920, 1080, FALSE}, {"b", "", "v0", "H264", 640, 360, FALSE}, END},
       NULL,
       "b"},
      {{{"a", "", "v0", "H264", 1920, 1080, FALSE},
        {"b", "", "v0", "H264", 320, 180, FALSE},
        {"c", "", "v0", "H264", 1280, 720, FALSE},
        END},
       NULL,
       "c"},
      {{{"a", "", "v0", "H264", 1920, 1080, FALSE},
        {"b", "", "v0", "H264", 320, 180, FALSE},
        {"c", "tiny", "v0", "JPEG", 160, 90, FALSE},
        END},
       "tiny",
       "c"},
      {{{"a", "", "v0", "H264", 1920, 1080, FALSE}, {"b", "", "v1", "H264", 640, 360, FALSE}, END},
       NULL,
       NULL},
      {{{"a", "", "v0", "H264", 1920, 1080, FALSE}, {"b", "", "v0", "H265", 640, 360, FALSE}, END},
       NULL,
       NULL},
      {{{"a", "", "v0", "H265", 1920, 1080, FALSE}, {"b", "", "v0", "H264", 640, 360, FALSE}, END},
       NULL,
       "b"},
      {{{"a", "", "v0", "H264", 640, 360, FALSE}, {"b", "", "v0", "H264", 1920, 1080, FALSE}, END},
       NULL,
       NULL},
      {{{"a", "", "v0", "H264", 0, 0, FALSE}, {"b", "", "v0", "H264", 640, 360, FALSE}, END},
       NULL,
       NULL},
      {{{"a", "", "v0", "H264", 640, 360, FALSE}, END}, "none", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GPtrArray) profiles = make_profiles (rows[i].given);

    const CgOnvifProfile *small =
        cg_onvif_profile_choose_small (profiles, profiles->pdata[0], rows[i].wanted);

    g_test_message ("row %u", i);
    g_assert_cmpstr (small != NULL ? small->token : NULL, ==, rows[i].small);
  }
}

/* Q28: what media 2 told stays, what it lacks comes from media 1. */
static void
test_merge (void)
{
  static const Given media2[] = {
      {"a", "", "v0", "H265", 3840, 2160, FALSE},
      {"b", "B", NULL, "H264", 0, 0, FALSE},
      END,
  };
  static const Given media1[] = {
      {"c", "C", "v0", "JPEG", 640, 480, FALSE},
      {"b", "other", "v0", "JPEG", 1280, 720, TRUE},
      {"a", "A", "v1", "H264", 1920, 1080, FALSE},
      END,
  };
  g_autoptr (GPtrArray) profiles = make_profiles (media2);
  g_autoptr (GPtrArray) others = make_profiles (media1);

  cg_onvif_profiles_merge (profiles, others);

  g_assert_cmpuint (profiles->len, ==, 3);
  const CgOnvifProfile *a = g_ptr_array_index (profiles, 0);
  const CgOnvifProfile *b = g_ptr_array_index (profiles, 1);
  const CgOnvifProfile *c = g_ptr_array_index (profiles, 2);
  g_assert_cmpstr (a->token, ==, "a");
  g_assert_cmpstr (a->name, ==, "A");
  g_assert_cmpstr (a->encoding, ==, "H265");
  g_assert_cmpuint (a->width, ==, 3840);
  g_assert_cmpstr (a->video_source, ==, "v0");
  g_assert_cmpstr (b->name, ==, "B");
  g_assert_cmpstr (b->encoding, ==, "H264");
  g_assert_cmpuint (b->height, ==, 720);
  g_assert_cmpstr (b->video_source, ==, "v0");
  g_assert_cmpstr (b->ptz_configuration, ==, "ptz");
  g_assert_cmpstr (c->token, ==, "c");
}

static void
test_encodings (void)
{
  static const struct {
    const char *written;
    const char *name;
  } rows[] = {
      {"H264", "H264"},
      {"h264", "H264"},
      {"video/H265", "H265"},
      {"H.265", "H265"},
      {"HEVC", "H265"},
      {" H265+ ", "H265"},
      {"JPEG", "JPEG"},
      {"video/mjpeg", "JPEG"},
      {"MPV4-ES", "MPV4-ES"},
      {"MP4V-ES", "MPEG4"},
      {"MPEG4", "MPEG4"},
      {"AAC", "AAC"},
      {"MP4A-LATM", "AAC"},
      {"mpeg4-generic", "AAC"},
      {"audio/PCMU", "G711"},
      {"G711", "G711"},
      {"G726", "G726"},
      {"AV1", "AV1"},
      {"", NULL},
      {NULL, NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *name = cg_onvif_encoding_dup (rows[i].written);

    g_assert_cmpstr (name, ==, rows[i].name);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/profile/choose-Q34-Q60", test_choose);
  g_test_add_func ("/onvif/profile/choose-small", test_choose_small);
  g_test_add_func ("/onvif/profile/merge-Q28", test_merge);
  g_test_add_func ("/onvif/profile/encodings", test_encodings);
  return g_test_run ();
}
