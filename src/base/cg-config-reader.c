/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-config.h"

#include <string.h>
#include <sys/stat.h>

#include "cg-file.h"
#include "cg-key-group.h"
#include "cg-log.h"
#include "cg-text.h"

#define MAX_SHOWN_LENGTH 128 /* of a value in a message */
#define CAMERA_PREFIX "camera"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* One reading of one file. */
typedef struct {
  const char *name;    /* of the file, for messages */
  CgConfig *config;    /* (owned) */
  GHashTable *given;   /* (owned) "group\nkey" → line number: what stands in the file */
  GPtrArray *warnings; /* (nullable) */
  gboolean has_secret; /* a password or secret stands in the file itself */
} Reading;

static void
reading_clear (Reading *self)
{
  g_clear_pointer (&self->config, cg_config_unref);
  g_clear_pointer (&self->given, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

/* The file may contain what a terminal takes for a command. */
static char *G_GNUC_PRINTF (1, 0) show_text (const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);

  return cg_text_make_plain (text);
}

static void G_GNUC_PRINTF (2, 3) warn (Reading *self, const char *format, ...)
{
  va_list arguments;

  if (self->warnings == NULL)
    return;
  va_start (arguments, format);
  g_autofree char *text = show_text (format, arguments);
  va_end (arguments);
  g_ptr_array_add (self->warnings, g_strdup_printf ("%s: %s", self->name, text));
}

static gboolean G_GNUC_PRINTF (3, 4) refuse (Reading *self, GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = show_text (format, arguments);
  va_end (arguments);
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "%s: %s", self->name, text);
  return FALSE;
}

/* A value as it may stand in a message. A login ends at the last @, whatever stands before it: in
 * a list of addresses too. */
static char *
show_value (const char *value)
{
  const char *at = strrchr (value, '@');
  const char *mark = value + strcspn (value, ":/?#;,@");
  const int scheme = g_str_has_prefix (mark, "://") ? mark - value + strlen ("://") : 0;
  g_autofree char *plain = at == NULL
                               ? g_strdup (value)
                               : g_strdup_printf ("%.*s" CG_LOG_HIDDEN "%s", scheme, value, at);

  return cg_log_uri (plain);
}

/* Nobody reads on beyond the first hundred characters. */
static char *
clip (const char *shown)
{
  if (g_utf8_strlen (shown, -1) <= MAX_SHOWN_LENGTH)
    return g_strdup (shown);
  g_autofree char *head = g_utf8_substring (shown, 0, MAX_SHOWN_LENGTH);
  return g_strconcat (head, "...", NULL);
}

/* The first pass: what GKeyFile would silently merge or pass on. */

static gboolean
note_given (Reading *self, const char *group, const char *key, guint line, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s\n%s", group, key != NULL ? key : "");
  const guint before = GPOINTER_TO_UINT (g_hash_table_lookup (self->given, where));

  if (before != 0)
    return refuse (self, error, "[%s]%s%s: stands twice, in lines %u and %u", group,
                   key != NULL ? " " : "", key != NULL ? key : "", before, line);
  g_hash_table_insert (self->given, g_steal_pointer (&where), GUINT_TO_POINTER (line));
  return TRUE;
}

static gboolean
is_name (const char *text, const char *also)
{
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && (guchar)*at < 0x80 && strchr (also, *at) == NULL)
      return FALSE;
  return *text != '\0';
}

/* A line that is neither group nor key is not shown: it may be a password. */
static gboolean
note_line (Reading *self, char **group, char *text, guint line, GError **error)
{
  const gsize length = strlen (text);
  const char *equals = strchr (text, '=');

  if (text[0] == '[' && text[length - 1] == ']' && strcspn (text + 1, "[]") == length - 2) {
    g_free (*group);
    *group = g_strndup (text + 1, length - 2);
    if (!cg_text_is_plain (*group))
      return refuse (self, error,
                     "[%s]: line %u contains a control character, or a code that is "
                     "no character",
                     *group, line);
    return note_given (self, *group, NULL, line, error);
  }
  g_autofree char *key = g_strchomp (g_strndup (text, equals != NULL ? equals - text : 0));
  if (!is_name (key, "-_.@[]"))
    return refuse (self, error, "line %u is no [group], key=value or # comment", line);
  if (*group == NULL)
    return refuse (self, error, "line %u stands before the first [group]", line);
  return note_given (self, *group, key, line, error);
}

static gboolean
check_utf8 (Reading *self, const char *text, gsize length, GError **error)
{
  const char *end = NULL;
  guint line = 1;

  if (g_utf8_validate_len (text, length, &end))
    return TRUE;
  for (const char *at = text; at < end; at++)
    line += *at == '\n';
  return refuse (self, error, "line %u is no UTF-8 text", line);
}

/* Leaves in @plain what GKeyFile needs: no byte order mark, no CR, no comments. */
static gboolean
note_lines (Reading *self, const char *text, gsize length, GString *plain, GError **error)
{
  const char *const end = text + length;
  const char *next = NULL;
  g_autofree char *group = NULL;
  guint number = 0;

  if (!check_utf8 (self, text, length, error))
    return FALSE;
  if (length >= strlen (BYTE_ORDER_MARK) && g_str_has_prefix (text, BYTE_ORDER_MARK))
    text += strlen (BYTE_ORDER_MARK);

  for (const char *at = text; at < end; at = next) {
    const char *stop = memchr (at, '\n', end - at);
    next = stop != NULL ? stop + 1 : end;
    number++;
    while (at < next && g_ascii_isspace (*at))
      at++;
    if (at == next || *at == '#')
      continue;
    g_autofree char *line = g_strchomp (g_strndup (at, next - at));
    if (!note_line (self, &group, line, number, error))
      return FALSE;
    g_string_append (plain, line);
    g_string_append_c (plain, '\n');
  }
  return TRUE;
}

static gboolean
is_given (Reading *self, const char *group, const char *key)
{
  g_autofree char *where = g_strdup_printf ("%s\n%s", group, key);

  return g_hash_table_contains (self->given, where);
}

/* Secrets that stand elsewhere. */

static void
warn_if_public (Reading *self, const char *path)
{
  struct stat status;

  if (stat (path, &status) == 0 && (status.st_mode & S_IROTH) != 0)
    warn (self,
          "%s holds secrets and can be read by everybody: better only by the user of camgated "
          "(its owner, mode 0600)",
          path);
}

static char *
read_secret (Reading *self, const char *path, GError **error)
{
  g_autofree char *own = g_canonicalize_filename (self->name, NULL);
  g_autofree char *dir = g_path_get_dirname (own);
  g_autofree char *full = g_canonicalize_filename (path, dir);
  gsize length = 0;
  g_autofree char *text = cg_file_read (full, &length, error);

  if (text == NULL)
    return NULL;
  warn_if_public (self, full);
  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    text[--length] = '\0';
  if (length == 0 || length > CG_TEXT_MAX_BYTES || length != strlen (text) ||
      !cg_text_is_plain (text)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG,
                         "the file does not hold one secret, as text");
    return NULL;
  }
  return g_steal_pointer (&text);
}

static gboolean
take_credential (Reading *self, GError **error)
{
  CgGatewayConfig *gateway = &self->config->gateway;
  const char *dir = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = g_build_filename (dir != NULL ? dir : "", "secret", NULL);

  if (gateway->secret != NULL || dir == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  g_autoptr (GError) why = NULL;
  gateway->secret = read_secret (self, path, &why);
  if (gateway->secret == NULL)
    return refuse (self, error, "[gateway] secret: credential %s: %s", path, why->message);
  return TRUE;
}

/* The second pass: key by key. */

static void
warn_unknown_key (Reading *self, const char *title, const CgKeyGroup *group, const char *name)
{
  const char *nearest = cg_key_group_nearest_key (group, name);

  if (nearest != NULL)
    warn (self, "[%s] %s: unknown key; did you mean %s?", title, name, nearest);
  else
    warn (self, "[%s] %s: unknown key", title, name);
}

static gboolean
read_key (Reading *self,
          const char *title,
          const CgKeyGroup *group,
          gpointer base,
          const char *name,
          const char *value,
          GError **error)
{
  gboolean is_file = FALSE;
  const CgKey *key = cg_key_group_find (group, name, &is_file);

  if (key == NULL) {
    warn_unknown_key (self, title, group, name);
    return TRUE;
  }
  if (is_file && is_given (self, title, key->name))
    return refuse (self, error, "[%s] %s=%s: %s is given as well", title, name, value, key->name);
  if (is_file && *value == '\0')
    return TRUE;

  const gboolean is_hidden = key->type == CG_KEY_SECRET && !is_file;
  g_autoptr (GError) why = NULL;
  g_autofree char *secret = is_file ? read_secret (self, value, &why) : NULL;
  self->has_secret |= is_hidden && *value != '\0';
  if (why == NULL && cg_key_set (key, base, is_file ? secret : value, &why))
    return TRUE;
  const gboolean is_path = is_file || key->type == CG_KEY_FILE;
  g_autofree char *whole = is_path ? g_strdup (value) : show_value (value);
  g_autofree char *shown = clip (whole);
  return refuse (self, error, "[%s] %s=%s: %s", title, name, is_hidden ? CG_LOG_HIDDEN : shown,
                 why->message);
}

static gboolean
read_keys (Reading *self,
           GKeyFile *file,
           const char *title,
           const CgKeyGroup *group,
           gpointer base,
           GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, title, NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    /* The raw value: passwords contain backslashes. */
    g_autofree char *value = g_key_file_get_value (file, title, names[i], NULL);
    if (!read_key (self, title, group, base, names[i], g_strstrip (value), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_camera (Reading *self, GKeyFile *file, const char *title, GError **error)
{
  g_autofree char *did = g_strstrip (g_strdup (title + strlen (CAMERA_PREFIX)));
  g_autoptr (GError) why = NULL;
  const char *key = NULL;

  if (!cg_config_check_did (did, &why))
    return refuse (self, error, "[%s]: %s; the group is [camera DID]", title, why->message);
  if (cg_config_find_camera (self->config, did) != NULL)
    return refuse (self, error, "[%s]: did %s stands twice", title, did);

  CgCameraConfig *camera = cg_camera_config_new (did);
  cg_config_take_camera (self->config, camera);
  if (!read_keys (self, file, title, cg_key_group_get (CG_KEY_GROUP_CAMERA), camera, error))
    return FALSE;
  if (cg_camera_config_settle (camera, &key, &why))
    return TRUE;
  g_autofree char *value = g_key_file_get_value (file, title, key, NULL);
  g_autofree char *shown = show_value (value != NULL ? g_strstrip (value) : "");
  return refuse (self, error, "[%s] %s=%s: %s", title, key, shown, why->message);
}

static gboolean
read_group (Reading *self, GKeyFile *file, const char *title, GError **error)
{
  const char *after = title + strlen (CAMERA_PREFIX);

  if (g_str_has_prefix (title, CAMERA_PREFIX) && (*after == '\0' || g_ascii_isspace (*after)))
    return read_camera (self, file, title, error);

  for (CgKeyGroupId id = 0; id < CG_KEY_GROUP_CAMERA; id++) {
    const CgKeyGroup *group = cg_key_group_get (id);
    if (g_str_equal (group->name, title))
      return read_keys (self, file, title, group, G_STRUCT_MEMBER_P (self->config, group->offset),
                        error);
  }

  const char *nearest = cg_key_group_nearest_group (title);
  if (nearest != NULL)
    warn (self, "[%s]: unknown group; did you mean [%s]?", title, nearest);
  else
    warn (self, "[%s]: unknown group", title);
  return TRUE;
}

/* The third pass: what depends on several keys. */

static gboolean
settle_gateway (Reading *self, GError **error)
{
  CgGatewayConfig *gateway = &self->config->gateway;
  g_autoptr (GError) why = NULL;

  if (gateway->did == NULL)
    return refuse (self, error, "[gateway] did=: is missing");
  if (!cg_config_check_did (gateway->did, &why))
    return refuse (self, error, "[gateway] did=%s: %s", gateway->did, why->message);
  if (cg_config_find_camera (self->config, gateway->did) != NULL)
    return refuse (self, error, "[camera %s]: did is the gateway's own", gateway->did);
  return take_credential (self, error);
}

static gboolean
settle_cloud (Reading *self, GError **error)
{
  const CgGatewayConfig *gateway = &self->config->gateway;
  CgCloudConfig *cloud = &self->config->cloud;

  if (!is_given (self, "cloud", "username"))
    cloud->username = g_strdup (gateway->did);
  if (!is_given (self, "cloud", "password") && !is_given (self, "cloud", "password-file"))
    cloud->password = g_strdup (gateway->secret);
  if (cloud->username == NULL)
    g_clear_pointer (&cloud->password, g_free); /* MQTT 3.1.1 has no password without a name */
  if (cloud->client_id == NULL)
    cloud->client_id = g_strdup_printf ("camgate_%s", gateway->did);
  if (cloud->key_file != NULL && cloud->cert_file == NULL)
    return refuse (self, error, "[cloud] key-file=%s: cert-file is missing", cloud->key_file);
  if (cloud->cert_file != NULL && cloud->key_file == NULL)
    return refuse (self, error, "[cloud] cert-file=%s: key-file is missing", cloud->cert_file);
  return TRUE;
}

static gboolean
settle_restream (Reading *self, GError **error)
{
  g_autoptr (GError) why = NULL;
  const CgRestreamConfig *restream = &self->config->restream;

  if (restream->url == NULL || cg_restream_config_settle (restream, &why))
    return TRUE;
  g_autofree char *shown = show_value (restream->url);
  return refuse (self, error, "[stream] restream=%s: %s", shown, why->message);
}

static gboolean
read_all (Reading *self, const char *text, gsize length, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GString) plain = g_string_new (NULL);

  if (!note_lines (self, text, length, plain, error))
    return FALSE;
  /* GKeyFile's own message would quote the line. */
  if (plain->len > 0 &&
      !g_key_file_load_from_data (file, plain->str, plain->len, G_KEY_FILE_NONE, NULL))
    return refuse (self, error, "is no key file");

  g_auto (GStrv) titles = g_key_file_get_groups (file, NULL);
  for (guint i = 0; titles[i] != NULL; i++)
    if (!read_group (self, file, titles[i], error))
      return FALSE;
  return settle_gateway (self, error) && settle_cloud (self, error) &&
         settle_restream (self, error);
}

/**
 * cg_config_parse:
 * @text: a key file (INTERFACES.md, camgated)
 * @length: its bytes, or -1 if it ends with a zero
 * @name: its file name, for messages and for the place of secret files with relative names
 * @warnings: (nullable) (element-type utf8): where warnings are added, each with the file's name
 *
 * Reads and checks a whole configuration. An unknown key or group is a warning that names the
 * nearest known one.
 *
 * Returns: (transfer full): the configuration, or %NULL with %CG_ERROR_INVALID_CONFIG and a
 *   message that names file, group, key and value (of a secret: stars)
 */
CgConfig *
cg_config_parse (
    const char *text, gssize length, const char *name, GPtrArray *warnings, GError **error)
{
  g_auto (Reading) reading = {0};

  g_return_val_if_fail (text != NULL && name != NULL, NULL);

  reading.name = name;
  reading.config = cg_config_new ();
  reading.given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reading.warnings = warnings;
  if (!read_all (&reading, text, length < 0 ? strlen (text) : (gsize)length, error))
    return NULL;
  if (reading.has_secret)
    warn_if_public (&reading, name);
  return g_steal_pointer (&reading.config);
}

/**
 * cg_config_load:
 * @path: the key file
 * @warnings: (nullable) (element-type utf8): as for cg_config_parse()
 *
 * Reads and checks a file. Blocking: at start, or in a job.
 *
 * Returns: (transfer full): the configuration, or %NULL with %CG_ERROR_INVALID_CONFIG
 */
CgConfig *
cg_config_load (const char *path, GPtrArray *warnings, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) why = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  text = cg_file_read (path, &length, &why);
  if (text == NULL) {
    cg_key_refuse (error, "%s: %s", path, why->message);
    return NULL;
  }
  return cg_config_parse (text, (gssize)length, path, warnings, error);
}
