/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-motion-sources.h"

#include <string.h>

/* How much of a name is its kind. */
static gsize
measure_kind (const char *source)
{
  const char *dash = strrchr (source, '-');

  if (dash == NULL || dash[1] == '\0' || dash[1 + strspn (dash + 1, "0123456789")] != '\0')
    return strlen (source);
  return (gsize)(dash - source);
}

/* Place in the list of kinds; those that are not named share the last. */
static guint
get_rank (const char *priority, const char *source)
{
  g_auto (GStrv) kinds = g_strsplit (priority != NULL ? priority : "", ";", -1);
  const gsize length = measure_kind (source);
  guint i = 0;

  for (; kinds[i] != NULL; i++) {
    const char *kind = g_strstrip (kinds[i]);

    if (strlen (kind) == length && strncmp (kind, source, length) == 0)
      return i;
  }
  return i;
}

/**
 * cg_motion_sources_are_same:
 * @source: (nullable): name of a link
 * @other: (nullable): name of another
 *
 * Returns: whether both are one link; what has no link is nobody's
 */
gboolean
cg_motion_sources_are_same (const char *source, const char *other)
{
  return source != NULL && g_strcmp0 (source, other) == 0;
}

/**
 * cg_motion_sources_may_take:
 * @config: settings `arbitration` and `priority`
 * @holder: (nullable): link whose move is under way; %NULL: none
 * @source: (nullable): link that asks for another
 * @error: return location: %CG_ERROR_CANCELLED: lost arbitration (PROTOCOL.md section 3, 60006)
 *
 * Among equals, and where the last one wins, a newer move replaces an older one.
 *
 * Returns: whether @source may move the camera now
 */
gboolean
cg_motion_sources_may_take (const CgPtzConfig *config,
                            const char *holder,
                            const char *source,
                            GError **error)
{
  if (config->arbitration == CG_ARBITRATION_LAST || holder == NULL || source == NULL ||
      get_rank (config->priority, source) <= get_rank (config->priority, holder))
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_CANCELLED, "%.*s is moving it", (int)measure_kind (holder),
               holder);
  return FALSE;
}
