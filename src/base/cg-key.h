/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CG_KEY_STRING,       /* char * */
  CG_KEY_SECRET,       /* char *; the same name with -file names a file that holds it */
  CG_KEY_FILE,         /* char *; must be readable */
  CG_KEY_TOPIC,        /* char *; exactly one %s */
  CG_KEY_HOSTS,        /* char *; hosts and ranges of addresses, separated by ; */
  CG_KEY_PLACE,        /* char *; for cg_place_parse() */
  CG_KEY_COMMAND,      /* char *; a program with its arguments, quoted as for a shell */
  CG_KEY_WORDS,        /* char *; some of words, separated by ; */
  CG_KEY_SERVERS,      /* GPtrArray * of CgServer */
  CG_KEY_WORD,         /* an enum or a gboolean: the place in words, counted from min */
  CG_KEY_COUNT,        /* guint */
  CG_KEY_SECONDS,      /* guint, in seconds; a fraction counts as the next whole one */
  CG_KEY_MILLISECONDS, /* guint, in ms; written as seconds, with a fraction if need be */
  CG_KEY_FRACTION,     /* double */
  CG_KEY_FRACTIONS,    /* double[3]; as many numbers, separated by ; */
  CG_KEY_RANKING,      /* const char *, interned; names, separated by ; */
  CG_N_KEY_TYPES
} CgKeyType;

/**
 * CgKey:
 * @name: as in the file
 * @type: how it is written and what it is stored as
 * @offset: where, in the struct of its group
 * @fallback: (nullable): the text that an absent key counts as
 * @min: least number, or what the first word counts as
 * @max: greatest number
 * @words: (nullable): for %CG_KEY_WORD and %CG_KEY_WORDS, what may be written
 * @empty_is_none: an empty value means none; otherwise it means the default
 * @help: one line for the documentation
 *
 * One setting: everything that reading, checking, copying, comparing and documenting it needs.
 */
typedef struct {
  const char *name;
  CgKeyType type;
  gsize offset;
  const char *fallback;
  double min;
  double max;
  const char *const *words;
  gboolean empty_is_none;
  const char *help;
} CgKey;

gboolean cg_key_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean cg_key_set (const CgKey *self, gpointer base, const char *value, GError **error);
void cg_key_set_default (const CgKey *self, gpointer base);
void cg_key_clear (const CgKey *self, gpointer base);
void cg_key_copy (const CgKey *self, gconstpointer from, gpointer to);
gboolean cg_key_equal (const CgKey *self, gconstpointer a, gconstpointer b);

G_END_DECLS
