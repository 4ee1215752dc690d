/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-scanner.h"

#include <math.h>
#include <string.h>

/* What may come next. */
enum {
  EXPECT_VALUE,
  EXPECT_VALUE_OR_CLOSE, /* after [ */
  EXPECT_KEY,            /* after a comma in an object */
  EXPECT_KEY_OR_CLOSE,   /* after { */
  EXPECT_COLON,
  EXPECT_COMMA_OR_CLOSE,
  EXPECT_END,
  EXPECT_NOTHING, /* it is broken here */
};

static void
skip_space (CgScanner *self)
{
  while (self->position < self->end && strchr (" \t\r\n", *self->position) != NULL &&
         *self->position != '\0')
    self->position++;
}

static gsize
count_digits (const char *text, const char *end)
{
  gsize count = 0;

  while (text + count < end && g_ascii_isdigit (text[count]))
    count++;
  return count;
}

/* Returns the length of the number at @text, 0 if there is none. */
static gsize
measure_number (const char *text, const char *end)
{
  const char *at = text;
  gsize digits;

  if (at < end && *at == '-')
    at++;
  digits = count_digits (at, end);
  if (digits == 0 || (digits > 1 && *at == '0'))
    return 0;
  at += digits;
  if (at < end && *at == '.') {
    digits = count_digits (at + 1, end);
    if (digits == 0)
      return 0;
    at += 1 + digits;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < end && (*at == '+' || *at == '-'))
      at++;
    digits = count_digits (at, end);
    if (digits == 0)
      return 0;
    at += digits;
  }
  return at - text;
}

/* Returns the code unit of the \u escape at @text, 0 if there is none. */
static guint
read_unit (const char *text, const char *end)
{
  guint unit = 0;

  if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
    return 0;
  for (int i = 2; i < 6; i++) {
    if (!g_ascii_isxdigit (text[i]))
      return 0;
    unit = unit * 16 + g_ascii_xdigit_value (text[i]);
  }
  return unit;
}

/* Returns the length of the escape at @text, 0 if it is none. Neither NUL nor half a surrogate pair
 * can be carried in a string. */
static gsize
measure_escape (const char *text, const char *end)
{
  guint unit;
  guint next;

  if (end - text < 2)
    return 0;
  if (text[1] != 'u')
    return text[1] != '\0' && strchr ("\"\\/bfnrt", text[1]) != NULL ? 2 : 0;
  unit = read_unit (text, end);
  if (unit == 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
    return 0;
  if (unit < 0xD800 || unit > 0xDFFF)
    return 6;
  next = read_unit (text + 6, end);
  return next >= 0xDC00 && next <= 0xDFFF ? 12 : 0;
}

/* Returns the length of the string at @text with its quotes, 0 if there is none. */
static gsize
measure_string (const char *text, const char *end)
{
  const char *at = text + 1;

  if (text >= end || *text != '"')
    return 0;
  while (at < end && *at != '"') {
    gsize step = *at == '\\' ? measure_escape (at, end) : 1;

    if (step == 0 || (guchar)*at < 0x20)
      return 0;
    at += step;
  }
  return at < end ? (gsize)(at + 1 - text) : 0;
}

static gsize
measure_word (const char *text, const char *end)
{
  static const char *const words[] = {"true", "false", "null"};

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    const gsize length = strlen (words[i]);

    if ((gsize)(end - text) >= length && memcmp (text, words[i], length) == 0)
      return length;
  }
  return 0;
}

static gboolean
fail (CgScanner *self)
{
  self->state = EXPECT_NOTHING;
  return FALSE;
}

static gboolean
is_in_object (const CgScanner *self)
{
  return self->levels->len > 0 && self->levels->str[self->levels->len - 1] == '{';
}

static gboolean
take (CgScanner *self, CgToken *token, CgTokenKind kind, gsize length)
{
  if (length == 0)
    return fail (self);
  token->kind = kind;
  token->depth = self->levels->len;
  token->text = self->position;
  token->length = length;
  self->position += length;
  return TRUE;
}

static gboolean
take_open (CgScanner *self, CgToken *token)
{
  const char bracket = *self->position;

  take (self, token, CG_TOKEN_OPEN, 1);
  g_string_append_c (self->levels, bracket);
  self->deepest = MAX (self->deepest, self->levels->len);
  self->state = bracket == '{' ? EXPECT_KEY_OR_CLOSE : EXPECT_VALUE_OR_CLOSE;
  return TRUE;
}

static gboolean
take_close (CgScanner *self, CgToken *token)
{
  if (*self->position != (is_in_object (self) ? '}' : ']'))
    return fail (self);
  g_string_truncate (self->levels, self->levels->len - 1);
  self->state = self->levels->len == 0 ? EXPECT_END : EXPECT_COMMA_OR_CLOSE;
  return take (self, token, CG_TOKEN_CLOSE, 1);
}

static gboolean
take_key (CgScanner *self, CgToken *token)
{
  self->state = EXPECT_COLON;
  return take (self, token, CG_TOKEN_KEY, measure_string (self->position, self->end));
}

static gboolean
take_value (CgScanner *self, CgToken *token)
{
  const char first = *self->position;

  if (first == '{' || first == '[')
    return take_open (self, token);
  self->state = self->levels->len == 0 ? EXPECT_END : EXPECT_COMMA_OR_CLOSE;
  if (first == '"')
    return take (self, token, CG_TOKEN_STRING, measure_string (self->position, self->end));
  if (first == '-' || g_ascii_isdigit (first))
    return take (self, token, CG_TOKEN_NUMBER, measure_number (self->position, self->end));
  return take (self, token, CG_TOKEN_WORD, measure_word (self->position, self->end));
}

/* Steps over the colon or comma that must stand here. */
static gboolean
skip_mark (CgScanner *self, char mark, int next_state)
{
  if (*self->position != mark)
    return fail (self);
  self->position++;
  self->state = next_state;
  skip_space (self);
  return self->position < self->end || fail (self);
}

/**
 * cg_scanner_init:
 * @self: an uninitialised scanner
 * @text: what is to be read; must outlive the scanner
 * @length: its bytes
 */
void
cg_scanner_init (CgScanner *self, const char *text, gsize length)
{
  self->position = text;
  self->end = text + length;
  self->levels = g_string_new (NULL);
  self->deepest = 0;
  self->state = EXPECT_VALUE;
}

/**
 * cg_scanner_clear:
 * @self: a scanner
 *
 * Frees what it holds. May be called twice.
 */
void
cg_scanner_clear (CgScanner *self)
{
  if (self->levels != NULL)
    g_string_free (self->levels, TRUE);
  self->levels = NULL;
}

/**
 * cg_scanner_next:
 * @self: a scanner
 * @token: (out caller-allocates): the next token
 *
 * Returns: %FALSE at the end of the text, or where it is broken: see cg_scanner_is_complete()
 */
gboolean
cg_scanner_next (CgScanner *self, CgToken *token)
{
  skip_space (self);
  if (self->position >= self->end)
    return FALSE;
  if (self->state == EXPECT_COLON && !skip_mark (self, ':', EXPECT_VALUE))
    return FALSE;
  if (self->state == EXPECT_COMMA_OR_CLOSE && *self->position == ',' &&
      !skip_mark (self, ',', is_in_object (self) ? EXPECT_KEY : EXPECT_VALUE))
    return FALSE;

  switch (self->state) {
  case EXPECT_VALUE_OR_CLOSE:
    return *self->position == ']' ? take_close (self, token) : take_value (self, token);
  case EXPECT_KEY_OR_CLOSE:
    return *self->position == '}' ? take_close (self, token) : take_key (self, token);
  case EXPECT_VALUE:
    return take_value (self, token);
  case EXPECT_KEY:
    return take_key (self, token);
  case EXPECT_COMMA_OR_CLOSE:
    return take_close (self, token);
  default:
    return fail (self); /* more after the end */
  }
}

/**
 * cg_scanner_is_complete:
 * @self: a scanner of which cg_scanner_next() has returned %FALSE
 *
 * Returns: whether the text was one whole JSON value
 */
gboolean
cg_scanner_is_complete (const CgScanner *self)
{
  return self->state == EXPECT_END && self->position >= self->end;
}

/**
 * cg_token_is_key:
 * @self: a token
 * @name: a member's name, without characters that JSON escapes
 *
 * Returns: whether it is the key of that name, written plainly
 */
gboolean
cg_token_is_key (const CgToken *self, const char *name)
{
  return self->kind == CG_TOKEN_KEY && self->length == strlen (name) + 2 &&
         memcmp (self->text + 1, name, self->length - 2) == 0;
}

/**
 * cg_token_is_endless:
 * @self: a token
 *
 * Returns: whether it is a number that is JSON, but too large for a double: nothing that we would
 *   make of it could be told again
 */
gboolean
cg_token_is_endless (const CgToken *self)
{
  if (self->kind != CG_TOKEN_NUMBER)
    return FALSE;
  g_autofree char *raw = g_strndup (self->text, self->length);
  return !isfinite (g_ascii_strtod (raw, NULL));
}
