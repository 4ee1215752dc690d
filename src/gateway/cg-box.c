/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-box.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "cg-text.h"

/* Nothing that is read here is longer, but for tables of many interfaces. */
#define MAX_BYTES 65536

#define LOOPBACK "lo"
#define NO_MAC "00:00:00:00:00:00"

/* What makers of boards leave in the firmware when they know nothing (dmidecode shows them). */
static const char *const fillers[] = {
    "to be filled by o.e.m.",
    "default string",
    "not specified",
    "not applicable",
    "system manufacturer",
    "system product name",
    "system version",
    "system serial number",
    "none",
    "unknown",
    "0123456789",
    "o.e.m.",
};

/* Returns: (transfer full) (nullable): the text of a small file of the kernel */
static char *
read_text (const char *root, const char *path)
{
  g_autofree char *full = g_build_filename (root, path, NULL);
  g_autofree char *text = g_malloc (MAX_BYTES + 1);
  FILE *file = fopen (full, "re");
  gsize length;

  if (file == NULL)
    return NULL;
  length = fread (text, 1, MAX_BYTES, file);
  fclose (file);
  text[length] = '\0';
  return g_steal_pointer (&text);
}

static gboolean
is_filler (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fillers); i++) {
    if (g_ascii_strcasecmp (text, fillers[i]) == 0)
      return TRUE;
  }
  return *text == '\0';
}

/* Returns: (transfer full) (nullable): what the first of @paths says that says anything */
static char *
read_name (const char *root, const char *const *paths)
{
  for (gsize i = 0; paths[i] != NULL; i++) {
    g_autofree char *text = read_text (root, paths[i]);

    if (text != NULL && !is_filler (g_strstrip (text)) && cg_text_is_plain (text))
      return g_steal_pointer (&text);
  }
  return NULL;
}

/* Boards with a device tree, then PCs. */
static void
read_names (CgBoxFacts *self, const char *root)
{
  static const char *const manufacturer[] = {"sys/class/dmi/id/sys_vendor", NULL};
  static const char *const model[] = {"proc/device-tree/model", "sys/class/dmi/id/product_name",
                                      NULL};
  static const char *const serial[] = {"proc/device-tree/serial-number",
                                       "sys/class/dmi/id/product_serial", NULL};
  static const char *const version[] = {"sys/class/dmi/id/product_version", NULL};

  self->manufacturer = read_name (root, manufacturer);
  self->model = read_name (root, model);
  self->serial_number = read_name (root, serial);
  self->hardware_version = read_name (root, version);
}

static void
read_zone (CgBoxFacts *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  const char *name =
      now != NULL ? g_time_zone_get_identifier (g_date_time_get_timezone (now)) : NULL;

  if (now == NULL)
    return;
  self->offset_s = (int)(g_date_time_get_utc_offset (now) / G_USEC_PER_SEC);
  self->timezone = g_strdup (name);
}

/* proc(5), /proc/uptime and the first line of /proc/stat: idle and iowait are no work. */
static void
read_times (CgBoxFacts *self, const char *root)
{
  g_autofree char *uptime = read_text (root, "proc/uptime");
  g_autofree char *stat = read_text (root, "proc/stat");
  const char *at = stat != NULL && g_str_has_prefix (stat, "cpu ") ? stat + strlen ("cpu ") : "";

  if (uptime != NULL)
    self->uptime_s = g_ascii_strtoull (uptime, NULL, 10);
  for (guint column = 0; column < 8; column++) {
    char *end = NULL;
    const guint64 ticks = g_ascii_strtoull (at, &end, 10);
    const gboolean is_idle = column == 3 || column == 4;

    self->cpu_total += ticks;
    self->cpu_busy += is_idle ? 0 : ticks;
    at = end;
  }
}

static guint64
find_kilobytes (const char *table, const char *name)
{
  const char *line = strstr (table, name);

  return line == NULL ? 0 : g_ascii_strtoull (line + strlen (name), NULL, 10) * 1024;
}

static void
read_room (CgBoxFacts *self, const char *root, const char *storage)
{
  g_autofree char *table = read_text (root, "proc/meminfo");
  struct statvfs status;

  if (table != NULL) {
    self->memory_total = find_kilobytes (table, "MemTotal:");
    self->memory_free = find_kilobytes (table, "MemAvailable:");
  }
  if (storage == NULL || statvfs (storage, &status) != 0)
    return;
  self->storage_total = (guint64)status.f_blocks * status.f_frsize;
  self->storage_free = (guint64)status.f_bavail * status.f_frsize;
}

/* proc_net(5), /proc/net/dev: after the name received bytes and seven more, then sent bytes. */
static void
count_bytes (CgBoxFacts *self, const char *root)
{
  g_autofree char *table = read_text (root, "proc/net/dev");
  g_auto (GStrv) lines = g_strsplit (table != NULL ? table : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    char *colon = strchr (lines[i], ':');
    guint64 received, sent;

    if (colon == NULL)
      continue;
    *colon = '\0';
    if (g_str_equal (g_strstrip (lines[i]), LOOPBACK) ||
        sscanf (colon + 1, "%" G_GUINT64_FORMAT " %*u %*u %*u %*u %*u %*u %*u %" G_GUINT64_FORMAT,
                &received, &sent) != 2)
      continue;
    self->rx_bytes += received;
    self->tx_bytes += sent;
  }
}

/* proc_net(5), /proc/net/route: the interface of the way to everywhere. */
static char *
find_way_out (const char *root)
{
  g_autofree char *table = read_text (root, "proc/net/route");
  g_auto (GStrv) lines = g_strsplit (table != NULL ? table : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = g_strsplit_set (lines[i], "\t ", 3);

    if (g_strv_length (fields) == 3 && g_str_equal (fields[1], "00000000"))
      return g_strdup (fields[0]);
  }
  return NULL;
}

static gboolean
is_reachable (const struct ifaddrs *interface)
{
  const struct sockaddr *address = interface->ifa_addr;

  if (address == NULL || (interface->ifa_flags & IFF_UP) == 0 ||
      (interface->ifa_flags & IFF_LOOPBACK) != 0)
    return FALSE;
  if (address->sa_family == AF_INET6)
    return !IN6_IS_ADDR_LINKLOCAL (&((const struct sockaddr_in6 *)address)->sin6_addr);
  return address->sa_family == AF_INET;
}

static char *
write_address (const struct sockaddr *address)
{
  const socklen_t length =
      address->sa_family == AF_INET ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6);
  char text[NI_MAXHOST];

  if (getnameinfo (address, length, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
    return NULL;
  return g_strdup (text);
}

static void
read_addresses (CgBoxFacts *self, const char *root)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *way_out = find_way_out (root);
  struct ifaddrs *interfaces = NULL;

  if (getifaddrs (&interfaces) != 0)
    interfaces = NULL;
  for (const struct ifaddrs *at = interfaces; at != NULL; at = at->ifa_next) {
    g_autofree char *address = is_reachable (at) ? write_address (at->ifa_addr) : NULL;

    if (address == NULL)
      continue;
    g_strv_builder_add (builder, address);
    if (way_out == NULL)
      way_out = g_strdup (at->ifa_name);
  }
  freeifaddrs (interfaces);
  self->addresses = g_strv_builder_end (builder);
  if (way_out == NULL)
    return;
  g_autofree char *path = g_build_filename ("sys/class/net", way_out, "address", NULL);
  g_autofree char *mac = read_text (root, path);
  if (mac != NULL && strlen (g_strstrip (mac)) == strlen (NO_MAC) && !g_str_equal (mac, NO_MAC))
    self->mac = g_ascii_strdown (mac, -1);
}

/**
 * cg_box_read_in_thread:
 * @root: where the folders of the kernel are: "/", but for tests
 * @storage: (nullable): a folder on the disk that counts
 *
 * Blocking: a disk may hang.
 *
 * Returns: (transfer full): what could be found out
 */
CgBoxFacts *
cg_box_read_in_thread (const char *root, const char *storage)
{
  CgBoxFacts *self = g_atomic_rc_box_new0 (CgBoxFacts);

  read_names (self, root);
  read_zone (self);
  read_times (self, root);
  read_room (self, root, storage);
  count_bytes (self, root);
  read_addresses (self, root);
  return self;
}

/**
 * cg_box_facts_ref:
 * @self: facts
 *
 * Returns: (transfer full): the same
 */
CgBoxFacts *
cg_box_facts_ref (CgBoxFacts *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
box_facts_clear (gpointer data)
{
  CgBoxFacts *self = data;

  g_free (self->manufacturer);
  g_free (self->model);
  g_free (self->serial_number);
  g_free (self->hardware_version);
  g_free (self->timezone);
  g_strfreev (self->addresses);
  g_free (self->mac);
}

/**
 * cg_box_facts_unref:
 * @self: (transfer full): facts
 */
void
cg_box_facts_unref (CgBoxFacts *self)
{
  g_atomic_rc_box_release_full (self, box_facts_clear);
}
