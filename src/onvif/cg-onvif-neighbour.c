/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-neighbour.h"

#include <string.h>

/* proc_net(5), net/arp: address, hardware type, flags, hardware address, mask, device. */
#define TABLE_PATH "/proc/net/arp"
#define FIELD_ADDRESS 0
#define FIELD_MAC 3

/* What stands there while a neighbour has not answered. */
#define NO_MAC "00:00:00:00:00:00"

static char **
split_line (const char *line)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit_set (line, " \t", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] != '\0')
      g_strv_builder_add (builder, words[i]);
  }
  return g_strv_builder_end (builder);
}

/**
 * cg_onvif_neighbour_read:
 * @table: text of the kernel's table of neighbours
 * @address: an IPv4 address
 *
 * Returns: (transfer full) (nullable): the hardware address behind it, in lower case
 */
char *
cg_onvif_neighbour_read (const char *table, const char *address)
{
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = split_line (lines[i]);

    if (g_strv_length (fields) <= FIELD_MAC || strcmp (fields[FIELD_ADDRESS], address) != 0 ||
        strcmp (fields[FIELD_MAC], NO_MAC) == 0)
      continue;
    return g_ascii_strdown (fields[FIELD_MAC], -1);
  }
  return NULL;
}

/**
 * cg_onvif_neighbour_find_in_thread:
 * @address: an IPv4 address that has just been spoken to
 *
 * Returns: (transfer full) (nullable): its hardware address; %NULL behind a router
 */
char *
cg_onvif_neighbour_find_in_thread (const char *address)
{
  g_autofree char *table = NULL;

  if (!g_file_get_contents (TABLE_PATH, &table, NULL, NULL))
    return NULL;
  return cg_onvif_neighbour_read (table, address);
}
