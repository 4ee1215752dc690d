/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-store.h"

#include <glib/gstdio.h>
#include <string.h>

#include "cg-error.h"
#include "cg-file.h"
#include "cg-json.h"
#include "cg-main.h"

/* Of brackets in a state file; those of ours have three. */
#define MAX_DEPTH 32
/* Of a state file: 10000 cameras are 2 MiB. What is longer is not written, for it would not be read
 * back; a cloud that adds list after list is told so. */
#define MAX_BYTES (4 * 1024 * 1024)

struct _CgStore {
  GObject parent_instance;

  char *dir;
  GHashTable *entries; /* (owned) (element-type utf8 Entry) names that are being written */
  GThreadPool *writer; /* (owned) one thread: file sync is slow, and slower in parallel */
  GPtrArray *flushes;  /* (owned) (element-type GTask) who waits for all to be written */
  guint64 next_serial;

  GMutex lock;         /* held while a file is written; guards the rest */
  GHashTable *written; /* (owned) (element-type utf8 guint64) serial of the newest on disk */
};

G_DEFINE_FINAL_TYPE (CgStore, cg_store, G_TYPE_OBJECT)

/* What waits for its turn under one name. */
typedef struct {
  GBytes *content;    /* (owned) (nullable) newest content; %NULL removes the file */
  GBytes *newest;     /* (owned) (nullable) the same, until it is on disk */
  GPtrArray *waiting; /* (owned) (element-type GTask) who wants to know about it */
  gboolean is_synced; /* it is to survive a power cut */
  gboolean is_writing;
} Entry;

/* One file to write, for the thread. */
typedef struct {
  char *name;
  GBytes *content; /* (owned) (nullable) */
  gboolean is_synced;
  guint64 serial;
  GPtrArray *waiting; /* (owned) (element-type GTask) main loop only */
} Job;

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->content, g_bytes_unref);
  g_clear_pointer (&entry->newest, g_bytes_unref);
  g_clear_pointer (&entry->waiting, g_ptr_array_unref);
  g_free (entry);
}

static void
job_free (Job *job)
{
  g_free (job->name);
  g_clear_pointer (&job->content, g_bytes_unref);
  g_clear_pointer (&job->waiting, g_ptr_array_unref);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static char *
get_path (CgStore *self, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);

  return g_build_filename (self->dir, file, NULL);
}

/* Any thread. Content that is older than what the disk has is not written. */
static gboolean
write_if_newer (CgStore *self, const Job *job, GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  g_autofree char *path = get_path (self, job->name);
  const guint64 *newest = g_hash_table_lookup (self->written, job->name);

  if (newest != NULL && *newest > job->serial)
    return TRUE;
  if (!cg_file_replace (path, job->content, job->is_synced, error))
    return FALSE;
  g_hash_table_replace (self->written, g_strdup (job->name),
                        g_memdup2 (&job->serial, sizeof job->serial));
  return TRUE;
}

static void
write_in_thread (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (write_if_newer (g_task_get_source_object (task), g_task_get_task_data (task), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Writes no more than would be read again. */
static gboolean
serialise (const char *name, JsonNode *node, GBytes **content, GError **error)
{
  g_autofree char *text = node != NULL ? cg_json_to_string (node, FALSE) : NULL;
  const gsize length = text != NULL ? strlen (text) : 0;

  if (length > MAX_BYTES) {
    g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "%s would be larger than %d MiB", name,
                 MAX_BYTES / (1024 * 1024));
    return FALSE;
  }
  *content = text != NULL ? g_bytes_new_take (g_steal_pointer (&text), length) : NULL;
  return TRUE;
}

static void start_writing (CgStore *self, const char *name, Entry *entry);

static void
answer_flushes (CgStore *self)
{
  g_autoptr (GPtrArray) flushes = NULL;

  if (g_hash_table_size (self->entries) > 0)
    return;
  flushes = g_steal_pointer (&self->flushes);
  self->flushes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < flushes->len; i++)
    g_task_return_boolean (flushes->pdata[i], TRUE);
}

static void
written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CgStore *self = CG_STORE (source);
  const Job *job = g_task_get_task_data (G_TASK (result));
  Entry *entry = g_hash_table_lookup (self->entries, job->name);
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  entry->is_writing = FALSE;
  if (entry->waiting->len > 0)
    start_writing (self, job->name, entry);
  else
    g_hash_table_remove (self->entries, job->name);

  for (guint i = 0; i < job->waiting->len; i++) {
    if (error != NULL)
      g_task_return_error (job->waiting->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (job->waiting->pdata[i], TRUE);
  }
  answer_flushes (self);
}

static void
start_writing (CgStore *self, const char *name, Entry *entry)
{
  Job *job = g_new0 (Job, 1);
  GTask *task = g_task_new (self, NULL, written, NULL);

  job->name = g_strdup (name);
  job->content = g_steal_pointer (&entry->content);
  job->is_synced = entry->is_synced;
  job->serial = self->next_serial++;
  job->waiting = g_steal_pointer (&entry->waiting);
  entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  entry->is_writing = TRUE;
  entry->is_synced = FALSE;
  g_task_set_source_tag (task, start_writing);
  g_task_set_task_data (task, job, (GDestroyNotify)job_free);
  g_thread_pool_push (self->writer, task, NULL);
}

static void
cg_store_finalize (GObject *object)
{
  CgStore *self = CG_STORE (object);

  g_thread_pool_free (self->writer, FALSE, FALSE); /* no job is left: each holds a reference */
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->written);
  g_ptr_array_unref (self->flushes);
  g_mutex_clear (&self->lock);
  g_free (self->dir);
  G_OBJECT_CLASS (cg_store_parent_class)->finalize (object);
}

static void
cg_store_class_init (CgStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_store_finalize;
}

static void
cg_store_init (CgStore *self)
{
  g_mutex_init (&self->lock);
  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)entry_free);
  self->written = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->flushes = g_ptr_array_new_with_free_func (g_object_unref);
  self->writer = g_thread_pool_new (write_in_thread, NULL, 1, FALSE, NULL);
}

/**
 * cg_store_new:
 * @dir: the state folder; made when the first file is saved
 *
 * Returns: (transfer full): a keeper of state files
 */
CgStore *
cg_store_new (const char *dir)
{
  g_return_val_if_fail (dir != NULL, NULL);

  CgStore *self = g_object_new (CG_TYPE_STORE, NULL);
  self->dir = g_strdup (dir);
  return self;
}

/**
 * cg_store_get_dir:
 * @self: a store
 *
 * Returns: its folder
 */
const char *
cg_store_get_dir (CgStore *self)
{
  g_return_val_if_fail (CG_IS_STORE (self), NULL);

  return self->dir;
}

static gboolean
is_name (const char *name)
{
  return name != NULL && *name != '\0' && *name != '.' && strchr (name, '/') == NULL;
}

/* The parser calls itself for each level: a file of brackets would be its end. What stands in a
 * string is no level: a cloud may give anything as a name. Comments and other quotes, which the
 * parser takes, could hide brackets; nothing of ours has them. */
static gboolean
is_deep (const char *text, gsize length)
{
  gboolean in_string = FALSE;
  int depth = 0;

  for (gsize i = 0; i < length; i++) {
    if (text[i] == '"')
      in_string = !in_string;
    else if (in_string && text[i] == '\\')
      i++;
    else if (in_string)
      continue;
    else if (text[i] == '/' || text[i] == '\'')
      return TRUE;
    else if (text[i] == '{' || text[i] == '[')
      depth++;
    else if (text[i] == '}' || text[i] == ']')
      depth--;
    if (depth > MAX_DEPTH)
      return TRUE;
  }
  return FALSE;
}

static JsonNode *
parse (const char *path, const char *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) why = NULL;

  if (!is_deep (text, length) && json_parser_load_from_data (parser, text, (gssize)length, &why) &&
      json_parser_get_root (parser) != NULL &&
      !JSON_NODE_HOLDS_NULL (json_parser_get_root (parser)))
    return json_parser_steal_root (parser);
  g_set_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, "%s: %s", path,
               why != NULL ? why->message : "holds no JSON of ours");
  return NULL;
}

/* What waits to be written. */
static JsonNode *
parse_newest (const char *path, GBytes *newest, GError **error)
{
  gsize length = 0;
  const char *text = newest != NULL ? g_bytes_get_data (newest, &length) : NULL;

  if (text != NULL)
    return parse (path, text, length, error);
  g_set_error (error, CG_ERROR, CG_ERROR_UNKNOWN_THING, "%s is being removed", path);
  return NULL;
}

/* What somebody may want to look at, or to mend. */
static void
keep_aside (const char *path, GError **error)
{
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);

  if (g_rename (path, aside) == 0)
    g_prefix_error (error, "kept as %s: ", aside);
}

/**
 * cg_store_load:
 * @self: a store
 * @name: which state, without the ending `.json`
 *
 * Reads a state file, or what is on its way to it. A damaged one is renamed to
 * `NAME.json.damaged`, so that the next save does not destroy it. Blocking, but small and local.
 *
 * Returns: (transfer full): what was saved last, or %NULL with %CG_ERROR_UNKNOWN_THING if nothing
 *   was ever saved, %CG_ERROR_INVALID_CONFIG if it cannot be read
 */
JsonNode *
cg_store_load (CgStore *self, const char *name, GError **error)
{
  g_return_val_if_fail (CG_IS_STORE (self), NULL);
  g_return_val_if_fail (is_name (name), NULL);

  CG_ON_MAIN ();

  g_autofree char *path = get_path (self, name);
  const Entry *entry = g_hash_table_lookup (self->entries, name);
  if (entry != NULL)
    return parse_newest (path, entry->newest, error);
  gsize length = 0;
  g_autoptr (GError) why = NULL;
  g_autofree char *text = cg_file_read_up_to (path, MAX_BYTES, &length, &why);
  JsonNode *node = text != NULL ? parse (path, text, length, &why) : NULL;
  if (node != NULL)
    return node;
  if (text == NULL)
    g_prefix_error (&why, "%s ", path);
  if (!g_error_matches (why, CG_ERROR, CG_ERROR_UNKNOWN_THING))
    keep_aside (path, &why);
  g_propagate_error (error, g_steal_pointer (&why));
  return NULL;
}

/**
 * cg_store_save_sync:
 * @self: a store
 * @name: which state, without the ending `.json`
 * @node: (nullable): its content; %NULL removes the file
 *
 * As cg_store_save_async(), but waits: for the end of the program, and for tests. It overtakes
 * what was given to cg_store_save_async() before.
 *
 * Returns: %FALSE with %CG_ERROR_INTERNAL, or with %CG_ERROR_INVALID_CONFIG if it is too long
 */
gboolean
cg_store_save_sync (CgStore *self, const char *name, JsonNode *node, GError **error)
{
  g_return_val_if_fail (CG_IS_STORE (self), FALSE);
  g_return_val_if_fail (is_name (name), FALSE);
  CG_ON_MAIN ();

  g_autoptr (Job) job = g_new0 (Job, 1);
  Entry *entry = g_hash_table_lookup (self->entries, name);
  if (!serialise (name, node, &job->content, error))
    return FALSE;
  job->name = g_strdup (name);
  job->is_synced = TRUE;
  job->serial = self->next_serial++;
  if (entry != NULL) {
    g_clear_pointer (&entry->content, g_bytes_unref);
    entry->content = job->content != NULL ? g_bytes_ref (job->content) : NULL;
    g_clear_pointer (&entry->newest, g_bytes_unref);
    entry->newest = job->content != NULL ? g_bytes_ref (job->content) : NULL;
  }
  return write_if_newer (self, job, error);
}

static void
save (CgStore *self, const char *name, JsonNode *node, gboolean is_synced, GTask *task)
{
  Entry *entry = g_hash_table_lookup (self->entries, name);
  GBytes *content = NULL;
  GError *error = NULL;

  CG_ON_MAIN ();
  g_assert (is_name (name));
  if (!serialise (name, node, &content, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  if (entry == NULL) {
    entry = g_new0 (Entry, 1);
    entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
    g_hash_table_insert (self->entries, g_strdup (name), entry);
  }
  g_clear_pointer (&entry->content, g_bytes_unref);
  g_clear_pointer (&entry->newest, g_bytes_unref);
  entry->content = content;
  entry->newest = entry->content != NULL ? g_bytes_ref (entry->content) : NULL;
  entry->is_synced |= is_synced;
  g_ptr_array_add (entry->waiting, task);
  if (!entry->is_writing)
    start_writing (self, name, entry);
}

/**
 * cg_store_save_async:
 * @self: a store
 * @name: which state, without the ending `.json`
 * @node: (nullable): its content, written out before this returns; %NULL removes the file
 * @cancellable: (nullable): not used; a file is written or not, and quickly
 * @callback: (nullable): called when this content, or newer one of that name, is on disk
 * @user_data: for @callback
 *
 * Saves atomically: at any instant of a power cut the file holds the old content or the new one.
 * Its mode is 0600. Of several contents that wait for the disk the newest is written. One of more
 * than 4 MiB, which would not be read again, is refused with %CG_ERROR_INVALID_CONFIG. Content
 * whose folder could not be synced is told as failed; the next start may find it.
 */
void
cg_store_save_async (CgStore *self,
                     const char *name,
                     JsonNode *node,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cg_store_save_async);
  save (self, name, node, TRUE, task);
}

/**
 * cg_store_note_async:
 * @self: a store
 * @name: which state, without the ending `.json`
 * @node: (nullable): its content; %NULL removes the file
 * @callback: (nullable): finish with cg_store_save_finish()
 * @user_data: for @callback
 *
 * As cg_store_save_async(), for what changes often: it survives the end of the program, however
 * that comes, but not a power cut, and the disk is not waited for.
 */
void
cg_store_note_async (CgStore *self,
                     const char *name,
                     JsonNode *node,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cg_store_note_async);
  save (self, name, node, FALSE, task);
}

/**
 * cg_store_save_finish:
 * @self: a store
 * @result: what the callback got
 *
 * Returns: %FALSE with %CG_ERROR_INTERNAL, or with %CG_ERROR_INVALID_CONFIG if it is too long
 */
gboolean
cg_store_save_finish (CgStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_store_flush_async:
 * @self: a store
 * @callback: called when nothing waits for the disk any more, whether or not it could be written
 * @user_data: for @callback
 *
 * For the end of the program: what cg_store_save_async() was given before is not lost.
 */
void
cg_store_flush_async (CgStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CG_IS_STORE (self));
  CG_ON_MAIN ();

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, cg_store_flush_async);
  g_ptr_array_add (self->flushes, task);
  answer_flushes (self);
}

/**
 * cg_store_flush_finish:
 * @self: a store
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_store_flush_finish (CgStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
