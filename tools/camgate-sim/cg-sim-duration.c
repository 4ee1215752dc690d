/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-duration.h"

typedef struct {
  char letter;
  gboolean after_t;
  double ms;
} UnitRow;

/* Years and months have no fixed length, and no camera is asked to move for one. */
static const UnitRow units[] = {
    {'D', FALSE, 86400e3},
    {'H', TRUE, 3600e3},
    {'M', TRUE, 60e3},
    {'S', TRUE, 1e3},
};

/**
 * cg_sim_duration_parse:
 * @text: an xs:duration such as `PT5S`, without years and months
 * @duration_ms: (out): how long it is
 *
 * Returns: whether it is one
 */
gboolean
cg_sim_duration_parse (const char *text, gint64 *duration_ms)
{
  gboolean after_t = FALSE;
  gsize next = 0;
  double total_ms = 0;

  if (*text++ != 'P' || *text == '\0')
    return FALSE;
  while (*text != '\0') {
    char *end;

    if (*text == 'T' && !after_t) {
      after_t = TRUE;
      text++;
    }
    if (!g_ascii_isdigit (*text))
      return FALSE;
    const double count = g_ascii_strtod (text, &end);
    while (next < G_N_ELEMENTS (units) &&
           (units[next].letter != *end || units[next].after_t != after_t))
      next++;
    if (next == G_N_ELEMENTS (units))
      return FALSE;
    total_ms += count * units[next++].ms;
    text = end + 1;
  }
  *duration_ms = (gint64)MIN (total_ms, 1e15);
  return TRUE;
}
