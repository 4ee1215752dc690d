/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-outbox.h"

#define PLENTY (1024 * 1024) /* bytes */

static void
push (CgOutbox *outbox, CgDoorKind kind, const char *text)
{
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));

  cg_outbox_push (outbox, "messages/x", kind, 1, content);
}

static char *
begin (CgOutbox *outbox, int mid)
{
  CgOutboxItem *item = cg_outbox_begin (outbox);

  if (item == NULL)
    return NULL;
  item->mid = mid;
  return g_strndup (g_bytes_get_data (item->content, NULL), g_bytes_get_size (item->content));
}

/* Empties the outbox into one text. */
static char *
drain (CgOutbox *outbox)
{
  GString *text = g_string_new (NULL);
  char *one = NULL;

  for (int mid = 1; (one = begin (outbox, mid)) != NULL; mid++) {
    g_string_append (text, one);
    g_free (one);
    g_assert_true (cg_outbox_end (outbox, mid));
  }
  return g_string_free (text, FALSE);
}

static void
test_first_in_first_out (void)
{
  g_autoptr (CgOutbox) outbox = cg_outbox_new (10, PLENTY, 5);

  push (outbox, CG_DOOR_REPLY, "a");
  push (outbox, CG_DOOR_STREAM, "b");
  push (outbox, CG_DOOR_EVENT, "c");

  g_autofree char *text = drain (outbox);
  g_assert_cmpstr (text, ==, "abc");
  g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 0);
  g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 0);
}

/* Another link's messages go first; of what is under way nobody knows whether it arrived. */
static void
test_adopt (void)
{
  g_autoptr (CgOutbox) old = cg_outbox_new (10, PLENTY, 1);
  g_autoptr (CgOutbox) outbox = cg_outbox_new (4, PLENTY, 4);
  push (old, CG_DOOR_REPLY, "a");
  push (old, CG_DOOR_EVENT, "b");
  push (old, CG_DOOR_REPLY, "c");
  push (old, CG_DOOR_STREAM, "d");
  g_free (begin (old, 1));
  push (outbox, CG_DOOR_REPLY, "x");
  push (outbox, CG_DOOR_REPLY, "y");

  cg_outbox_adopt (outbox, cg_outbox_take_waiting (old));

  g_assert_cmpuint (cg_outbox_get_length (old), ==, 1);
  g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 4);
  g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 1);
  g_autofree char *text = drain (outbox);
  g_assert_cmpstr (text, ==, "bcxy");
  cg_outbox_rewind (old, FALSE);
  g_autofree char *left = drain (old);
  g_assert_cmpstr (left, ==, "a");
}

typedef struct {
  const char *kinds; /* in the order in which they are pushed: s, e, g (register), r; limit 4 */
  const char *kept;  /* by their place, from 0 */
} DropRow;

static const DropRow drop_rows[] = {
    {"rrrr", "0123"},     {"srrrr", "1234"}, {"rsrsrs", "0245"}, {"eserr", "0234"},
    {"eeerrr", "2345"},   {"rrrre", "0123"}, {"rrrrs", "0123"},  {"eeees", "0123"},
    {"rrrrr", "1234"},    {"gerrr", "0234"}, {"grrrr", "1234"},  {"sgerrrr", "3456"},
    {"ssssssss", "4567"},
};

static void
test_drops_streams_then_events (void)
{
  for (gsize row = 0; row < G_N_ELEMENTS (drop_rows); row++) {
    g_autoptr (CgOutbox) outbox = cg_outbox_new (4, PLENTY, 4);

    for (guint i = 0; drop_rows[row].kinds[i] != '\0'; i++) {
      const char name[] = {(char)('0' + i), '\0'};
      const char kind = drop_rows[row].kinds[i];
      push (outbox,
            kind == 's'   ? CG_DOOR_STREAM
            : kind == 'e' ? CG_DOOR_EVENT
            : kind == 'g' ? CG_DOOR_REGISTER
                          : CG_DOOR_REPLY,
            name);
    }

    const gsize n_dropped = strlen (drop_rows[row].kinds) - strlen (drop_rows[row].kept);
    g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, n_dropped);
    g_autofree char *kept = drain (outbox);
    g_assert_cmpstr (kept, ==, drop_rows[row].kept);
  }
}

static void
test_window (void)
{
  g_autoptr (CgOutbox) outbox = cg_outbox_new (10, PLENTY, 2);
  push (outbox, CG_DOOR_REPLY, "a");
  push (outbox, CG_DOOR_REPLY, "b");
  push (outbox, CG_DOOR_REPLY, "c");
  g_autofree char *a G_GNUC_UNUSED = begin (outbox, 1);
  g_autofree char *b G_GNUC_UNUSED = begin (outbox, 2);

  g_assert_null (cg_outbox_begin (outbox));
  g_assert_false (cg_outbox_end (outbox, 3));
  g_assert_true (cg_outbox_end (outbox, 2));
  g_autofree char *c = begin (outbox, 3);

  g_assert_cmpstr (c, ==, "c");
  g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 2);
}

static void
test_rewind_restores_the_order (void)
{
  g_autoptr (CgOutbox) outbox = cg_outbox_new (10, PLENTY, 3);
  push (outbox, CG_DOOR_REPLY, "a");
  push (outbox, CG_DOOR_STREAM, "b");
  push (outbox, CG_DOOR_REPLY, "c");
  push (outbox, CG_DOOR_REPLY, "d");
  g_free (begin (outbox, 1));
  g_free (begin (outbox, 2));
  g_free (begin (outbox, 3));
  g_assert_true (cg_outbox_end (outbox, 2));

  cg_outbox_rewind (outbox, FALSE);

  g_autofree char *text = drain (outbox);
  g_assert_cmpstr (text, ==, "acd");
}

/* Another link is lost soon. Returns: (transfer full): what was under way */
static char *
lose_soon (CgOutbox *outbox)
{
  GString *text = g_string_new (NULL);
  char *one = NULL;

  for (int mid = 1; (one = begin (outbox, mid)) != NULL; mid++) {
    g_string_append_c (text, *one);
    g_free (one);
  }
  cg_outbox_rewind (outbox, TRUE);
  return g_string_free (text, FALSE);
}

static void
assert_refused (CgOutbox *outbox, const char *expected)
{
  g_autoptr (CgOutboxItem) item = cg_outbox_take_refused (outbox);

  if (expected == NULL) {
    g_assert_null (item);
    return;
  }
  g_assert_nonnull (item);
  g_assert_cmpmem (g_bytes_get_data (item->content, NULL), g_bytes_get_size (item->content),
                   expected, strlen (expected));
}

static void
test_third_loss_refuses (void)
{
  static const char *const seen[] = {"abc", "abc", "a"};
  g_autoptr (CgOutbox) outbox = cg_outbox_new (10, PLENTY, 3);
  push (outbox, CG_DOOR_REPLY, "a");
  push (outbox, CG_DOOR_REPLY, "b");
  push (outbox, CG_DOOR_REPLY, "c");
  push (outbox, CG_DOOR_REPLY, "d");

  for (guint i = 0; i < G_N_ELEMENTS (seen); i++) {
    assert_refused (outbox, NULL);
    g_autofree char *under_way = lose_soon (outbox);
    g_assert_cmpstr (under_way, ==, seen[i]);
  }

  assert_refused (outbox, "a");
  assert_refused (outbox, NULL);
  g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 1);
  g_autofree char *text = drain (outbox);
  g_assert_cmpstr (text, ==, "bcd");
  push (outbox, CG_DOOR_REPLY, "a"); /* so short: it was the topic, or chance */
  g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 1);
}

static void
test_steady_links_refuse_nothing (void)
{
  g_autoptr (CgOutbox) outbox = cg_outbox_new (10, PLENTY, 3);
  push (outbox, CG_DOOR_REPLY, "a");

  for (guint i = 0; i < 4; i++) {
    g_free (lose_soon (outbox));
    g_free (lose_soon (outbox));
    g_free (begin (outbox, 1));
    cg_outbox_rewind (outbox, FALSE);
  }

  g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 0);
}

/* Until a link has lived longer. */
static void
test_what_is_as_long_is_refused (void)
{
  g_autoptr (CgOutbox) outbox = cg_outbox_new (10, PLENTY, 1);
  g_autofree char *large = g_strnfill (10000, 'x');
  g_autofree char *larger = g_strnfill (10001, 'y');
  g_autofree char *shorter = g_strnfill (9999, 'z');
  push (outbox, CG_DOOR_REPLY, large);
  push (outbox, CG_DOOR_EVENT, larger);

  for (guint i = 0; i < 3; i++)
    g_free (lose_soon (outbox));
  push (outbox, CG_DOOR_REPLY, large);
  push (outbox, CG_DOOR_REPLY, shorter);

  assert_refused (outbox, large);
  assert_refused (outbox, larger);
  assert_refused (outbox, large);
  assert_refused (outbox, NULL);
  g_autofree char *text = drain (outbox);
  g_assert_cmpstr (text, ==, shorter);
  cg_outbox_rewind (outbox, FALSE);
  push (outbox, CG_DOOR_REPLY, large);
  g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 1);
}

static void
test_what_is_under_way_is_not_dropped (void)
{
  g_autoptr (CgOutbox) outbox = cg_outbox_new (2, PLENTY, 2);
  push (outbox, CG_DOOR_STREAM, "a");
  push (outbox, CG_DOOR_STREAM, "b");
  g_free (begin (outbox, 1));
  g_free (begin (outbox, 2));

  push (outbox, CG_DOOR_REPLY, "c");

  g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 2);
  g_assert_true (cg_outbox_end (outbox, 1));
  g_assert_true (cg_outbox_end (outbox, 2));
}

static void
test_link_up_counts_bytes_alone (void)
{
  g_autoptr (CgOutbox) outbox = cg_outbox_new (4, PLENTY, 4);

  cg_outbox_set_link (outbox, TRUE);
  for (guint i = 0; i < 100; i++)
    push (outbox, CG_DOOR_REPLY, "a");
  g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 100);
  g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 0);

  cg_outbox_set_link (outbox, FALSE);

  g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 4);
  g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 96);
}

/* With and without a link; streams go first, what has been sent makes room. */
static void
test_bytes (void)
{
  g_autofree char *large = g_strnfill (10000, 'x');

  for (guint up = 0; up < 2; up++) {
    g_autoptr (CgOutbox) outbox = cg_outbox_new (1000, 45000, 4);

    cg_outbox_set_link (outbox, up == 1);
    for (guint i = 0; i < 3; i++)
      push (outbox, CG_DOOR_REPLY, large);
    push (outbox, CG_DOOR_STREAM, large);
    g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 0);
    push (outbox, CG_DOOR_REPLY, large);
    g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 1);
    g_assert_cmpuint (cg_outbox_get_length (outbox), ==, 4);
    for (int mid = 1; mid <= 4; mid++) {
      CgOutboxItem *item = cg_outbox_begin (outbox);
      g_assert_cmpint (item->kind, ==, CG_DOOR_REPLY);
      item->mid = mid;
    }
    g_assert_true (cg_outbox_end (outbox, 2));
    cg_outbox_rewind (outbox, FALSE);
    push (outbox, CG_DOOR_REPLY, large);
    g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 1);
    push (outbox, CG_DOOR_REPLY, large);
    g_assert_cmpuint (cg_outbox_get_n_dropped (outbox), ==, 2);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/first-in-first-out", test_first_in_first_out);
  g_test_add_func ("/outbox/adopt", test_adopt);
  g_test_add_func ("/outbox/drops-streams-then-events", test_drops_streams_then_events);
  g_test_add_func ("/outbox/window", test_window);
  g_test_add_func ("/outbox/rewind-restores-the-order", test_rewind_restores_the_order);
  g_test_add_func ("/outbox/third-loss-refuses", test_third_loss_refuses);
  g_test_add_func ("/outbox/steady-links-refuse-nothing", test_steady_links_refuse_nothing);
  g_test_add_func ("/outbox/what-is-as-long-is-refused", test_what_is_as_long_is_refused);
  g_test_add_func ("/outbox/what-is-under-way-is-not-dropped",
                   test_what_is_under_way_is_not_dropped);
  g_test_add_func ("/outbox/link-up-counts-bytes-alone", test_link_up_counts_bytes_alone);
  g_test_add_func ("/outbox/bytes", test_bytes);
  return g_test_run ();
}
