/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-config.h"

#include <string.h>

#define GATEWAY "[gateway]\ndid=aa1122334455\n"
#define CAMERA GATEWAY "[camera c]\n"

static CgConfig *
parse (const char *text, GPtrArray *warnings)
{
  g_autoptr (GError) error = NULL;
  CgConfig *config = cg_config_parse (text, -1, "test.conf", warnings, &error);

  g_assert_no_error (error);
  return config;
}

static const struct {
  const char *text;
  const char *message;
} faults[] = {
    {GATEWAY "[ptz]\narbitration=first\n", "is not last|priority"},
    {GATEWAY "[ptz]\npriority=Local\n", "is no list of names in small letters"},
    {CAMERA "address=h\nspeeds=0.1;0.2\n", "is not 3 numbers, separated by ;"},
    {CAMERA "address=h\nspeeds=0.1;0.2;3\n", "is not 0.01 to 1"},
    {CAMERA "address=h\nspeeds=a;b;c\n", "is no number"},
};

static void
test_faults (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (cg_config_parse (faults[i].text, -1, "test.conf", NULL, &error));
    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_nonnull (strstr (error->message, faults[i].message));
  }
}

/* Speeds of a camera's own stand in place of all three, and need no restart. */
static void
test_speeds (void)
{
  g_autoptr (CgConfig) one =
      parse (CAMERA "address=h\nspeeds= 0.1 ;0.2;0.5\n[ptz]\nspeed-fast=0.9\npriority=cloud;x-1\n"
                    "arbitration=priority\n",
             NULL);
  g_autoptr (CgConfig) none = parse (CAMERA "address=h\n[ptz]\nspeed-fast=0.9\n", NULL);
  const CgCameraConfig *own = cg_config_find_camera (one, "c");
  const CgCameraConfig *shared = cg_config_find_camera (none, "c");
  CgPtzConfig ptz;

  cg_camera_config_get_ptz (own, &one->ptz, &ptz);
  g_assert_cmpfloat (ptz.speeds[0], ==, 0.1);
  g_assert_cmpfloat (ptz.speeds[2], ==, 0.5);
  g_assert_cmpint (ptz.arbitration, ==, CG_ARBITRATION_PRIORITY);
  g_assert_cmpstr (ptz.priority, ==, "cloud;x-1");
  cg_camera_config_get_ptz (shared, &none->ptz, &ptz);
  g_assert_cmpfloat (ptz.speeds[2], ==, 0.9);
  g_assert_cmpint (ptz.arbitration, ==, CG_ARBITRATION_LAST);
  g_assert_cmpstr (ptz.priority, ==, "local;cloud");

  g_assert_true (cg_camera_config_equal (own, shared));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-ptz/faults", test_faults);
  g_test_add_func ("/config-ptz/speeds", test_speeds);
  return g_test_run ();
}
