/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-amf.h"

#include <string.h>

/* Objects within objects; no command nests deeper than three. */
#define MAX_DEPTH 8

/* The keys that anybody asks for have less than half of it. */
#define MAX_KEY 64

typedef enum {
  AMF_NUMBER = 0x00,
  AMF_BOOLEAN = 0x01,
  AMF_STRING = 0x02,
  AMF_OBJECT = 0x03,
  AMF_NULL = 0x05,
  AMF_UNDEFINED = 0x06,
  AMF_REFERENCE = 0x07,
  AMF_ECMA_ARRAY = 0x08,
  AMF_OBJECT_END = 0x09,
  AMF_STRICT_ARRAY = 0x0a,
  AMF_DATE = 0x0b,
  AMF_LONG_STRING = 0x0c,
} AmfMarker;

typedef struct {
  const guint8 *data;
  gsize size;
} Reader;

static void
append_byte (GByteArray *array, guint8 value)
{
  g_byte_array_append (array, &value, 1);
}

/**
 * cg_amf_append_number:
 * @array: where to
 * @value: what
 */
void
cg_amf_append_number (GByteArray *array, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_BE (bits);
  append_byte (array, AMF_NUMBER);
  g_byte_array_append (array, (const guint8 *)&bits, sizeof bits);
}

/**
 * cg_amf_append_boolean:
 * @array: where to
 * @value: what
 */
void
cg_amf_append_boolean (GByteArray *array, gboolean value)
{
  append_byte (array, AMF_BOOLEAN);
  append_byte (array, value ? 1 : 0);
}

/**
 * cg_amf_append_string:
 * @array: where to
 * @value: at most 65535 bytes
 */
void
cg_amf_append_string (GByteArray *array, const char *value)
{
  append_byte (array, AMF_STRING);
  cg_amf_append_key (array, value);
}

/**
 * cg_amf_append_null:
 * @array: where to
 */
void
cg_amf_append_null (GByteArray *array)
{
  append_byte (array, AMF_NULL);
}

/**
 * cg_amf_begin_object:
 * @array: where to
 *
 * Keys, each followed by a value, come next; then cg_amf_end_object().
 */
void
cg_amf_begin_object (GByteArray *array)
{
  append_byte (array, AMF_OBJECT);
}

/**
 * cg_amf_begin_array:
 * @array: where to
 * @length: how many members follow
 *
 * As cg_amf_begin_object(), for an associative array.
 */
void
cg_amf_begin_array (GByteArray *array, guint32 length)
{
  const guint32 wire = GUINT32_TO_BE (length);

  append_byte (array, AMF_ECMA_ARRAY);
  g_byte_array_append (array, (const guint8 *)&wire, sizeof wire);
}

/**
 * cg_amf_begin_list:
 * @array: where to
 * @length: so many values follow
 *
 * A strict array; nothing ends it.
 */
void
cg_amf_begin_list (GByteArray *array, guint32 length)
{
  const guint32 wire = GUINT32_TO_BE (length);

  append_byte (array, AMF_STRICT_ARRAY);
  g_byte_array_append (array, (const guint8 *)&wire, sizeof wire);
}

/**
 * cg_amf_append_key:
 * @array: where to
 * @key: at most 65535 bytes
 */
void
cg_amf_append_key (GByteArray *array, const char *key)
{
  const gsize length = MIN (strlen (key), G_MAXUINT16);

  append_byte (array, (guint8)(length >> 8));
  append_byte (array, (guint8)length);
  g_byte_array_append (array, (const guint8 *)key, (guint)length);
}

/**
 * cg_amf_end_object:
 * @array: where to
 */
void
cg_amf_end_object (GByteArray *array)
{
  cg_amf_append_key (array, "");
  append_byte (array, AMF_OBJECT_END);
}

static const guint8 *
take (Reader *reader, gsize size)
{
  const guint8 *data = reader->data;

  if (reader->size < size)
    return NULL;
  reader->data += size;
  reader->size -= size;
  return data;
}

static gboolean
take_unsigned (Reader *reader, gsize size, guint32 *value)
{
  const guint8 *data = take (reader, size);

  if (data == NULL)
    return FALSE;
  *value = 0;
  for (gsize i = 0; i < size; i++)
    *value = *value << 8 | data[i];
  return TRUE;
}

static gboolean
take_number (Reader *reader, double *value)
{
  const guint8 *data = take (reader, sizeof (guint64));
  guint64 bits;

  if (data == NULL)
    return FALSE;
  memcpy (&bits, data, sizeof bits);
  bits = GUINT64_FROM_BE (bits);
  memcpy (value, &bits, sizeof bits);
  return TRUE;
}

/* Text from a stranger: made printable for our logs and events. */
static char *
take_text (Reader *reader, gsize length_size)
{
  guint32 length;

  if (!take_unsigned (reader, length_size, &length))
    return NULL;
  const guint8 *data = take (reader, length);
  return data != NULL ? g_utf8_make_valid ((const char *)data, length) : NULL;
}

static gboolean read_value (Reader *reader, CgAmfCommand *command, const char *key, guint depth);

/* A long key is none that anybody asks for; written before each of its parts, it would take more
 * than the message by far. */
static void
note_part (CgAmfCommand *command, const char *key, const char *part)
{
  if (key != NULL && key[0] != '\0' && strlen (key) <= MAX_KEY)
    g_hash_table_add (command->parts, g_strdup_printf ("%s.%s", key, part));
}

static gboolean
read_members (Reader *reader, CgAmfCommand *command, const char *parent, guint depth)
{
  for (;;) {
    g_autofree char *key = take_text (reader, 2);
    if (key == NULL)
      return FALSE;
    if (key[0] == '\0' && reader->size > 0 && reader->data[0] == AMF_OBJECT_END)
      return take (reader, 1) != NULL;
    note_part (command, parent, key);
    if (!read_value (reader, command, key, depth + 1))
      return FALSE;
  }
}

static gboolean
read_word (Reader *reader, CgAmfCommand *command, const char *parent)
{
  take (reader, 1);
  g_autofree char *word = take_text (reader, 2);
  if (word == NULL)
    return FALSE;
  note_part (command, parent, word);
  return TRUE;
}

static gboolean
read_items (Reader *reader, CgAmfCommand *command, const char *parent, guint depth)
{
  guint32 length;

  if (!take_unsigned (reader, 4, &length))
    return FALSE;
  for (guint32 i = 0; i < length; i++) {
    const gboolean is_word = reader->size > 0 && reader->data[0] == AMF_STRING;
    if (!(is_word ? read_word (reader, command, parent)
                  : read_value (reader, command, "", depth + 1)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_text (Reader *reader, gsize length_size, CgAmfCommand *command, const char *key)
{
  char *text = take_text (reader, length_size);

  if (text == NULL)
    return FALSE;
  if (key == NULL)
    g_ptr_array_add (command->texts, text);
  else
    g_hash_table_replace (command->properties, g_strdup (key), text);
  return TRUE;
}

/* `key` is NULL for an argument of the command itself. */
static gboolean
read_value (Reader *reader, CgAmfCommand *command, const char *key, guint depth)
{
  const guint8 *marker = take (reader, 1);
  double number;

  if (marker == NULL || depth > MAX_DEPTH)
    return FALSE;
  switch (*marker) {
  case AMF_NUMBER:
    return take_number (reader, key == NULL ? &command->number : &number);
  case AMF_BOOLEAN:
    return take (reader, 1) != NULL;
  case AMF_STRING:
    return read_text (reader, 2, command, key);
  case AMF_LONG_STRING:
    return read_text (reader, 4, command, key);
  case AMF_OBJECT:
    return read_members (reader, command, key, depth);
  case AMF_ECMA_ARRAY:
    return take (reader, 4) != NULL && read_members (reader, command, key, depth);
  case AMF_STRICT_ARRAY:
    return read_items (reader, command, key, depth);
  case AMF_NULL:
  case AMF_UNDEFINED:
    return TRUE;
  case AMF_REFERENCE:
    return take (reader, 2) != NULL;
  case AMF_DATE:
    return take (reader, 10) != NULL;
  default:
    return FALSE;
  }
}

/**
 * cg_amf_command_parse:
 * @data: body of a command message
 * @size: its length
 *
 * Returns: (transfer full) (nullable): the command; %NULL: it is none. Of one that breaks off, what
 *   could be read
 */
CgAmfCommand *
cg_amf_command_parse (const guint8 *data, gsize size)
{
  Reader reader = {data, size};
  const guint8 *marker = take (&reader, 1);
  if (marker == NULL || *marker != AMF_STRING)
    return NULL;
  char *name = take_text (&reader, 2);
  if (name == NULL)
    return NULL;

  CgAmfCommand *self = g_new0 (CgAmfCommand, 1);
  self->name = name;
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->properties = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (reader.size > 0 && read_value (&reader, self, NULL, 0))
    self->transaction = self->number;
  self->number = 0;
  while (reader.size > 0 && read_value (&reader, self, NULL, 0))
    ;
  return self;
}

/**
 * cg_amf_command_free:
 * @self: (transfer full): a command
 */
void
cg_amf_command_free (CgAmfCommand *self)
{
  g_free (self->name);
  g_ptr_array_unref (self->texts);
  g_hash_table_unref (self->properties);
  g_hash_table_unref (self->parts);
  g_free (self);
}

/**
 * cg_amf_command_get:
 * @self: a command
 * @key: name of a property
 *
 * Returns: (transfer none): its text; "" if there is none
 */
const char *
cg_amf_command_get (const CgAmfCommand *self, const char *key)
{
  const char *value = g_hash_table_lookup (self->properties, key);

  return value != NULL ? value : "";
}

/**
 * cg_amf_command_has:
 * @self: a command
 * @key: name of a property
 * @part: a string in its list, or the name of a member of its object
 *
 * Returns: whether @key is there and has @part
 */
gboolean
cg_amf_command_has (const CgAmfCommand *self, const char *key, const char *part)
{
  g_autofree char *path = g_strdup_printf ("%s.%s", key, part);

  return g_hash_table_contains (self->parts, path);
}
