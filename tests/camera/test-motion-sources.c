/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-motion-sources.h"

/* Who holds the camera, who asks, and whether it is given to him. */
static const struct {
  CgArbitration arbitration;
  const char *priority;
  const char *holder;
  const char *source;
  const char *refusal; /* (nullable): it is given */
} rows[] = {
    {CG_ARBITRATION_LAST, "local;cloud", "local-1", "cloud", NULL},
    {CG_ARBITRATION_LAST, "local;cloud", "cloud", "local-1", NULL},
    {CG_ARBITRATION_PRIORITY, "local;cloud", "local-1", "cloud", "local is moving it"},
    {CG_ARBITRATION_PRIORITY, "local;cloud", "cloud", "local-1", NULL},
    {CG_ARBITRATION_PRIORITY, "cloud;local", "cloud", "local-22", "cloud is moving it"},
    {CG_ARBITRATION_PRIORITY, " cloud ; local ", "cloud", "local-22", "cloud is moving it"},
    {CG_ARBITRATION_PRIORITY, "cloud;local", "local-22", "cloud", NULL},
    {CG_ARBITRATION_PRIORITY, "local;cloud", "local-1", "local-2", NULL},
    {CG_ARBITRATION_PRIORITY, "local;cloud", "local-1", "local-1", NULL},
    {CG_ARBITRATION_PRIORITY, "local;cloud", NULL, "cloud", NULL},
    {CG_ARBITRATION_PRIORITY, "local;cloud", "local-1", NULL, NULL},
    {CG_ARBITRATION_PRIORITY, "local;cloud", "local-1", "gb28181", "local is moving it"},
    {CG_ARBITRATION_PRIORITY, "local;cloud", "gb28181", "cloud", NULL},
    {CG_ARBITRATION_PRIORITY, "local;cloud", "gb28181", "http-2", NULL},
    {CG_ARBITRATION_PRIORITY, "gb-x;cloud", "gb-x-4", "cloud", "gb-x is moving it"},
    {CG_ARBITRATION_PRIORITY, NULL, "local-1", "cloud", NULL},
    {CG_ARBITRATION_PRIORITY, "loc;cloud", "cloud", "local-1", "cloud is moving it"},
};

static void
test_may_take (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgPtzConfig config = {.arbitration = rows[i].arbitration, .priority = rows[i].priority};
    g_autoptr (GError) error = NULL;
    gboolean given;

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    given = cg_motion_sources_may_take (&config, rows[i].holder, rows[i].source, &error);

    g_assert_true (given == (rows[i].refusal == NULL));
    g_assert_cmpstr (error != NULL ? error->message : NULL, ==, rows[i].refusal);
    if (!given)
      g_assert_error (error, CG_ERROR, CG_ERROR_CANCELLED);
  }
}

static void
test_are_same (void)
{
  g_assert_true (cg_motion_sources_are_same ("cloud", "cloud"));
  g_assert_false (cg_motion_sources_are_same ("local-1", "local-2"));
  g_assert_false (cg_motion_sources_are_same (NULL, NULL));
  g_assert_false (cg_motion_sources_are_same ("cloud", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/motion-sources/may-take", test_may_take);
  g_test_add_func ("/camera/motion-sources/are-same", test_are_same);
  return g_test_run ();
}
