/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PROTOCOL.md section 1: servers in turn; reconnect after 1 s doubling to 60 s, full jitter. */
#include "cg-reconnect.h"

#include "cg-config.h"
#include "cg-test.h"

#define SEED 4711
#define N_BOXES 2000
#define SECOND_MS 1000
#define HOUR_MS (3600 * SECOND_MS)

/* As the setting says when nobody sets it. */
static guint
read_default_max_ms (void)
{
  g_autoptr (CgConfig) config = cg_config_parse ("[gateway]\ndid=x\n", -1, "test", NULL, NULL);

  return config->cloud.reconnect_max_s * SECOND_MS;
}

/* Many boxes lose the same cloud: the pause of each is anywhere up to the step's ceiling. */
static void
test_pauses (void)
{
  static const guint ceilings_ms[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
  const guint max_ms = read_default_max_ms ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  CgReconnect boxes[N_BOXES];

  for (guint i = 0; i < N_BOXES; i++)
    cg_reconnect_init (&boxes[i], 1, max_ms);

  for (guint step = 0; step < G_N_ELEMENTS (ceilings_ms); step++) {
    guint shortest_ms = G_MAXUINT;
    guint longest_ms = 0;
    guint n_early = 0;

    for (guint i = 0; i < N_BOXES; i++) {
      const guint pause_ms = cg_reconnect_next_ms (&boxes[i], FALSE, 0, rand);

      shortest_ms = MIN (shortest_ms, pause_ms);
      longest_ms = MAX (longest_ms, pause_ms);
      n_early += pause_ms < (ceilings_ms[step] + 500) / 2;
    }

    g_test_message ("step %u: %u to %u ms", step, shortest_ms, longest_ms);
    g_assert_cmpuint (shortest_ms, >=, 500);
    g_assert_cmpuint (shortest_ms, <=, 500 + ceilings_ms[step] / 100);
    g_assert_cmpuint (longest_ms, <=, ceilings_ms[step]);
    g_assert_cmpuint (longest_ms, >=, ceilings_ms[step] * 99 / 100);
    g_assert_cmpuint (n_early, >, N_BOXES * 45 / 100);
    g_assert_cmpuint (n_early, <, N_BOXES * 55 / 100);
  }
}

/* A cloud that is away for an hour is asked about twice a minute. */
static void
test_an_hour_without_cloud (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  CgReconnect reconnect;
  guint n_tries = 0;

  cg_reconnect_init (&reconnect, 1, read_default_max_ms ());
  for (gint64 now_ms = 0; now_ms < HOUR_MS; n_tries++)
    now_ms += cg_reconnect_next_ms (&reconnect, FALSE, 0, rand);

  g_assert_cmpuint (n_tries, >, 100);
  g_assert_cmpuint (n_tries, <, 160);
}

static void
test_servers_in_turn (void)
{
  CgReconnect reconnect;

  cg_reconnect_init (&reconnect, 3, 60 * SECOND_MS);
  g_assert_cmpuint (reconnect.server, ==, 0);
  for (guint round = 0; round < 3; round++) {
    g_assert_cmpuint (cg_reconnect_next_ms (&reconnect, FALSE, 0, NULL), ==, 0);
    g_assert_cmpuint (reconnect.server, ==, 1);
    g_assert_cmpuint (cg_reconnect_next_ms (&reconnect, FALSE, 0, NULL), ==, 0);
    g_assert_cmpuint (reconnect.server, ==, 2);
    g_assert_cmpuint (cg_reconnect_next_ms (&reconnect, FALSE, 0, NULL), >, 0);
    g_assert_cmpuint (reconnect.server, ==, 0);
  }
  g_assert_cmpuint (reconnect.backoff.attempt, ==, 3);
}

/* After a loss the first server is asked first; one that hangs up at once is not hammered. */
static void
test_links_that_were_up (void)
{
  CgReconnect reconnect;

  cg_reconnect_init (&reconnect, 2, 60 * SECOND_MS);
  cg_reconnect_next_ms (&reconnect, FALSE, 0, NULL);
  for (guint attempt = 1; attempt < 5; attempt++) {
    g_assert_cmpuint (cg_reconnect_next_ms (&reconnect, TRUE, 9 * SECOND_MS, NULL), >=, 500);
    g_assert_cmpuint (reconnect.server, ==, 0);
    g_assert_cmpuint (reconnect.backoff.attempt, ==, attempt);
  }

  g_assert_cmpuint (cg_reconnect_next_ms (&reconnect, TRUE, 10 * SECOND_MS, NULL), <=, SECOND_MS);
  g_assert_cmpuint (reconnect.backoff.attempt, ==, 1);
}

static void
test_setting (void)
{
  CgReconnect reconnect;

  cg_reconnect_init (&reconnect, 1, 5 * SECOND_MS);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (cg_reconnect_next_ms (&reconnect, FALSE, 0, NULL), <=, 5 * SECOND_MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reconnect/pauses", test_pauses);
  g_test_add_func ("/reconnect/an-hour-without-cloud", test_an_hour_without_cloud);
  g_test_add_func ("/reconnect/servers-in-turn", test_servers_in_turn);
  g_test_add_func ("/reconnect/links-that-were-up", test_links_that_were_up);
  g_test_add_func ("/reconnect/setting", test_setting);
  return g_test_run ();
}
