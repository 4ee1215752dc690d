/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-place.h"

#include <math.h>
#include <string.h>

#include "cg-error.h"

/* From the middle of the earth to where nobody puts a camera. */
#define MAX_ALTITUDE_M 1e7

static gboolean
read_number (const char *word, double limit, double *number)
{
  char *end = NULL;

  *number = g_ascii_strtod (word, &end);
  return end != word && *end == '\0' && strpbrk (word, "xX") == NULL && isfinite (*number) &&
         fabs (*number) <= limit;
}

/**
 * cg_place_parse:
 * @text: latitude and longitude in degrees, and perhaps the altitude in metres, separated by ;
 * @place: (out): what it says
 * @error: return location: %CG_ERROR_INVALID_CONFIG
 *
 * Returns: whether it is a place on earth
 */
gboolean
cg_place_parse (const char *text, CgPlace *place, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ";", -1);
  const guint n_words = g_strv_length (words);
  CgPlace read = {.has_altitude = n_words == 3};

  for (guint i = 0; i < n_words; i++)
    g_strstrip (words[i]);
  if ((n_words == 2 || n_words == 3) && read_number (words[0], 90, &read.latitude) &&
      read_number (words[1], 180, &read.longitude) &&
      (n_words == 2 || read_number (words[2], MAX_ALTITUDE_M, &read.altitude))) {
    *place = read;
    return TRUE;
  }
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "is no LATITUDE;LONGITUDE or LATITUDE;LONGITUDE;ALTITUDE, in degrees and "
                       "metres");
  return FALSE;
}
