/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz-main.h"

#include <gio/gio.h>
#include <string.h>

#include "cg-config.h"
#include "cg-key-group.h"
#include "cg-text.h"

/* What is told of a file goes to a terminal, and is one line. */
static void
check_told (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (cg_text_is_plain (text));
  g_assert_true (g_str_has_prefix (text, "fuzz.conf: "));
}

static void
check_key (const CgKey *key, gconstpointer base)
{
  const gpointer value = G_STRUCT_MEMBER_P (base, key->offset);
  guint count;

  switch (key->type) {
  case CG_KEY_COUNT:
  case CG_KEY_SECONDS:
    count = *(const guint *)value;
    g_assert_true (count >= key->min && count <= key->max);
    break;
  case CG_KEY_MILLISECONDS:
    count = *(const guint *)value;
    g_assert_true (count >= key->min * 1000 && count <= key->max * 1000);
    break;
  case CG_KEY_FRACTION:
    g_assert_true (*(const double *)value >= key->min && *(const double *)value <= key->max);
    break;
  case CG_KEY_WORD:
    count = (guint)(*(const int *)value - (int)key->min);
    g_assert_cmpuint (count, <, g_strv_length ((char **)key->words));
    break;
  default:
    break; /* texts, and what is made of them */
  }
}

static void
check_group (CgKeyGroupId id, gconstpointer base)
{
  const CgKeyGroup *group = cg_key_group_get (id);

  for (gsize i = 0; i < group->n_keys; i++)
    check_key (&group->keys[i], base);
  g_assert_true (cg_key_group_equal (group, base, base));
}

static void
check_cameras (const CgConfig *config)
{
  for (guint i = 0; i < config->cameras->len; i++) {
    const CgCameraConfig *camera = config->cameras->pdata[i];
    g_autoptr (CgCameraConfig) copy = cg_camera_config_copy (camera);
    guint width;
    guint height;

    g_assert_true (cg_config_check_did (camera->did, NULL));
    g_assert_true (cg_config_find_camera (config, camera->did) == camera);
    g_assert_true (cg_camera_config_equal (camera, copy));
    g_assert_true (camera->url != NULL || camera->protocol != CG_PROTOCOL_RTSP);
    cg_camera_config_get_size (camera, &width, &height);
    check_group (CG_KEY_GROUP_CAMERA, camera);
  }
}

/* The same text means the same: nothing but the text counts. */
static void
check_config (const CgConfig *config, const char *text, gsize length)
{
  g_autoptr (CgConfig) again = cg_config_parse (text, (gssize)length, "fuzz.conf", NULL, NULL);

  g_assert_nonnull (again);
  g_assert_true (cg_config_check_did (config->gateway.did, NULL));
  g_assert_true (cg_gateway_config_equal (&config->gateway, &again->gateway));
  g_assert_true (cg_cloud_config_equal (&config->cloud, &again->cloud));
  g_assert_cmpuint (config->cameras->len, ==, again->cameras->len);
  for (CgKeyGroupId id = 0; id < CG_KEY_GROUP_CAMERA; id++)
    check_group (id, (const guint8 *)config + cg_key_group_get (id)->offset);
  check_cameras (config);
}

/* One key file: it is taken, with every value in its range, or refused with one line. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (CgConfig) config = NULL;

  memcpy (text, data, size); /* with its zeros */
  config = cg_config_parse (text, (gssize)size, "fuzz.conf", warnings, &error);
  g_assert_true ((config == NULL) == (error != NULL));
  for (guint i = 0; i < warnings->len; i++)
    check_told (warnings->pdata[i]);
  if (config != NULL) {
    check_config (config, text, size);
    return 0;
  }
  g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  check_told (error->message);
  return 0;
}
