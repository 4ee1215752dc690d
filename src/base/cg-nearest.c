/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-nearest.h"

#include <string.h>

/* Longer words are no slips of the finger. */
#define MAX_LENGTH 32

/**
 * cg_nearest_distance:
 * @a: a word
 * @b: another
 *
 * Returns: how many letters must be added, dropped, changed or swapped with their neighbour to make
 *   one of the other; %G_MAXUINT if one is no word that a person would mistype
 */
guint
cg_nearest_distance (const char *a, const char *b)
{
  guint cost[MAX_LENGTH + 1][MAX_LENGTH + 1];
  const gsize length_a = strlen (a);
  const gsize length_b = strlen (b);

  if (length_a > MAX_LENGTH || length_b > MAX_LENGTH)
    return G_MAXUINT;

  for (gsize i = 0; i <= length_a; i++)
    cost[i][0] = i;
  for (gsize j = 0; j <= length_b; j++)
    cost[0][j] = j;
  for (gsize i = 1; i <= length_a; i++) {
    for (gsize j = 1; j <= length_b; j++) {
      const guint changed = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      const guint moved = MIN (cost[i - 1][j], cost[i][j - 1]) + 1;

      cost[i][j] = MIN (changed, moved);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = MIN (cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[length_a][length_b];
}

/**
 * cg_nearest_find:
 * @word: what was typed
 * @known: (array length=n_known): what could have been meant
 * @n_known: length of @known
 *
 * Returns: (nullable): the known word that @word begins, else the one fewest slips away; %NULL when
 *   none is near enough to be a help
 */
const char *
cg_nearest_find (const char *word, const char *const *known, gsize n_known)
{
  const guint limit = 1 + strlen (word) / 3; /* one slip, and one more for every three letters */
  const char *nearest = NULL;
  guint least = limit + 1;

  for (gsize i = 0; i < n_known; i++) {
    const guint distance = cg_nearest_distance (word, known[i]);

    if (strlen (word) >= 2 && g_str_has_prefix (known[i], word))
      return known[i];
    if (distance < least) {
      least = distance;
      nearest = known[i];
    }
  }
  return nearest;
}
