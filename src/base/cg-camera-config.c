/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-config.h"

#include <string.h>

#include "cg-key-group.h"
#include "cg-text.h"

static const CgKeyGroup *
get_group (void)
{
  return cg_key_group_get (CG_KEY_GROUP_CAMERA);
}

/**
 * cg_camera_config_new:
 * @did: its device id
 *
 * Returns: (transfer full): a camera of which nothing is known yet, all settings at their defaults
 */
CgCameraConfig *
cg_camera_config_new (const char *did)
{
  g_return_val_if_fail (did != NULL, NULL);

  CgCameraConfig *self = g_new0 (CgCameraConfig, 1);
  self->did = g_strdup (did);
  cg_key_group_set_defaults (get_group (), self);
  return self;
}

/**
 * cg_camera_config_copy:
 * @self: a camera's configuration
 *
 * Returns: (transfer full): the same again
 */
CgCameraConfig *
cg_camera_config_copy (const CgCameraConfig *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  CgCameraConfig *copy = g_new0 (CgCameraConfig, 1);
  copy->did = g_strdup (self->did);
  cg_key_group_copy (get_group (), self, copy);
  return copy;
}

/**
 * cg_camera_config_free:
 * @self: (nullable) (transfer full): a camera's configuration
 */
void
cg_camera_config_free (CgCameraConfig *self)
{
  if (self == NULL)
    return;
  cg_key_group_clear (get_group (), self);
  g_free (self->did);
  g_free (self);
}

/**
 * cg_camera_config_equal:
 * @a: a camera's configuration
 * @b: another
 *
 * Speeds hold from the next move on: they restart nothing.
 *
 * Returns: %TRUE if nothing has to be restarted to go from one to the other
 */
gboolean
cg_camera_config_equal (const CgCameraConfig *a, const CgCameraConfig *b)
{
  CgCameraConfig other = *b;

  memcpy (other.speeds, a->speeds, sizeof other.speeds);
  return g_str_equal (a->did, b->did) && cg_key_group_equal (get_group (), a, &other);
}

/**
 * cg_camera_config_get_ptz:
 * @self: a camera's configuration
 * @shared: what holds for all cameras
 * @ptz: (out): what holds for this one
 */
void
cg_camera_config_get_ptz (const CgCameraConfig *self, const CgPtzConfig *shared, CgPtzConfig *ptz)
{
  *ptz = *shared;
  if (self->speeds[0] > 0)
    memcpy (ptz->speeds, self->speeds, sizeof ptz->speeds);
}

static void
adopt (char **field, const char *escaped, gssize length)
{
  g_autofree char *raw = g_strndup (escaped, length);
  char *plain = g_uri_unescape_string (raw, NULL);

  g_free (*field);
  *field = plain != NULL ? plain : g_steal_pointer (&raw);
}

/* Takes `user:password@` out of an address (Q26: credentials never stand in a URL). The login of
 * its own keys wins. */
static void
move_login (CgCameraConfig *self, char **address)
{
  char *scheme_end = strstr (*address, "://");
  char *authority = scheme_end == NULL ? *address : scheme_end + strlen ("://");
  const char *at = g_strrstr_len (authority, strcspn (authority, "/?#"), "@");

  if (at == NULL)
    return;
  if (self->username == NULL) {
    const char *colon = memchr (authority, ':', at - authority);
    adopt (&self->username, authority, (colon != NULL ? colon : at) - authority);
    if (colon != NULL && self->password == NULL)
      adopt (&self->password, colon + 1, at - colon - 1);
  }
  memmove (authority, at + 1, strlen (at + 1) + 1);
}

/* Percent signs may hide anything in the login of an address. */
static gboolean
check_login (const CgCameraConfig *self, GError **error)
{
  if ((self->username == NULL || cg_text_is_plain (self->username)) &&
      (self->password == NULL || cg_text_is_plain (self->password)))
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "its login contains a control character, or a code that is no character");
  return FALSE;
}

static gboolean
contains (const char *text, const char *unwanted)
{
  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) || strchr (unwanted, *at) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
check_url (const char *url, const char *const *schemes, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autofree char *known = g_strjoinv (":// or ", (char **)schemes);

  if (uri == NULL || !g_strv_contains (schemes, g_uri_get_scheme (uri)) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' || contains (url, "") ||
      contains (g_uri_get_host (uri), " \\\"<>")) {
    g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                 "is no address that begins with %s:// and names a host; "
                 "a login goes into username and password",
                 known);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_address (const char *address, GError **error)
{
  static const char *const schemes[] = {"http", "https", NULL};
  const gboolean is_url = strstr (address, "://") != NULL;
  g_autofree char *url = is_url ? g_strdup (address) : g_strconcat ("http://", address, NULL);
  /* http:/user:password@host has no login that anybody would find. */
  const gboolean is_host = !is_url && strchr (address, '@') == NULL &&
                           !g_str_has_prefix (address, "http:") &&
                           !g_str_has_prefix (address, "https:");

  if ((is_url || is_host) && contains (address, " ")) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                         "contains a space or a control character");
    return FALSE;
  }
  if (is_url)
    return check_url (url, schemes, error);
  if (is_host && check_url (url, schemes, NULL))
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "is no address: host, host:port or URL; a login goes into username and "
                       "password");
  return FALSE;
}

/* As `openssl x509 -fingerprint -sha256` prints it, or without colons. */
static gboolean
check_fingerprint (const char *fingerprint, GError **error)
{
  gsize digits = 0;

  for (const char *p = fingerprint; *p != '\0'; p++) {
    if (*p != ':' && !g_ascii_isxdigit (*p))
      digits = G_MAXUINT16;
    digits += *p != ':' ? 1 : 0;
  }
  if (digits == 64)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "is no SHA-256 fingerprint of 64 hexadecimal digits");
  return FALSE;
}

/* The largest picture that anybody encodes, with room to spare. */
#define MAX_SIDE 65535

static gboolean
read_size (const char *text, guint64 *width, guint64 *height)
{
  g_auto (GStrv) sides = g_strsplit (text, "x", 2);

  return g_strv_length (sides) == 2 &&
         g_ascii_string_to_unsigned (sides[0], 10, 1, MAX_SIDE, width, NULL) &&
         g_ascii_string_to_unsigned (sides[1], 10, 1, MAX_SIDE, height, NULL);
}

/**
 * cg_camera_config_get_size:
 * @self: a settled configuration
 * @width: (out): the widest picture wanted; 0: any
 * @height: (out): the highest picture wanted; 0: any
 */
void
cg_camera_config_get_size (const CgCameraConfig *self, guint *width, guint *height)
{
  guint64 wide = 0, high = 0;

  if (self->size != NULL && !read_size (self->size, &wide, &high))
    wide = high = 0;
  *width = (guint)wide;
  *height = (guint)high;
}

static gboolean
check_size (const char *size, GError **error)
{
  guint64 width, height;

  if (size == NULL || read_size (size, &width, &height))
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       "is no WIDTHxHEIGHT, such as 1280x720");
  return FALSE;
}

static gboolean
check_presence (const CgCameraConfig *self, const char **key, GError **error)
{
  const gboolean rtsp_only = self->protocol == CG_PROTOCOL_RTSP;

  if (rtsp_only ? self->url != NULL : self->address != NULL)
    return TRUE;
  *key = rtsp_only ? "url" : "address";
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                       rtsp_only ? "is missing, protocol=rtsp plays it" : "is missing");
  return FALSE;
}

/**
 * cg_camera_config_settle:
 * @self: a camera's configuration, all keys read
 * @key: (out): on failure, the key that is at fault
 *
 * Checks what depends on several settings, and moves a login that stands in an address to where
 * it belongs (Q26). The last step for whoever fills in a configuration.
 *
 * Returns: %FALSE with %CG_ERROR_INVALID_CONFIG, whose message says what is wrong with the value
 */
gboolean
cg_camera_config_settle (CgCameraConfig *self, const char **key, GError **error)
{
  static const char *const schemes[] = {"rtsp", "rtsps", NULL};

  g_return_val_if_fail (self != NULL && key != NULL, FALSE);

  *key = "tls-fingerprint";
  if (self->tls_fingerprint != NULL && !check_fingerprint (self->tls_fingerprint, error))
    return FALSE;
  if (!check_presence (self, key, error))
    return FALSE;
  *key = "size";
  if (!check_size (self->size, error))
    return FALSE;
  if (self->url != NULL)
    move_login (self, &self->url);
  *key = "url";
  if (!check_login (self, error))
    return FALSE;
  if (self->url != NULL && !check_url (self->url, schemes, error))
    return FALSE;
  if (self->address != NULL)
    move_login (self, &self->address);
  *key = "address";
  return check_login (self, error) &&
         (self->address == NULL || check_address (self->address, error));
}
