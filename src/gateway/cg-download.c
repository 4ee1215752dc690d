/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-download.h"

#include <libsoup/soup.h>
#include <sys/statvfs.h>

#include "cg-clock.h"
#include "cg-error.h"

/* Nothing comes for so long: the connection is lost. */
#define TIMEOUT_S 30

/* Others wait for this one: what comes slower than the slowest of lines, header or file, is no
 * download. */
#define PATIENCE_MS 60000
#define MIN_BYTES 16384

#define BLOCK_BYTES 65536

#define STATUS_TOO_MANY_REQUESTS 429 /* RFC 6585; libsoup has no name for it */

/* One try to get one file, for its thread. */
typedef struct {
  char *uri;
  char *path;
  char *md5;
  char *suspect_md5; /* (nullable): of the try before; then of this one */
  guint64 max_bytes;
  guint64 reserve_bytes;
  char *ca_file;        /* (nullable) */
  CgProgress *progress; /* (owned) (nullable) */
  GCancellable *stop;   /* (owned): of this try */
  GSource *watch;       /* (owned) (nullable): of its pace; the main loop's */
  gint n_new;           /* atomic: bytes since the watch has looked */
  gint is_too_slow;     /* atomic */
  gboolean is_open;     /* nobody has said how long it is */
  gboolean is_joined;   /* what is there is of several tries */
  gboolean is_repeated; /* what an earlier try has brought comes again */
  gboolean has_grown;   /* this try has brought something new */
  CgFirmwareResult outcome;
} Download;

static void
download_free (gpointer data)
{
  Download *self = data;

  g_free (self->uri);
  g_free (self->path);
  g_free (self->md5);
  g_free (self->suspect_md5);
  g_free (self->ca_file);
  g_clear_pointer (&self->progress, cg_progress_unref);
  g_object_unref (self->stop);
  g_free (self);
}

static gboolean G_GNUC_PRINTF (4, 5)
    fail (Download *self, CgFirmwareResult outcome, GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->outcome = outcome;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT, text);
  return FALSE;
}

/**
 * cg_download_check_uri:
 * @uri: where firmware is said to be
 *
 * Returns: %CG_FIRMWARE_INITIAL if it can be tried; else why not
 */
CgFirmwareResult
cg_download_check_uri (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, SOUP_HTTP_URI_FLAGS, NULL);

  if (parsed == NULL)
    return CG_FIRMWARE_BAD_URI;
  if (!g_str_equal (g_uri_get_scheme (parsed), "http") &&
      !g_str_equal (g_uri_get_scheme (parsed), "https"))
    return CG_FIRMWARE_BAD_PROTOCOL;
  return g_uri_get_host (parsed) != NULL && *g_uri_get_host (parsed) != '\0' ? CG_FIRMWARE_INITIAL
                                                                             : CG_FIRMWARE_BAD_URI;
}

static guint64
get_size (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);

  return info != NULL ? (guint64)g_file_info_get_size (info) : 0;
}

/* Whether the whole and what is still to come have room. */
static gboolean
check_room (Download *self, guint64 have, guint64 more, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (self->path);
  struct statvfs status;

  if (have + more > self->max_bytes)
    return fail (self, CG_FIRMWARE_NO_ROOM, error,
                 "the file is larger than %" G_GUINT64_FORMAT " bytes", self->max_bytes);
  if (statvfs (dir, &status) == 0 &&
      (guint64)status.f_bavail * status.f_frsize < more + self->reserve_bytes)
    return fail (self, CG_FIRMWARE_NO_ROOM, error, "no room on the disk of %s", dir);
  return TRUE;
}

/* Whether the body is all of the file; else it is the rest. */
static gboolean
is_whole (SoupMessage *message)
{
  return soup_message_get_status (message) != SOUP_STATUS_PARTIAL_CONTENT;
}

/* Whether the server may answer otherwise after a pause. */
static gboolean
is_passing (guint status)
{
  return status >= 500 || status == SOUP_STATUS_REQUEST_TIMEOUT ||
         status == STATUS_TOO_MANY_REQUESTS;
}

/* Returns whether the body can be used; @all: how long the file is, 0 if nobody says so. */
static gboolean
check_answer (Download *self, SoupMessage *message, guint64 have, guint64 *all, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const guint status = soup_message_get_status (message);
  goffset start = 0;
  goffset end = 0;
  guint64 length;

  if (is_passing (status))
    return fail (self, CG_FIRMWARE_LOST, error, "the server answers %u", status);
  if (status != SOUP_STATUS_OK && status != SOUP_STATUS_PARTIAL_CONTENT)
    return fail (self, CG_FIRMWARE_BAD_URI, error, "the server answers %u", status);
  if (!is_whole (message) &&
      (!soup_message_headers_get_content_range (headers, &start, &end, NULL) ||
       (guint64)start != have))
    return fail (self, CG_FIRMWARE_LOST, error, "the server sends another part of the file");
  length = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
               ? (guint64)soup_message_headers_get_content_length (headers)
               : 0;
  have = is_whole (message) ? 0 : have;
  *all = length > 0 ? have + length : 0;
  return check_room (self, have, length, error);
}

static gboolean
copy_body (Download *self,
           GInputStream *body,
           GOutputStream *file,
           guint64 have,
           guint64 all,
           GError **error)
{
  g_autofree char *block = g_malloc (BLOCK_BYTES);
  g_autoptr (GError) why = NULL;
  gssize length;

  while ((length = g_input_stream_read (body, block, BLOCK_BYTES, self->stop, &why)) > 0) {
    if (!check_room (self, have, (guint64)length, error))
      return FALSE;
    if (!g_output_stream_write_all (file, block, (gsize)length, NULL, NULL, &why))
      return fail (self, CG_FIRMWARE_NO_ROOM, error, "%s: %s", self->path, why->message);
    have += (guint64)length;
    g_atomic_int_add (&self->n_new, (gint)length);
    self->has_grown = !self->is_repeated;
    cg_progress_tell_in_thread (self->progress, have, all);
  }
  if (length < 0)
    return fail (self, CG_FIRMWARE_LOST, error, "the connection is lost: %s", why->message);
  /* libsoup takes the end of a connection that is to be closed for the end of the file. */
  if (have < all)
    return fail (self, CG_FIRMWARE_LOST, error,
                 "the connection is lost after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                 " bytes",
                 have, all);
  return TRUE;
}

static GOutputStream *
open_file (Download *self, gboolean begins_anew, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GError) why = NULL;
  GFileOutputStream *stream;

  if (begins_anew)
    g_file_delete (file, NULL, NULL);
  stream = g_file_append_to (file, G_FILE_CREATE_PRIVATE, NULL, &why);
  if (stream == NULL)
    fail (self, CG_FIRMWARE_NO_ROOM, error, "%s: %s", self->path, why->message);
  return stream != NULL ? G_OUTPUT_STREAM (stream) : NULL;
}

/* A server that is not who it says will not be after a pause. */
static gboolean
fail_to_send (Download *self, const GError *why, GError **error)
{
  const gboolean is_stranger = g_error_matches (why, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);

  return fail (self, is_stranger ? CG_FIRMWARE_NOT_VERIFIED : CG_FIRMWARE_LOST, error, "%s",
               why->message);
}

static SoupSession *
make_session (Download *self, GError **error)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", TIMEOUT_S, NULL);
  g_autoptr (GTlsDatabase) trusted = NULL;
  g_autoptr (GError) why = NULL;

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (self->ca_file == NULL)
    return g_steal_pointer (&session);
  trusted = g_tls_file_database_new (self->ca_file, &why);
  if (trusted == NULL) {
    fail (self, CG_FIRMWARE_NOT_VERIFIED, error, "%s: %s", self->ca_file, why->message);
    return NULL;
  }
  soup_session_set_tls_database (session, trusted);
  return g_steal_pointer (&session);
}

static gboolean
store_body (Download *self, SoupMessage *message, GInputStream *body, guint64 have, GError **error)
{
  g_autoptr (GOutputStream) file = NULL;
  g_autoptr (GError) why = NULL;
  guint64 all = 0;

  if (!check_answer (self, message, have, &all, error))
    return FALSE;
  self->is_open = all == 0;
  file = open_file (self, is_whole (message), error);
  return file != NULL && copy_body (self, body, file, is_whole (message) ? 0 : have, all, error) &&
         (g_output_stream_close (file, NULL, &why) ||
          fail (self, CG_FIRMWARE_NO_ROOM, error, "%s: %s", self->path, why->message));
}

static gboolean
fetch (Download *self, GError **error)
{
  g_autoptr (SoupSession) session = make_session (self, error);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, self->uri);
  const guint64 have = get_size (self->path);
  g_autoptr (GInputStream) body = NULL;
  g_autoptr (GError) why = NULL;

  if (session == NULL)
    return FALSE;
  if (have > 0)
    soup_message_headers_set_range (soup_message_get_request_headers (message), (goffset)have, -1);
  body = soup_session_send (session, message, self->stop, &why);
  if (body == NULL)
    return fail_to_send (self, why, error);
  self->is_repeated = have > 0 && soup_message_get_status (message) == SOUP_STATUS_OK;
  self->is_joined = have > 0 && !self->is_repeated;
  /* It is longer than the server's, or as long: the checksum tells which. */
  return soup_message_get_status (message) == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE ||
         store_body (self, message, body, have, error);
}

/* Without a length the connection may have been lost before the end, and libsoup does not tell.
 * What comes twice is the file. Returns: whether another try may help */
static gboolean
suspect (Download *self, const char *md5)
{
  const gboolean is_cut = self->is_open && g_strcmp0 (md5, self->suspect_md5) != 0;

  g_free (self->suspect_md5);
  self->suspect_md5 = is_cut ? g_strdup (md5) : NULL;
  self->has_grown &= !is_cut;
  return is_cut;
}

static gboolean
verify (Download *self, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autofree guchar *block = g_malloc (BLOCK_BYTES);
  gssize length;

  while (stream != NULL && (length = g_input_stream_read (G_INPUT_STREAM (stream), block,
                                                          BLOCK_BYTES, NULL, NULL)) > 0)
    g_checksum_update (checksum, block, length);
  if (stream != NULL && g_ascii_strcasecmp (g_checksum_get_string (checksum), self->md5) == 0)
    return TRUE;
  g_file_delete (file, NULL, NULL);
  /* A power cut may have left something else at its end, or the server has another file by now:
   * once more, in one piece. */
  return fail (self,
               self->is_joined || suspect (self, g_checksum_get_string (checksum))
                   ? CG_FIRMWARE_LOST
                   : CG_FIRMWARE_NOT_VERIFIED,
               error, "the file's MD5 is %s, not %s", g_checksum_get_string (checksum), self->md5);
}

/* What has brought next to nothing counts as nothing. */
static void
blame_pace (Download *self, GError **error)
{
  self->has_grown = FALSE;
  g_clear_error (error);
  fail (self, CG_FIRMWARE_LOST, error, "the server sends less than %d bytes a minute", MIN_BYTES);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Download *self = data;
  GError *error = NULL;

  if (fetch (self, &error) && verify (self, &error))
    self->outcome = CG_FIRMWARE_DONE;
  else if (g_atomic_int_get (&self->is_too_slow))
    blame_pace (self, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
on_watch (gpointer user_data)
{
  Download *self = g_task_get_task_data (user_data);

  if (g_atomic_int_exchange (&self->n_new, 0) >= MIN_BYTES)
    return G_SOURCE_CONTINUE;
  g_atomic_int_set (&self->is_too_slow, TRUE);
  g_cancellable_cancel (self->stop);
  return G_SOURCE_REMOVE;
}

static void
watch_pace (GTask *task, guint patience_ms)
{
  Download *self = g_task_get_task_data (task);

  self->watch = g_timeout_source_new (patience_ms > 0 ? patience_ms : PATIENCE_MS);
  g_source_set_callback (self->watch, on_watch, g_object_ref (task), g_object_unref);
  g_source_attach (self->watch, g_main_context_get_thread_default ());
}

static void
on_given_up (GCancellable *cancellable, GCancellable *stop)
{
  g_cancellable_cancel (stop);
}

/**
 * cg_download_run_async:
 * @options: copied; its uri passed cg_download_check_uri()
 * @cancellable: (nullable): ends it; what came is kept
 * @callback: finish with cg_download_run_finish()
 * @user_data: for @callback
 *
 * Gets one file over HTTP, and goes on where an earlier try has ended. Source: PROTOCOL.md section
 * 4, firmware.
 */
void
cg_download_run_async (const CgDownloadOptions *options,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Download *self = g_new0 (Download, 1);

  self->uri = g_strdup (options->uri);
  self->path = g_strdup (options->path);
  self->md5 = g_strdup (options->md5);
  self->suspect_md5 = g_strdup (options->suspect_md5);
  self->max_bytes = options->max_bytes;
  self->reserve_bytes = options->reserve_bytes;
  self->ca_file = g_strdup (options->ca_file);
  self->progress = options->progress != NULL ? cg_progress_ref (options->progress) : NULL;
  self->stop = g_cancellable_new ();
  g_task_set_source_tag (task, cg_download_run_async);
  g_task_set_task_data (task, self, download_free);
  g_task_set_return_on_cancel (task, FALSE);
  if (cancellable != NULL)
    g_cancellable_connect (cancellable, G_CALLBACK (on_given_up), g_object_ref (self->stop),
                           g_object_unref);
  watch_pace (task, options->patience_ms);
  g_task_run_in_thread (task, run_in_thread);
}

/**
 * cg_download_run_finish:
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: %CG_FIRMWARE_DONE: it is there and whole; else why not, with @error;
 *   %CG_FIRMWARE_LOST: another try may help
 */
CgFirmwareResult
cg_download_run_finish (GAsyncResult *result, GError **error)
{
  Download *self = g_task_get_task_data (G_TASK (result));

  cg_clear_source (&self->watch);
  if (g_task_propagate_boolean (G_TASK (result), error))
    return CG_FIRMWARE_DONE;
  return self->outcome != CG_FIRMWARE_INITIAL && self->outcome != CG_FIRMWARE_DONE
             ? self->outcome
             : CG_FIRMWARE_LOST;
}

/**
 * cg_download_has_grown:
 * @result: what the callback got
 *
 * Returns: whether this try has brought something that was not there before
 */
gboolean
cg_download_has_grown (GAsyncResult *result)
{
  const Download *self = g_task_get_task_data (G_TASK (result));

  return self->has_grown;
}

/**
 * cg_download_get_suspect:
 * @result: what the callback got
 *
 * Returns: (nullable): the MD5 of what may have been cut off: nobody had said how long it is. The
 *   next try, which begins anew, is to know it
 */
const char *
cg_download_get_suspect (GAsyncResult *result)
{
  const Download *self = g_task_get_task_data (G_TASK (result));

  return self->suspect_md5;
}
