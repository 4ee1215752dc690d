/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-trace.h"

#include <string.h>

#include "cg-json.h"
#include "cg-log.h"
#include "cg-message.h"
#include "cg-scanner.h"

#define HIDDEN "\"" CG_LOG_HIDDEN "\""

/* Where the copy stands in the message. */
typedef struct {
  GString *copy;
  CgTokenKind before; /* what stands before; CG_TOKEN_OPEN at the start */
  guint hidden_depth; /* values below this depth are hidden; 0: none */
  gboolean hide_next;
} CgTraceCopy;

static gboolean
is_secret (const CgToken *key)
{
  return memchr (key->text, '\\', key->length) != NULL || /* it may spell a secret */
         cg_log_is_secret_name (key->text + 1, key->length - 2);
}

/* An address may carry credentials: in its authority or in its query. */
static void
copy_string (CgTraceCopy *self, const CgToken *token)
{
  g_autofree char *raw = g_strndup (token->text, token->length);
  g_autoptr (JsonNode) node = json_from_string (raw, NULL);
  g_autofree char *shown = NULL;
  g_autofree char *quoted = NULL;

  if (node == NULL || strstr (json_node_get_string (node), "://") == NULL) {
    g_string_append (self->copy, raw);
    return;
  }
  shown = cg_log_uri (json_node_get_string (node));
  json_node_set_string (node, shown);
  quoted = cg_json_to_string (node, FALSE);
  g_string_append (self->copy, quoted);
}

static void
copy_mark (CgTraceCopy *self, const CgToken *token)
{
  if (self->before == CG_TOKEN_KEY)
    g_string_append_c (self->copy, ':');
  else if (self->before != CG_TOKEN_OPEN && token->kind != CG_TOKEN_CLOSE)
    g_string_append_c (self->copy, ',');
}

static void
copy_token (CgTraceCopy *self, const CgToken *token)
{
  const gboolean is_scalar =
      token->kind != CG_TOKEN_OPEN && token->kind != CG_TOKEN_CLOSE && token->kind != CG_TOKEN_KEY;
  const gboolean hide = self->hide_next || self->hidden_depth > 0;

  copy_mark (self, token);
  if (hide && is_scalar)
    g_string_append (self->copy, HIDDEN);
  else if (token->kind == CG_TOKEN_STRING)
    copy_string (self, token);
  else
    g_string_append_len (self->copy, token->text, token->length);

  if (self->hide_next && token->kind == CG_TOKEN_OPEN)
    self->hidden_depth = token->depth;
  if (token->kind == CG_TOKEN_CLOSE && token->depth == self->hidden_depth)
    self->hidden_depth = 0;
  self->hide_next = token->kind == CG_TOKEN_KEY && self->hidden_depth == 0 && is_secret (token);
  self->before = token->kind;
}

/**
 * cg_trace_hide:
 * @message: a message
 *
 * Returns: (transfer full): its copy on one line, where tokens, passwords, secrets, signs and the
 *   credentials of addresses are hidden; if it is no JSON object, only how large it is: a number
 */
GBytes *
cg_trace_hide (GBytes *message)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_auto (CgScanner) scanner = {0};
  CgTraceCopy copy = {g_string_sized_new (length), CG_TOKEN_OPEN, 0, FALSE};
  CgToken token;

  cg_scanner_init (&scanner, text, length);
  while (length <= CG_MESSAGE_MAX_BYTES && cg_scanner_next (&scanner, &token))
    copy_token (&copy, &token);
  if (!cg_scanner_is_complete (&scanner) || *copy.copy->str != '{' ||
      !g_utf8_validate_len (copy.copy->str, copy.copy->len, NULL))
    g_string_printf (copy.copy, "%zu", length);
  return g_string_free_to_bytes (copy.copy);
}

/**
 * cg_trace_build:
 * @door: which door it went through
 * @incoming: whether it came in
 * @real_ms: when, in ms since 1970
 * @hidden: from cg_trace_hide()
 *
 * Returns: (transfer full): a trace message, without the newline
 */
GBytes *
cg_trace_build (const char *door, gboolean incoming, gint64 real_ms, GBytes *hidden)
{
  g_autoptr (JsonObject) head = json_object_new ();
  g_autoptr (GBytes) head_bytes = NULL;
  GString *text = NULL;
  gsize length;
  const char *content = g_bytes_get_data (hidden, &length);

  json_object_set_string_member (head, "type", "trace");
  json_object_set_int_member (head, "at", real_ms);
  json_object_set_string_member (head, "door", door);
  json_object_set_string_member (head, "direction", incoming ? "in" : "out");
  head_bytes = cg_message_build (head);
  text = g_string_new_len (g_bytes_get_data (head_bytes, NULL), g_bytes_get_size (head_bytes) - 1);
  g_string_append (text, *content == '{' ? ",\"message\":" : ",\"unreadable\":");
  g_string_append_len (text, content, length);
  g_string_append_c (text, '}');
  return g_string_free_to_bytes (text);
}
