/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-clock-dummy.h"
#include "cg-follower.h"
#include "cg-test.h"
#include "fake-finder.h"

#define DID "001122334455"
#define ENDPOINT "urn:uuid:1"
#define HOME "192.0.2.1"
#define ELSEWHERE "192.0.2.2"

typedef struct {
  char *dir;
  CgStore *store;
  CgClock *clock;
  CgFinder *finder;
  CgFollower *follower;
  guint moved;
  guint searches; /* before the test */
} Fixture;

static void
on_moved (CgFollower *follower, Fixture *fixture)
{
  fixture->moved++;
}

/* A camera that is known by its endpoint, and lost. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgCameraConfig) config = cg_camera_config_new (DID);

  fixture->dir = cg_test_make_dir ();
  g_free (cg_test_write_file (fixture->dir, "identity-" DID ".json",
                              "{\"configured\":\"" HOME "\",\"endpoint\":\"" ENDPOINT "\"}", 0600));
  fixture->store = cg_store_new (fixture->dir);
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->finder = cg_finder_new ();
  fixture->searches = fake_finder_count_searches ();
  config->address = g_strdup (HOME);
  fixture->follower = cg_follower_new (fixture->finder, fixture->store, fixture->clock, config);
  g_signal_connect (fixture->follower, "moved", G_CALLBACK (on_moved), fixture);
  cg_follower_lose (fixture->follower);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cg_follower_close (fixture->follower);
  fake_finder_fail (CG_ERROR_CANCELLED);
  g_assert_finalize_object (fixture->follower);
  g_assert_finalize_object (fixture->finder);
  g_object_unref (fixture->clock);
  cg_test_flush (fixture->store);
  g_object_unref (fixture->store);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static guint
count_searches (Fixture *fixture)
{
  return fake_finder_count_searches () - fixture->searches;
}

static void
advance (Fixture *fixture, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), ms);
}

/* An interface that is down for a while is no reason to give up. */
static void
test_failing_search (Fixture *fixture, gconstpointer data)
{
  advance (fixture, 1000);
  g_assert_cmpuint (count_searches (fixture), ==, 1);

  fake_finder_fail (CG_ERROR_UNREACHABLE);
  advance (fixture, 60 * 1000);
  g_assert_cmpuint (count_searches (fixture), ==, 2);

  fake_finder_answer (fixture->finder, ENDPOINT, ELSEWHERE);
  g_assert_cmpstr (cg_follower_get_address (fixture->follower), ==, ELSEWHERE);
  g_assert_cmpuint (fixture->moved, ==, 1);
}

/* Anybody can say hello: nobody is shown a login for it alone. */
static void
test_hello_is_a_hint (Fixture *fixture, gconstpointer data)
{
  fake_finder_hello (fixture->finder, ENDPOINT, ELSEWHERE);
  fake_finder_hello (fixture->finder, ENDPOINT, ELSEWHERE);

  g_assert_cmpuint (fixture->moved, ==, 0);
  g_assert_cmpstr (cg_follower_get_address (fixture->follower), ==, HOME);
  g_assert_cmpuint (count_searches (fixture), ==, 1);
  g_assert_cmpstr (fake_finder_get_host (), ==, ELSEWHERE);

  fake_finder_answer (fixture->finder, NULL, NULL);
  g_assert_cmpuint (fixture->moved, ==, 0);

  fake_finder_hello (fixture->finder, ENDPOINT, ELSEWHERE);
  fake_finder_answer (fixture->finder, ENDPOINT, ELSEWHERE);
  g_assert_cmpstr (cg_follower_get_address (fixture->follower), ==, ELSEWHERE);
  g_assert_cmpuint (fixture->moved, ==, 1);
}

/* Where it is asked anyway there is nothing to find out first. */
static void
test_hello_at_home (Fixture *fixture, gconstpointer data)
{
  fake_finder_hello (fixture->finder, ENDPOINT, HOME);

  g_assert_cmpuint (fixture->moved, ==, 1);
  g_assert_cmpuint (count_searches (fixture), ==, 0);
}

static void
test_hello_of_a_stranger (Fixture *fixture, gconstpointer data)
{
  fake_finder_hello (fixture->finder, "urn:uuid:2", ELSEWHERE);

  g_assert_cmpuint (fixture->moved, ==, 0);
  g_assert_cmpuint (count_searches (fixture), ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/camera/follower/failing-search", test_failing_search},
      {"/camera/follower/q16-hello-is-a-hint", test_hello_is_a_hint},
      {"/camera/follower/q16-hello-at-home", test_hello_at_home},
      {"/camera/follower/hello-of-a-stranger", test_hello_of_a_stranger},
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
