/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-range.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "cg-error.h"

/* Blocks of at most 256 addresses. */
#define MIN_PREFIX 24
#define MAX_PREFIX 32

/* In a block as small as this every address is a host's (RFC 3021). */
#define POINT_TO_POINT_PREFIX 31

static gboolean
refuse (const char *text, const char *why, GError **error)
{
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "\"%s\" %s", text, why);
  return FALSE;
}

static gboolean
parse_address (const char *text, guint32 *address)
{
  struct in_addr parsed;

  if (inet_pton (AF_INET, text, &parsed) != 1)
    return FALSE;
  *address = ntohl (parsed.s_addr);
  return TRUE;
}

static gboolean
parse_number (const char *text, unsigned long max, guint32 *number)
{
  char *end = NULL;
  const unsigned long parsed = strtoul (text, &end, 10);

  if (!g_ascii_isdigit (text[0]) || *end != '\0' || parsed > max)
    return FALSE;
  *number = (guint32)parsed;
  return TRUE;
}

/* a.b.c.d/24: the hosts of the block, without its own address and its broadcast address. */
static gboolean
read_block (const char *text, const char *slash, guint32 *first, guint32 *last, GError **error)
{
  g_autofree char *base = g_strndup (text, slash - text);
  guint32 address = 0;
  guint32 prefix = 0;

  if (!parse_address (base, &address) || !parse_number (slash + 1, MAX_PREFIX, &prefix))
    return refuse (text, "is no block of addresses such as 192.168.1.0/24", error);
  if (prefix < MIN_PREFIX)
    return refuse (text, "has more than 256 addresses", error);
  const guint32 hosts = (1u << (MAX_PREFIX - prefix)) - 1;
  *first = address & ~hosts;
  *last = address | hosts;
  if (prefix < POINT_TO_POINT_PREFIX) {
    (*first)++;
    (*last)--;
  }
  return TRUE;
}

/* a.b.c.d-e, or a.b.c.d-a.b.c.e: both ends belong to it. */
static gboolean
read_span (const char *text, const char *dash, guint32 *first, guint32 *last, GError **error)
{
  g_autofree char *base = g_strndup (text, dash - text);
  guint32 end = 0;

  if (!parse_address (base, first))
    return refuse (text, "is no range of addresses such as 192.168.1.20-40", error);
  if (parse_number (dash + 1, 255, &end))
    end |= *first & ~255u;
  else if (!parse_address (dash + 1, &end))
    return refuse (text, "is no range of addresses such as 192.168.1.20-40", error);
  if (end < *first)
    return refuse (text, "ends before it begins", error);
  if (end - *first >= CG_RANGE_MAX)
    return refuse (text, "has more than 256 addresses", error);
  *last = end;
  return TRUE;
}

/* Whether it is meant as a range of IPv4 addresses, well written or not: a name of a host has a
 * letter in it. */
static gboolean
is_range (const char *text)
{
  return strpbrk (text, "/-") != NULL && strspn (text, "0123456789./-") == strlen (text);
}

/**
 * cg_range_expand:
 * @text: "192.168.1.0/24", no larger; "192.168.1.20-40"; or one host
 * @error: return location for a %CG_ERROR_INVALID_CONFIG
 *
 * Returns: (transfer full) (nullable): the hosts it stands for, in order
 */
char **
cg_range_expand (const char *text, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *slash = strchr (text, '/');
  guint32 first = 0;
  guint32 last = 0;

  if (!is_range (text)) {
    g_strv_builder_add (builder, text);
    return g_strv_builder_end (builder);
  }
  if (slash != NULL ? !read_block (text, slash, &first, &last, error)
                    : !read_span (text, strchr (text, '-'), &first, &last, error))
    return NULL;
  for (guint64 address = first; address <= last; address++) {
    const struct in_addr raw = {.s_addr = htonl ((guint32)address)};
    char host[INET_ADDRSTRLEN];

    g_strv_builder_add (builder, inet_ntop (AF_INET, &raw, host, sizeof host));
  }
  return g_strv_builder_end (builder);
}

/**
 * cg_range_expand_all:
 * @texts: (nullable): ranges and hosts
 * @error: return location for a %CG_ERROR_INVALID_CONFIG
 *
 * Returns: (transfer full) (nullable): all hosts they stand for
 */
char **
cg_range_expand_all (const char *const *texts, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++) {
    g_auto (GStrv) hosts = cg_range_expand (texts[i], error);

    if (hosts == NULL)
      return NULL;
    g_strv_builder_addv (builder, (const char **)hosts);
  }
  return g_strv_builder_end (builder);
}
