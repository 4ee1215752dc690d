/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of an endpoint reference that goes back to its maker unread: gSOAP would lose the
 * prefixes that it uses. */
#include "cg-onvif-reference.h"

#include <string.h>

/* A reference is a number or a word; who sends more sends something else. */
#define MAX_LENGTH 4096

typedef struct {
  GQueue scopes; /* (element-type GHashTable) prefix → namespace, the innermost first */
  guint depth;   /* within the parameters: 1 and more; 0: outside */
  GString *text;
} Reader;

static const char *
local_name (const char *name)
{
  const char *colon = strchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static const char *
find_namespace (Reader *self, const char *prefix)
{
  for (GList *l = self->scopes.head; l != NULL; l = l->next) {
    const char *uri = g_hash_table_lookup (l->data, prefix);

    if (uri != NULL)
      return uri;
  }
  return NULL;
}

static void
enter_scope (Reader *self, const char **names, const char **values)
{
  GHashTable *scope = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; names[i] != NULL; i++) {
    if (g_str_has_prefix (names[i], "xmlns:"))
      g_hash_table_insert (scope, g_strdup (names[i] + strlen ("xmlns:")), g_strdup (values[i]));
    else if (strcmp (names[i], "xmlns") == 0)
      g_hash_table_insert (scope, g_strdup (""), g_strdup (values[i]));
  }
  g_queue_push_head (&self->scopes, scope);
}

/* Each element says itself what its prefix means. Attributes with a prefix are left out. */
static void
write_start (Reader *self, const char *name, const char **names, const char **values)
{
  const char *colon = strchr (name, ':');
  g_autofree char *prefix = colon != NULL ? g_strndup (name, colon - name) : g_strdup ("");
  const char *uri = find_namespace (self, prefix);

  g_string_append_printf (self->text, "<%s", name);
  if (uri != NULL) {
    g_autofree char *escaped = g_markup_escape_text (uri, -1);

    g_string_append_printf (self->text, " xmlns%s%s=\"%s\"", colon != NULL ? ":" : "", prefix,
                            escaped);
  }
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *escaped = g_markup_escape_text (values[i], -1);

    if (strchr (names[i], ':') == NULL && strcmp (names[i], "xmlns") != 0)
      g_string_append_printf (self->text, " %s=\"%s\"", names[i], escaped);
  }
  g_string_append_c (self->text, '>');
}

static void
on_start (GMarkupParseContext *context,
          const char *name,
          const char **names,
          const char **values,
          gpointer user_data,
          GError **error)
{
  Reader *self = user_data;

  enter_scope (self, names, values);
  if (self->depth > 0)
    write_start (self, name, names, values);
  if (self->depth > 0 || strcmp (local_name (name), "ReferenceParameters") == 0)
    self->depth++;
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Reader *self = user_data;

  g_hash_table_unref (g_queue_pop_head (&self->scopes));
  if (self->depth > 1)
    g_string_append_printf (self->text, "</%s>", name);
  if (self->depth > 0)
    self->depth--;
}

static void
on_text (GMarkupParseContext *context,
         const char *text,
         gsize length,
         gpointer user_data,
         GError **error)
{
  Reader *self = user_data;
  g_autofree char *escaped = self->depth > 1 ? g_markup_escape_text (text, (gssize)length) : NULL;

  if (escaped != NULL)
    g_string_append (self->text, escaped);
}

/**
 * cg_onvif_reference_read_parameters:
 * @answer: an answer with one endpoint reference in it
 *
 * What stands in its ReferenceParameters and must come back as SOAP headers (WS-Addressing 1.0
 * SOAP Binding, 3.4): some cameras tell their pull points apart by it.
 *
 * Returns: (transfer full) (nullable): elements ready for a header; %NULL: there are none
 */
char *
cg_onvif_reference_read_parameters (const char *answer)
{
  static const GMarkupParser parser = {
      .start_element = on_start, .end_element = on_end, .text = on_text};
  Reader reader = {.scopes = G_QUEUE_INIT};
  g_autoptr (GString) text = g_string_new (NULL);
  reader.text = text;
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
  const gboolean is_read = g_markup_parse_context_parse (context, answer, -1, NULL) &&
                           g_markup_parse_context_end_parse (context, NULL);

  g_queue_clear_full (&reader.scopes, (GDestroyNotify)g_hash_table_unref);
  return is_read && text->len > 0 && text->len <= MAX_LENGTH ? g_strdup (text->str) : NULL;
}
