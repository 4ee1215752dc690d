/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-identity.h"

#include <string.h>

/* A shorter serial number may stand in another camera's endpoint by chance. */
#define MIN_SERIAL_LENGTH 6

/* The members that are stored, and where. */
static const struct {
  const char *name;
  gsize offset;
} members[] = {
    {"configured", G_STRUCT_OFFSET (CgIdentity, configured)},
    {"address", G_STRUCT_OFFSET (CgIdentity, address)},
    {"endpoint", G_STRUCT_OFFSET (CgIdentity, endpoint)},
    {"serial", G_STRUCT_OFFSET (CgIdentity, serial)},
    {"mac", G_STRUCT_OFFSET (CgIdentity, mac)},
};

/**
 * cg_identity_new:
 * @configured: the address in the configuration
 *
 * Returns: (transfer full): nothing known yet
 */
CgIdentity *
cg_identity_new (const char *configured)
{
  CgIdentity *self = g_new0 (CgIdentity, 1);

  self->configured = g_strdup (configured);
  return self;
}

/**
 * cg_identity_from_json:
 * @node: (nullable): what cg_identity_to_json() made, perhaps edited by hand
 * @configured: the address in the configuration now
 *
 * Whoever gives a camera another address may mean another camera: then nothing is known.
 *
 * Returns: (transfer full): an identity
 */
CgIdentity *
cg_identity_from_json (JsonNode *node, const char *configured)
{
  g_autoptr (CgIdentity) self = cg_identity_new (NULL);
  JsonObject *object =
      node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  for (gsize i = 0; object != NULL && i < G_N_ELEMENTS (members); i++) {
    JsonNode *member = json_object_get_member (object, members[i].name);

    if (member != NULL && json_node_get_value_type (member) == G_TYPE_STRING)
      G_STRUCT_MEMBER (char *, self, members[i].offset) = json_node_dup_string (member);
  }
  if (g_strcmp0 (self->configured, configured) != 0)
    return cg_identity_new (configured);
  return g_steal_pointer (&self);
}

/**
 * cg_identity_to_json:
 * @self: an identity
 *
 * Returns: (transfer full): what is known, for the state folder
 */
JsonNode *
cg_identity_to_json (const CgIdentity *self)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++) {
    const char *value = G_STRUCT_MEMBER (char *, self, members[i].offset);

    if (value != NULL)
      json_object_set_string_member (object, members[i].name, value);
  }
  json_node_take_object (node, object);
  return node;
}

/**
 * cg_identity_free:
 * @self: (transfer full) (nullable): an identity
 */
void
cg_identity_free (CgIdentity *self)
{
  if (self == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    g_free (G_STRUCT_MEMBER (char *, self, members[i].offset));
  g_free (self);
}

/**
 * cg_identity_is_known:
 * @self: an identity
 *
 * Returns: whether the camera can be told from others
 */
gboolean
cg_identity_is_known (const CgIdentity *self)
{
  return self->endpoint != NULL || self->serial != NULL || self->mac != NULL;
}

static gboolean
check (const char *what, const char *known, const char *told, GError **error)
{
  if (known == NULL || told == NULL || g_ascii_strcasecmp (known, told) == 0)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_WRONG_DEVICE,
               "another device answers at the camera's address: its %s is %s, not %s", what, told,
               known);
  return FALSE;
}

/**
 * cg_identity_check_serial:
 * @self: an identity
 * @serial: (nullable): what the device at the camera's address says
 * @error: return location for a %CG_ERROR_WRONG_DEVICE
 *
 * Returns: whether it may be our camera
 */
gboolean
cg_identity_check_serial (const CgIdentity *self, const char *serial, GError **error)
{
  return check ("serial number", self->serial, serial, error);
}

/**
 * cg_identity_check_endpoint:
 * @self: an identity
 * @endpoint: (nullable): what the device at the camera's address says
 * @error: return location for a %CG_ERROR_WRONG_DEVICE
 *
 * Some cameras get another endpoint by a reset or an update: it decides only where no serial number
 * does.
 *
 * Returns: whether it may be our camera
 */
gboolean
cg_identity_check_endpoint (const CgIdentity *self, const char *endpoint, GError **error)
{
  return check ("endpoint", self->endpoint, endpoint, error);
}

static gboolean
has_endpoint (const CgIdentity *self, const CgOnvifDiscovered *found)
{
  return self->endpoint != NULL && g_ascii_strcasecmp (self->endpoint, found->endpoint) == 0;
}

/* Endpoints and scopes often carry the hardware address, without colons. */
static gboolean
mentions (const CgOnvifDiscovered *found, const char *word)
{
  g_autofree char *wanted = g_ascii_strdown (word, -1);
  g_autofree char *scopes = found->scopes != NULL ? g_strjoinv (" ", found->scopes) : NULL;
  g_autofree char *text = g_strconcat (found->endpoint, " ", scopes, NULL);
  g_autofree char *lower = g_ascii_strdown (text, -1);

  return strstr (lower, wanted) != NULL;
}

static gboolean
has_mac (const CgIdentity *self, const CgOnvifDiscovered *found)
{
  if (self->mac == NULL)
    return FALSE;
  if (found->mac != NULL && g_ascii_strcasecmp (self->mac, found->mac) == 0)
    return TRUE;
  g_auto (GStrv) bytes = g_strsplit (self->mac, ":", -1);
  g_autofree char *bare = g_strjoinv ("", bytes);
  return mentions (found, bare);
}

static gboolean
has_serial (const CgIdentity *self, const CgOnvifDiscovered *found)
{
  return self->serial != NULL && strlen (self->serial) >= MIN_SERIAL_LENGTH &&
         mentions (found, self->serial);
}

typedef gboolean (*Way) (const CgIdentity *self, const CgOnvifDiscovered *found);

/* Who is known this way, and that way too if it is not %NULL; with how many there are. */
static const CgOnvifDiscovered *
find_by (const CgIdentity *self, const GPtrArray *found, Way way, Way too, guint *count)
{
  const CgOnvifDiscovered *match = NULL;

  *count = 0;
  for (guint i = 0; i < found->len; i++) {
    if (!way (self, found->pdata[i]) || (too != NULL && !too (self, found->pdata[i])))
      continue;
    match = found->pdata[i];
    ++*count;
  }
  return match;
}

/**
 * cg_identity_find:
 * @self: an identity
 * @found: (element-type CgOnvifDiscovered): who answered
 *
 * By endpoint, else by hardware address, else by a serial number in what it says of itself. Of two
 * that look the same it is the one with the hardware address, else nobody: what is sent to a camera
 * is not for another.
 *
 * Returns: (transfer none) (nullable): the camera among them
 */
const CgOnvifDiscovered *
cg_identity_find (const CgIdentity *self, const GPtrArray *found)
{
  static const Way ways[] = {has_endpoint, has_mac, has_serial};

  for (gsize way = 0; way < G_N_ELEMENTS (ways); way++) {
    guint count;
    const CgOnvifDiscovered *match = find_by (self, found, ways[way], NULL, &count);

    if (count == 0)
      continue;
    if (count > 1)
      match = find_by (self, found, ways[way], has_mac, &count);
    return count == 1 ? match : NULL;
  }
  return NULL;
}
