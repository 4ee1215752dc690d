/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-message.h"

#include <string.h>

#include "cg-scanner.h"

/* More digits may not fit an integer of the parser, which then wraps round without a word. */
#define SAFE_DIGITS 18

struct _CgMessage {
  gatomicrefcount ref_count;
  CgMessageClass class;
  char *did;       /* (owned) */
  char *mid;       /* (owned) (nullable): as text */
  JsonNode *asked; /* (owned): object: did, mid, type and token as they are to be echoed */
  JsonNode *root;  /* (owned) (nullable): NULL when there is a fault */
  GError *fault;   /* (owned) (nullable) */
};

/* The members of the outermost object that decide how a message is answered. */
typedef struct {
  CgToken did;
  CgToken mid;
  CgToken type;
  CgToken token;
  CgToken sign;
  CgToken result;
  CgToken data;
  gboolean is_object;
  gboolean is_complete;
  gboolean has_long_integers;
  gboolean has_endless_numbers;
  guint levels;
} CgOutline;

static CgToken *
find_slot (CgOutline *outline, const CgToken *key)
{
  struct {
    const char *name;
    CgToken *slot;
  } slots[] = {
      {"did", &outline->did},       {"mid", &outline->mid},   {"type", &outline->type},
      {"token", &outline->token},   {"sign", &outline->sign}, {"data", &outline->data},
      {"result", &outline->result},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++) {
    if (cg_token_is_key (key, slots[i].name))
      return slots[i].slot;
  }
  return NULL;
}

static gboolean
is_plain_integer (const CgToken *token)
{
  for (gsize i = 0; i < token->length; i++) {
    if (!g_ascii_isdigit (token->text[i]) && token->text[i] != '-')
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_long_integer (const CgToken *token)
{
  return token->kind == CG_TOKEN_NUMBER && token->length > SAFE_DIGITS && is_plain_integer (token);
}

/* Reads as far as the text can be read. A member that stands twice counts as the later one. */
static void
outline_read (CgOutline *outline, const char *text, gsize length)
{
  g_auto (CgScanner) scanner = {0};
  CgToken token;
  CgToken *slot = NULL;

  cg_scanner_init (&scanner, text, length);
  if (cg_scanner_next (&scanner, &token))
    outline->is_object = token.kind == CG_TOKEN_OPEN && *token.text == '{';
  while (cg_scanner_next (&scanner, &token)) {
    if (token.depth == 1 && token.kind != CG_TOKEN_KEY && slot != NULL)
      *slot = token;
    slot = token.depth == 1 && token.kind == CG_TOKEN_KEY ? find_slot (outline, &token) : NULL;
    outline->has_long_integers = outline->has_long_integers || is_long_integer (&token);
    outline->has_endless_numbers = outline->has_endless_numbers || cg_token_is_endless (&token);
  }
  outline->is_complete = cg_scanner_is_complete (&scanner);
  outline->levels = scanner.deepest;
}

/* Returns: (nullable): a string or number that can be echoed. */
static JsonNode *
read_scalar (const CgToken *token, gsize max_length)
{
  g_autofree char *raw = NULL;
  JsonNode *node = NULL;

  if (token->length == 0 || token->length > max_length)
    return NULL;
  raw = g_strndup (token->text, token->length);
  if (token->kind == CG_TOKEN_STRING && g_utf8_validate (raw, token->length, NULL))
    return json_from_string (raw, NULL);
  if (token->kind != CG_TOKEN_NUMBER)
    return NULL;
  /* What is no short integer goes back as a string, each digit as it came. */
  node = json_node_alloc ();
  if (is_plain_integer (token) && token->length <= SAFE_DIGITS)
    return json_node_init_int (node, g_ascii_strtoll (raw, NULL, 10));
  return json_node_init_string (node, raw);
}

static char *
scalar_to_text (JsonNode *node)
{
  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
}

/* Takes @token into what is echoed as @name. Returns: (transfer full) (nullable): its text. */
static char *
echo_member (JsonObject *asked, const char *name, const CgToken *token, gsize max_length)
{
  JsonNode *node = read_scalar (token, max_length);
  g_autofree char *text = scalar_to_text (node);

  if (text == NULL || *text == '\0') {
    g_clear_pointer (&node, json_node_unref);
    return NULL;
  }
  json_object_set_member (asked, name, node);
  return g_steal_pointer (&text);
}

/* Null counts as absent. */
static gboolean
is_present (const CgToken *token)
{
  return token->length > 0 && *token->text != 'n';
}

static CgMessageClass
classify (const CgOutline *outline, const char *type)
{
  const gboolean has_result = is_present (&outline->result);

  if (g_strcmp0 (type, "register") == 0 && !is_present (&outline->sign) &&
      (has_result || is_present (&outline->data)))
    return CG_MESSAGE_REGISTER;
  return has_result ? CG_MESSAGE_REPLY : CG_MESSAGE_REQUEST;
}

static CgMessage *
message_new (const CgOutline *outline, const char *default_did)
{
  CgMessage *self = g_new0 (CgMessage, 1);
  JsonObject *asked = json_object_new ();
  g_autofree char *type = NULL;
  g_autofree char *token = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->asked = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (self->asked, asked);
  self->did = echo_member (asked, "did", &outline->did, CG_MESSAGE_MAX_ID_BYTES);
  if (self->did == NULL && outline->did.length == 0 && default_did != NULL) {
    self->did = g_strdup (default_did);
    json_object_set_string_member (asked, "did", default_did);
  }
  self->mid = echo_member (asked, "mid", &outline->mid, CG_MESSAGE_MAX_ID_BYTES);
  type = echo_member (asked, "type", &outline->type, CG_MESSAGE_MAX_ID_BYTES);
  if (type == NULL)
    json_object_set_string_member (asked, "type", "action");
  token = echo_member (asked, "token", &outline->token, CG_MESSAGE_MAX_TOKEN_BYTES);
  if (outline->token.kind == CG_TOKEN_STRING && outline->token.length == strlen ("\"\""))
    json_object_set_string_member (asked, "token", "");
  self->class = classify (outline, type);
  return self;
}

static gboolean
check_outline (const CgOutline *outline, gsize length, GError **error)
{
  if (length > CG_MESSAGE_MAX_BYTES) {
    g_set_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Message over %d bytes",
                 CG_MESSAGE_MAX_BYTES);
    return FALSE;
  }
  if (outline->levels > CG_MESSAGE_MAX_LEVELS) {
    g_set_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Message over %d levels",
                 CG_MESSAGE_MAX_LEVELS);
    return FALSE;
  }
  if (!outline->is_complete) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Invalid JSON");
    return FALSE;
  }
  if (outline->has_endless_numbers) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Number out of range");
    return FALSE;
  }
  return TRUE;
}

/* Returns: (transfer full): @text with its long integers as strings of digits. */
static GString *
quote_long_integers (const char *text, gsize length)
{
  g_auto (CgScanner) scanner = {0};
  GString *quoted = g_string_sized_new (length + 64);
  const char *copied = text;
  CgToken token;

  cg_scanner_init (&scanner, text, length);
  while (cg_scanner_next (&scanner, &token)) {
    if (!is_long_integer (&token))
      continue;
    g_string_append_len (quoted, copied, token.text - copied);
    g_string_append_c (quoted, '"');
    g_string_append_len (quoted, token.text, token.length);
    g_string_append_c (quoted, '"');
    copied = token.text + token.length;
  }
  return g_string_append_len (quoted, copied, text + length - copied);
}

static JsonNode *
parse_tree (const CgOutline *outline, const char *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GString) quoted = NULL;

  if (outline->has_long_integers) {
    quoted = quote_long_integers (text, length);
    text = quoted->str;
    length = quoted->len;
  }
  if (!g_utf8_validate_len (text, length, NULL)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Invalid UTF-8");
    return NULL;
  }
  if (!json_parser_load_from_data (parser, text, length, NULL)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Invalid JSON");
    return NULL;
  }
  return json_parser_steal_root (parser);
}

/* Absent, null, or a string that says something. */
static gboolean
is_text_or_none (const CgToken *token)
{
  if (token->length == 0)
    return TRUE;
  return token->kind == CG_TOKEN_STRING ? token->length > strlen ("\"\"") : *token->text == 'n';
}

/* PROTOCOL.md section 2: what a request must have beside did and mid. A type that is not told is
 * `action` (choice). */
static gboolean
check_request (const CgMessage *self, const CgOutline *outline, GError **error)
{
  JsonObject *asked = json_node_get_object (self->asked);
  JsonNode *type = json_object_get_member (asked, "type");
  JsonObject *data;

  if (!is_text_or_none (&outline->type) || outline->type.length > CG_MESSAGE_MAX_ID_BYTES ||
      json_node_get_value_type (type) != G_TYPE_STRING ||
      strcmp (json_node_get_string (type), "action") != 0) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Invalid type");
    return FALSE;
  }
  if (outline->token.length > CG_MESSAGE_MAX_TOKEN_BYTES) {
    g_set_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Token over %d bytes",
                 CG_MESSAGE_MAX_TOKEN_BYTES);
    return FALSE;
  }
  data = cg_message_get_data (self);
  if (data == NULL || json_object_get_size (data) == 0) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Missing data");
    return FALSE;
  }
  if (json_object_get_size (data) > CG_MESSAGE_MAX_SERVICES) {
    g_set_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Message over %d services",
                 CG_MESSAGE_MAX_SERVICES);
    return FALSE;
  }
  return TRUE;
}

/* Returns: (transfer full) (nullable): @self with its tree or its fault; NULL if nobody waits. */
static CgMessage *
message_complete (
    CgMessage *self, const CgOutline *outline, const char *text, gsize length, GError **error)
{
  g_autoptr (CgMessage) message = self;
  gboolean good = check_outline (outline, length, &message->fault);

  if (good)
    message->root = parse_tree (outline, text, length, &message->fault);
  if (message->root != NULL && message->class == CG_MESSAGE_REQUEST)
    check_request (message, outline, &message->fault);
  if (message->fault == NULL)
    return g_steal_pointer (&message);
  if (message->class == CG_MESSAGE_REQUEST && message->mid != NULL)
    return g_steal_pointer (&message);
  g_propagate_error (error, g_steal_pointer (&message->fault));
  return NULL;
}

/**
 * cg_message_parse:
 * @bytes: what came
 * @default_did: (nullable): the did of a message that names none: the local socket's gateway
 * @error: why nobody can be answered
 *
 * Reads a message of PROTOCOL.md section 2 within the limits of section 1. One that is too large,
 * too deep or broken is still returned if it is a request of which did and mid can be read: with a
 * fault, to be answered and not acted upon. A did or mid that is too long counts as unreadable; a
 * token that is too long is a fault, and is not echoed.
 *
 * Returns: (transfer full): the message; every request has a did and a mid. %NULL with
 *   %CG_ERROR_BAD_REQUEST if it must be dropped
 */
CgMessage *
cg_message_parse (GBytes *bytes, const char *default_did, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  CgOutline outline = {0};
  g_autoptr (CgMessage) self = NULL;

  if (length > 0)
    outline_read (&outline, text, length);
  if (!outline.is_object) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "not a JSON object");
    return NULL;
  }
  self = message_new (&outline, default_did);
  if (self->did == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "no did");
    return NULL;
  }
  if (self->class == CG_MESSAGE_REQUEST && self->mid == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "no mid");
    return NULL;
  }
  return message_complete (g_steal_pointer (&self), &outline, text, length, error);
}

/**
 * cg_message_ref:
 * @self: a message
 *
 * Returns: (transfer full): @self
 */
CgMessage *
cg_message_ref (CgMessage *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * cg_message_unref:
 * @self: a message
 */
void
cg_message_unref (CgMessage *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->did);
  g_free (self->mid);
  g_clear_pointer (&self->asked, json_node_unref);
  g_clear_pointer (&self->root, json_node_unref);
  g_clear_error (&self->fault);
  g_free (self);
}

/**
 * cg_message_get_class:
 * @self: a message
 *
 * Returns: what is to be done with it
 */
CgMessageClass
cg_message_get_class (const CgMessage *self)
{
  return self->class;
}

/**
 * cg_message_get_did:
 * @self: a message
 *
 * Returns: whom it concerns
 */
const char *
cg_message_get_did (const CgMessage *self)
{
  return self->did;
}

/**
 * cg_message_get_mid:
 * @self: a message
 *
 * Returns: (nullable): its mid as text, also if it came as a number; never %NULL for a request
 */
const char *
cg_message_get_mid (const CgMessage *self)
{
  return self->mid;
}

/**
 * cg_message_get_root:
 * @self: a message
 *
 * Returns: (nullable): all of it; %NULL if it has a fault that no tree could be made of
 */
JsonObject *
cg_message_get_root (const CgMessage *self)
{
  return self->root == NULL ? NULL : json_node_get_object (self->root);
}

/**
 * cg_message_get_data:
 * @self: a message
 *
 * Returns: (nullable): its services by name
 */
JsonObject *
cg_message_get_data (const CgMessage *self)
{
  JsonObject *root = cg_message_get_root (self);
  JsonNode *data = root == NULL ? NULL : json_object_get_member (root, "data");

  return data != NULL && JSON_NODE_HOLDS_OBJECT (data) ? json_node_get_object (data) : NULL;
}

/**
 * cg_message_get_fault:
 * @self: a message
 *
 * Returns: (nullable): why this request can only be refused
 */
const GError *
cg_message_get_fault (const CgMessage *self)
{
  return self->fault;
}

/**
 * cg_message_build_reply:
 * @self: a request
 * @result: what became of it
 *
 * Returns: (transfer full): the reply: did, mid, type and token as they were asked, and @result
 *   (PROTOCOL.md section 2)
 */
GBytes *
cg_message_build_reply (const CgMessage *self, JsonObject *result)
{
  g_autoptr (JsonObject) reply = json_object_new ();
  JsonObject *asked = json_node_get_object (self->asked);
  g_autoptr (GList) names = json_object_get_members (asked);

  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (reply, l->data, json_object_dup_member (asked, l->data));
  json_object_set_object_member (reply, "result", json_object_ref (result));
  return cg_message_build (reply);
}
