/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of what a camera shows: pure tables. */
#include "cg-ptz-sense.h"

#define NO_LIMIT CG_N_ERRORS

static const CgPtzFacts generic = {
    .position = {{-1, 1}, {-1, 1}, {0, 1}},
    .is_told = {TRUE, TRUE, TRUE},
    .continuous_pan_tilt = TRUE,
    .continuous_zoom = TRUE,
};

static CgPtzLook
at (double pan, double tilt)
{
  return (CgPtzLook){.has_position = TRUE, .has_zoom = TRUE, .pan = pan, .tilt = tilt};
}

static CgPtzMove
towards (double pan, double tilt)
{
  return (CgPtzMove){.pan_tilt = TRUE, .pan = pan, .tilt = tilt};
}

static void
set_up (CgPtzSense *sense)
{
  cg_ptz_sense_init (sense);
  cg_ptz_sense_set_facts (sense, &generic);
}

/* One move that is seen at each of the places, which end with 9. */
static void
watch (CgPtzSense *sense, const CgPtzMove *move, const double places[][2])
{
  CgPtzWatch watch;

  cg_ptz_watch_init (&watch, move, NULL);
  for (int i = 0; places[i][0] < 9; i++) {
    const CgPtzLook look = at (places[i][0], places[i][1]);

    cg_ptz_sense_watch (sense, &watch, &look);
  }
}

static void
test_told_limits (void)
{
  static const struct {
    double pan, tilt;             /* where it stands */
    double pan_speed, tilt_speed; /* where it is to go */
    CgError code;
  } rows[] = {
      {0, 1, 0, 1, CG_ERROR_LIMIT_UP},
      {0, -1, 0, -0.3, CG_ERROR_LIMIT_DOWN},
      {-1, 0, -1, 0, CG_ERROR_LIMIT_LEFT},
      {1, 0, 1, 0, CG_ERROR_LIMIT_RIGHT},
      {0.991, 0, 1, 0, CG_ERROR_LIMIT_RIGHT},
      {0.98, 0, 1, 0, NO_LIMIT},
      {1, 1, 1, 1, CG_ERROR_LIMIT_UP},
      {1, -1, 1, -1, CG_ERROR_LIMIT_DOWN},
      {1, 0.5, 1, 1, NO_LIMIT},
      {0.5, 1, 1, 1, NO_LIMIT},
      {0, 0, 1, 0, NO_LIMIT},
      {1, 0, 0, 1, NO_LIMIT},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgPtzLook look = at (rows[i].pan, rows[i].tilt);
    const CgPtzMove move = towards (rows[i].pan_speed, rows[i].tilt_speed);
    CgPtzSense sense;
    set_up (&sense);

    const CgPtzLimit limit = cg_ptz_sense_get_limit (&sense, &look, &move);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (limit.code, ==, rows[i].code);
    g_assert_false (limit.code != NO_LIMIT && limit.is_sure);
  }
}

/* After one move in one direction it is known where the other leads. */
static void
test_signs (void)
{
  static const struct {
    double places[4][2];
    int sign;
    CgError right; /* at 1, going right */
    CgError left;
  } rows[] = {
      {{{0, 0}, {0.2, 0}, {9, 0}}, 1, CG_ERROR_LIMIT_RIGHT, NO_LIMIT},
      {{{0, 0}, {-0.2, 0}, {9, 0}}, -1, NO_LIMIT, CG_ERROR_LIMIT_LEFT},
      {{{0, 0}, {0, 0}, {9, 0}}, 0, CG_ERROR_LIMIT_RIGHT, CG_ERROR_LIMIT_LEFT},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgPtzMove right = towards (0.5, 0);
    const CgPtzMove left = towards (-0.5, 0);
    const CgPtzLook end = at (1, 0);
    CgPtzSense sense;
    set_up (&sense);

    watch (&sense, &right, rows[i].places);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (sense.axes[CG_PTZ_PAN].sign, ==, rows[i].sign);
    g_assert_cmpint (cg_ptz_sense_get_limit (&sense, &end, &right).code, ==, rows[i].right);
    g_assert_cmpint (cg_ptz_sense_get_limit (&sense, &end, &left).code, ==, rows[i].left);
  }
}

/* One move that goes the other way is an accident, two are another sign. */
static void
test_a_sign_that_turns (void)
{
  static const double there[][2] = {{0, 0}, {0.2, 0}, {9, 0}};
  static const double back[][2] = {{0.2, 0}, {0, 0}, {9, 0}};
  const CgPtzMove right = towards (0.5, 0);
  CgPtzSense sense;
  set_up (&sense);
  watch (&sense, &right, there);

  watch (&sense, &right, back);
  g_assert_cmpint (sense.axes[CG_PTZ_PAN].sign, ==, 1);
  watch (&sense, &right, back);

  g_assert_cmpint (sense.axes[CG_PTZ_PAN].sign, ==, -1);
}

/* Where a move to the right ends, whatever is told of it. */
static void
test_ends (void)
{
  static const struct {
    double places[6][2];
    CgPtzEndKind kind;
    double end;
  } rows[] = {
      {{{0.8, 0}, {0.9, 0}, {1, 0}, {1, 0}, {9, 0}}, CG_PTZ_END_VERIFIED, 1},
      {{{0.2, 0}, {0.4, 0}, {0.5, 0}, {0.5, 0}, {9, 0}}, CG_PTZ_END_LEARNT, 0.5},
      {{{0.8, 0}, {1.1, 0}, {1.3, 0}, {9, 0}}, CG_PTZ_END_LYING, 1},
      {{{0.8, 0}, {1.1, 0}, {1.3, 0}, {1.3, 0}, {9, 0}}, CG_PTZ_END_LEARNT, 1.3},
      {{{0.8, 0}, {0.95, 0}, {-0.9, 0}, {9, 0}}, CG_PTZ_END_LYING, 1},
      {{{0.5, 0}, {0.5, 0}, {0.5, 0}, {9, 0}}, CG_PTZ_END_ADVERTISED, 1},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgPtzMove right = towards (0.5, 0);
    CgPtzSense sense;
    set_up (&sense);

    watch (&sense, &right, rows[i].places);

    const CgPtzEnd *end = &sense.axes[CG_PTZ_PAN].ends[CG_PTZ_HIGH];
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (end->kind, ==, rows[i].kind);
    g_assert_cmpfloat_with_epsilon (end->at, rows[i].end, 1e-9);
  }
}

/* Once tried, it is believed; once passed, no more. */
static void
test_verified_end (void)
{
  static const double beyond[][2] = {{0.5, 0}, {0.7, 0}, {9, 0}};
  const CgPtzMove right = towards (0.5, 0);
  const CgPtzMove left = towards (-0.5, 0);
  const CgPtzLook end = at (1, 0);
  CgPtzSense sense;
  set_up (&sense);

  cg_ptz_sense_note_end (&sense, &end, &right);
  g_assert_true (cg_ptz_sense_get_limit (&sense, &end, &right).is_sure);
  g_assert_cmpint (cg_ptz_sense_get_limit (&sense, &end, &left).code, ==, NO_LIMIT);
  sense.axes[CG_PTZ_PAN].ends[CG_PTZ_HIGH] = (CgPtzEnd){CG_PTZ_END_VERIFIED, 0.5};
  watch (&sense, &right, beyond);

  g_assert_cmpint (sense.axes[CG_PTZ_PAN].ends[CG_PTZ_HIGH].kind, ==, CG_PTZ_END_ADVERTISED);
}

/* Q36: a position that never changes is none. */
static void
test_q36_frozen (void)
{
  const CgPtzMove right = towards (0.5, 0);
  const CgPtzLook look = at (0, 0);
  CgPtzSense sense;
  set_up (&sense);
  g_assert_true (cg_ptz_sense_has_place (&sense, &look));

  cg_ptz_sense_note_unmoved (&sense, &look, &right);
  cg_ptz_sense_note_unmoved (&sense, &look, &right);
  g_assert_false (cg_ptz_sense_has_place (&sense, &look));

  watch (&sense, &right, (const double[][2]){{0, 0}, {0.2, 0}, {9, 0}});
  g_assert_true (cg_ptz_sense_has_place (&sense, &look));
}

/* Q36: what MoveStatus is worth, beside the position and without it. */
static void
test_q36_move_status (void)
{
  static const struct {
    gboolean says_moving; /* as it moves */
    gboolean says_rest;   /* moving, as it stands */
    CgPtzTruth truth;
  } rows[] = {
      {TRUE, FALSE, CG_PTZ_TRUTH_HONEST},
      {FALSE, FALSE, CG_PTZ_TRUTH_FROZEN},
      {TRUE, TRUE, CG_PTZ_TRUTH_RESTLESS},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgPtzMove right = towards (0.5, 0);
    CgPtzWatch watch;
    CgPtzSense sense;
    set_up (&sense);
    cg_ptz_watch_init (&watch, &right, NULL);

    for (int n = 0; n < 4; n++) {
      CgPtzLook look = at (0.1 * n, 0);

      look.has_move_status = TRUE;
      look.moving_pan_tilt = rows[i].says_moving;
      cg_ptz_sense_watch (&sense, &watch, &look);
    }
    for (int n = 0; n < 2; n++) {
      CgPtzLook look = at (0.3, 0);

      look.has_move_status = TRUE;
      look.moving_pan_tilt = rows[i].says_rest;
      cg_ptz_sense_note_rest (&sense, &look, &look);
    }

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (sense.move_status, ==, rows[i].truth);
  }
}

/* Q38: one axis alone, though the other is not at its end; twice, for it may be slow to begin, or
 * stand at an end that nobody tells. */
static void
test_q38_one_axis (void)
{
  static const struct {
    double places[5][2];
    guint diagonals;
    gboolean one_axis_only;
  } rows[] = {
      {{{0, 0}, {0.1, 0}, {0.2, 0}, {0.3, 0}, {9, 0}}, 1, FALSE},
      {{{0, 0}, {0.1, 0}, {0.2, 0}, {0.3, 0}, {9, 0}}, 2, TRUE},
      {{{0, 0}, {0.1, 0}, {0.2, 0.1}, {0.3, 0.2}, {9, 0}}, 2, FALSE},
      {{{0, 0}, {0.1, 0.1}, {0.2, 0.2}, {0.3, 0.3}, {9, 0}}, 2, FALSE},
      {{{0, 1}, {0.1, 1}, {0.2, 1}, {0.3, 1}, {9, 0}}, 2, FALSE},
      {{{0, 0.8}, {0.1, 0.9}, {0.2, 0.9}, {0.3, 0.9}, {9, 0}}, 2, FALSE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgPtzMove diagonal = towards (0.5, 0.5);
    CgPtzSense sense;
    set_up (&sense);

    for (guint n = 0; n < rows[i].diagonals; n++)
      watch (&sense, &diagonal, rows[i].places);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (sense.one_axis_only, ==, rows[i].one_axis_only);
  }
}

/* Q38: what was learnt by mistake: a whole diagonal moves both; or the lone axis does not move when
 * it is its turn either, for it stands at an end that nobody has told. */
static void
test_q38_refuted (void)
{
  static const struct {
    double from[2];
    double to[2];
    gboolean is_split;
    gboolean is_refuted;
  } rows[] = {
      {{0, 0}, {0.2, 0.2}, FALSE, TRUE},
      {{0, 0}, {0.2, 0.2}, TRUE, FALSE},
      {{0, 0}, {0.2, 0}, TRUE, TRUE},
      {{0, 1}, {0.2, 1}, TRUE, FALSE}, /* at an end that is known */
      {{0, 0}, {0, 0}, TRUE, FALSE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgPtzMove diagonal = towards (0.5, 0.5);
    const CgPtzLook before = at (rows[i].from[0], rows[i].from[1]);
    const CgPtzLook after = at (rows[i].to[0], rows[i].to[1]);
    CgPtzWatch watch;
    CgPtzSense sense;
    set_up (&sense);
    sense.one_axis_only = TRUE;
    sense.axes[CG_PTZ_TILT].sign = 1;

    cg_ptz_watch_init (&watch, &diagonal, &before);
    watch.is_split = rows[i].is_split;
    cg_ptz_sense_watch (&sense, &watch, &after);
    if (rows[i].is_split)
      cg_ptz_sense_refute_turns (&sense, &watch);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (sense.one_axis_only, ==, !rows[i].is_refuted);
  }
}

/* Q37: a habit is what happens twice in a row. */
static void
test_q37_loses_first (void)
{
  CgPtzSense sense;
  set_up (&sense);

  cg_ptz_sense_note_second_try (&sense, TRUE);
  cg_ptz_sense_note_second_try (&sense, FALSE);
  cg_ptz_sense_note_second_try (&sense, TRUE);
  g_assert_false (sense.loses_first);
  cg_ptz_sense_note_second_try (&sense, TRUE);

  g_assert_true (sense.loses_first);
}

/* What was learnt comes back; what makes no sense was not learnt. */
static void
test_json (void)
{
  static const char *const nonsense[] = {
      "[]", "{}", "{\"pan\":1}", "{\"pan\":{\"min\":\"a\",\"max\":1,\"low\":{\"at\":1}}}",
      "{\"pan\":{\"min\":-1,\"max\":1,\"high\":{\"at\":1e300,\"kind\":\"verified\"}}}"};
  const CgPtzMove right = towards (0.5, 0);
  CgPtzSense sense;
  CgPtzSense copy;
  set_up (&sense);
  watch (&sense, &right, (const double[][2]){{0.2, 0}, {0.4, 0}, {0.5, 0}, {0.5, 0}, {9, 0}});
  sense.one_axis_only = TRUE;

  g_autoptr (JsonNode) node = cg_ptz_sense_write (&sense);
  cg_ptz_sense_read (&copy, node);
  cg_ptz_sense_set_facts (&copy, &generic);
  g_assert_true (cg_ptz_sense_equal (&sense, &copy));

  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++) {
    g_autoptr (JsonNode) faulty = json_from_string (nonsense[i], NULL);

    cg_ptz_sense_read (&copy, faulty);
    cg_ptz_sense_set_facts (&copy, &generic);
    g_assert_cmpint (copy.axes[CG_PTZ_PAN].ends[CG_PTZ_HIGH].kind, ==, CG_PTZ_END_ADVERTISED);
  }
}

/* What was learnt in degrees says nothing of another space. */
static void
test_other_space (void)
{
  const CgPtzFacts degrees = {.position = {{-180, 180}, {-90, 90}, {0, 1}},
                              .is_told = {TRUE, TRUE, TRUE}};
  const CgPtzMove right = towards (0.5, 0);
  const CgPtzLook end = at (1, 0);
  CgPtzSense sense;
  set_up (&sense);
  cg_ptz_sense_note_end (&sense, &end, &right);

  cg_ptz_sense_set_facts (&sense, &degrees);

  g_assert_cmpint (cg_ptz_sense_get_limit (&sense, &end, &right).code, ==, NO_LIMIT);
  g_assert_cmpfloat (sense.axes[CG_PTZ_PAN].ends[CG_PTZ_HIGH].at, ==, 180);
}

/* Two places that are the same prove that it stands, once it has told another one: by the axis that
 * was asked for, or by any, where anything may have moved it. */
static void
test_q36_proof (void)
{
  const CgPtzMove right = towards (0.5, 0);
  const CgPtzMove up = towards (0, 0.5);
  const CgPtzMove none = {0};
  const CgPtzLook here = at (0.2, 0);
  const CgPtzLook there = at (0.4, 0);
  CgPtzSense sense;
  set_up (&sense);
  cg_ptz_sense_note_change (&sense, &here, &here);
  g_assert_false (cg_ptz_sense_proves_rest (&sense, &here, &right));
  g_assert_false (cg_ptz_sense_proves_rest (&sense, &here, &none));

  cg_ptz_sense_note_change (&sense, &here, &there);

  g_assert_true (cg_ptz_sense_proves_rest (&sense, &there, &right));
  g_assert_true (cg_ptz_sense_proves_rest (&sense, &there, &none));
  g_assert_false (cg_ptz_sense_proves_rest (&sense, &there, &up));
}

/* Q38: a corner that it does not leave is one only where it is known which way both axes count. */
static void
test_q38_corner (void)
{
  const CgPtzMove right_up = towards (0.5, 0.5);
  const CgPtzLook corner = at (1, 1);
  CgPtzSense sense;
  set_up (&sense);
  sense.axes[CG_PTZ_PAN].sign = 1;

  cg_ptz_sense_note_end (&sense, &corner, &right_up);

  g_assert_false (cg_ptz_sense_knows_ways (&sense, &right_up));
  g_assert_false (cg_ptz_sense_get_limit (&sense, &corner, &right_up).is_sure);
  g_assert_cmpint (sense.axes[CG_PTZ_TILT].sign, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/ptz-sense/told-limits", test_told_limits);
  g_test_add_func ("/camera/ptz-sense/signs", test_signs);
  g_test_add_func ("/camera/ptz-sense/a-sign-that-turns", test_a_sign_that_turns);
  g_test_add_func ("/camera/ptz-sense/ends", test_ends);
  g_test_add_func ("/camera/ptz-sense/verified-end", test_verified_end);
  g_test_add_func ("/camera/ptz-sense/q36-frozen", test_q36_frozen);
  g_test_add_func ("/camera/ptz-sense/q36-proof", test_q36_proof);
  g_test_add_func ("/camera/ptz-sense/q38-corner", test_q38_corner);
  g_test_add_func ("/camera/ptz-sense/q36-move-status", test_q36_move_status);
  g_test_add_func ("/camera/ptz-sense/q38-one-axis", test_q38_one_axis);
  g_test_add_func ("/camera/ptz-sense/q38-refuted", test_q38_refuted);
  g_test_add_func ("/camera/ptz-sense/q37-loses-first", test_q37_loses_first);
  g_test_add_func ("/camera/ptz-sense/json", test_json);
  g_test_add_func ("/camera/ptz-sense/other-space", test_other_space);
  return g_test_run ();
}
