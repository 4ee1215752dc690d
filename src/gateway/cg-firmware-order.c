/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-firmware-order.h"

#include <string.h>

#include "cg-error.h"

#define MD5_LENGTH 32

/**
 * cg_firmware_order_copy:
 * @self: an order
 *
 * Returns: (transfer full): the same order, of which nothing has been done yet
 */
CgFirmwareOrder *
cg_firmware_order_copy (const CgFirmwareOrder *self)
{
  CgFirmwareOrder *copy = g_new0 (CgFirmwareOrder, 1);

  copy->uri = g_strdup (self->uri);
  copy->md5 = g_strdup (self->md5);
  copy->version = g_strdup (self->version);
  return copy;
}

/**
 * cg_firmware_order_free:
 * @self: (transfer full): an order
 */
void
cg_firmware_order_free (CgFirmwareOrder *self)
{
  g_free (self->uri);
  g_free (self->md5);
  g_free (self->version);
  g_free (self->before);
  g_free (self);
}

static gboolean
is_md5 (const char *text)
{
  return strlen (text) == MD5_LENGTH && strspn (text, "0123456789abcdefABCDEF") == MD5_LENGTH;
}

/**
 * cg_firmware_order_check:
 * @self: an order
 * @error: return location: %CG_ERROR_BAD_REQUEST
 *
 * Returns: whether it can be tried
 */
gboolean
cg_firmware_order_check (const CgFirmwareOrder *self, GError **error)
{
  const char *fault = NULL;

  if (!is_md5 (self->md5))
    fault = "Invalid md5sum";
  else if (*self->uri == '\0')
    fault = "Invalid uri";
  if (fault == NULL)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, fault);
  return FALSE;
}

/**
 * cg_firmware_order_is_same:
 * @self: an order
 * @other: another
 *
 * PROTOCOL.md section 4: the same version, wherever it may be had; a signed address is another one
 * each time. Without versions the file decides.
 *
 * Returns: whether both want the same
 */
gboolean
cg_firmware_order_is_same (const CgFirmwareOrder *self, const CgFirmwareOrder *other)
{
  if (self->version != NULL || other->version != NULL)
    return g_strcmp0 (self->version, other->version) == 0;
  return g_ascii_strcasecmp (self->md5, other->md5) == 0;
}

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

/**
 * cg_firmware_order_to_json:
 * @self: an order
 *
 * Returns: (transfer full): all of it, for the state folder
 */
JsonObject *
cg_firmware_order_to_json (const CgFirmwareOrder *self)
{
  JsonObject *object = json_object_new ();

  set_text (object, "uri", self->uri);
  set_text (object, "md5", self->md5);
  set_text (object, "version", self->version);
  set_text (object, "before", self->before);
  json_object_set_int_member (object, "place", self->place);
  json_object_set_int_member (object, "state", self->state);
  json_object_set_int_member (object, "result", self->result);
  json_object_set_boolean_member (object, "handed", self->is_handed);
  return object;
}

static char *
get_text (JsonObject *object, const char *name)
{
  return g_strdup (json_object_get_string_member_with_default (object, name, NULL));
}

static gint64
get_number (JsonObject *object, const char *name, gint64 max)
{
  return CLAMP (json_object_get_int_member_with_default (object, name, 0), 0, max);
}

/**
 * cg_firmware_order_from_json:
 * @object: what cg_firmware_order_to_json() made; somebody may have edited it
 *
 * Returns: (transfer full) (nullable): the order; %NULL if it is none
 */
CgFirmwareOrder *
cg_firmware_order_from_json (JsonObject *object)
{
  CgFirmwareOrder *self = g_new0 (CgFirmwareOrder, 1);

  self->uri = get_text (object, "uri");
  self->md5 = get_text (object, "md5");
  self->version = get_text (object, "version");
  self->before = get_text (object, "before");
  self->place = (guint)get_number (object, "place", G_MAXINT);
  self->state = (CgFirmwareState)get_number (object, "state", CG_FIRMWARE_UPDATING);
  self->result = (CgFirmwareResult)get_number (object, "result", CG_FIRMWARE_BAD_PROTOCOL);
  self->is_handed = json_object_get_boolean_member_with_default (object, "handed", TRUE);
  if (self->uri != NULL && self->md5 != NULL && cg_firmware_order_check (self, NULL))
    return self;
  cg_firmware_order_free (self);
  return NULL;
}
