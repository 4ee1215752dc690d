/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-state-file.h"

#include "cg-error.h"

struct _CgStateFile {
  CgStore *store; /* (owned) (nullable): %NULL: nothing is kept */
  char *name;
  char *label; /* for the log: whose, and what */
};

/* One writing: it outlives whoever has ordered it. */
typedef struct {
  char *label;
  GSourceFunc done; /* (nullable) */
  gpointer user_data;
  GDestroyNotify destroy; /* (nullable) */
} Writing;

/**
 * cg_state_file_new:
 * @store: (nullable): the state folder; %NULL: nothing is kept
 * @kind: the file's name, or how it begins
 * @did: (nullable): whose it is; %NULL: the box's own
 * @what: what stands in it, in words for the log: "what was learnt"
 *
 * Returns: (transfer full): a file, not yet read
 */
CgStateFile *
cg_state_file_new (CgStore *store, const char *kind, const char *did, const char *what)
{
  CgStateFile *self = g_new0 (CgStateFile, 1);
  g_autofree char *escaped = did != NULL ? g_uri_escape_string (did, NULL, FALSE) : NULL;

  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->name = did != NULL ? g_strconcat (kind, "-", escaped, NULL) : g_strdup (kind);
  self->label = did != NULL ? g_strconcat (did, ": ", what, NULL) : g_strdup (what);
  return self;
}

/**
 * cg_state_file_free:
 * @self: (transfer full) (nullable): a file; what is being written goes on
 */
void
cg_state_file_free (CgStateFile *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->store);
  g_free (self->name);
  g_free (self->label);
  g_free (self);
}

/**
 * cg_state_file_load:
 * @self: a file
 *
 * Blocking, as cg_store_load().
 *
 * Returns: (transfer full) (nullable): the object that stands there; %NULL if there is none
 */
JsonNode *
cg_state_file_load (CgStateFile *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (self->store == NULL)
    return NULL;
  node = cg_store_load (self->store, self->name, &error);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return g_steal_pointer (&node);
  if (node != NULL)
    g_warning ("%s cannot be read: no object stands in %s", self->label, self->name);
  else if (!g_error_matches (error, CG_ERROR, CG_ERROR_UNKNOWN_THING))
    g_warning ("%s cannot be read: %s", self->label, error->message);
  return NULL;
}

static void
writing_free (Writing *self)
{
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self->label);
  g_free (self);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Writing *writing = user_data;
  g_autoptr (GError) error = NULL;

  if (!cg_store_save_finish (CG_STORE (object), result, &error))
    g_warning ("%s is not stored: %s", writing->label, error->message);
  if (writing->done != NULL)
    writing->done (writing->user_data);
  writing_free (writing);
}

/**
 * cg_state_file_save_and_tell:
 * @self: a file
 * @node: (nullable): an object; %NULL removes the file
 * @done: (nullable): called when it is on disk, or could not be written; what it returns does not
 *   count
 * @user_data: for @done
 * @destroy: (nullable): frees @user_data
 */
void
cg_state_file_save_and_tell (
    CgStateFile *self, JsonNode *node, GSourceFunc done, gpointer user_data, GDestroyNotify destroy)
{
  Writing *writing = g_new0 (Writing, 1);

  *writing = (Writing){.done = done, .user_data = user_data, .destroy = destroy};
  writing->label = g_strdup (self->label);
  if (self->store != NULL) {
    cg_store_save_async (self->store, self->name, node, NULL, on_saved, writing);
    return;
  }
  if (done != NULL)
    done (user_data);
  writing_free (writing);
}

/**
 * cg_state_file_save:
 * @self: a file
 * @node: (nullable): an object; %NULL removes the file
 */
void
cg_state_file_save (CgStateFile *self, JsonNode *node)
{
  cg_state_file_save_and_tell (self, node, NULL, NULL, NULL);
}
