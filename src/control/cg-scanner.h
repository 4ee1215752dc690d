/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CG_TOKEN_OPEN,  /* { or [ */
  CG_TOKEN_CLOSE, /* } or ] */
  CG_TOKEN_KEY,   /* with its quotes */
  CG_TOKEN_STRING,
  CG_TOKEN_NUMBER,
  CG_TOKEN_WORD, /* true, false, null */
} CgTokenKind;

/**
 * CgToken:
 * @kind: what it is
 * @depth: levels around it; the members of the outermost object have 1
 * @text: its first byte within the scanned text; not terminated
 * @length: bytes
 */
typedef struct {
  CgTokenKind kind;
  guint depth;
  const char *text;
  gsize length;
} CgToken;

/**
 * CgScanner:
 *
 * Reads JSON strictly (RFC 8259), token by token, without a tree and without recursion: the ground
 * in front of the parser, which takes more than JSON and falls over deep nesting.
 */
typedef struct {
  const char *position;
  const char *end;
  GString *levels; /* (owned): one bracket for each open level */
  guint deepest;
  int state;
} CgScanner;

void cg_scanner_init (CgScanner *self, const char *text, gsize length);
void cg_scanner_clear (CgScanner *self);
gboolean cg_scanner_next (CgScanner *self, CgToken *token);
gboolean cg_scanner_is_complete (const CgScanner *self);

gboolean cg_token_is_key (const CgToken *self, const char *name);
gboolean cg_token_is_endless (const CgToken *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CgScanner, cg_scanner_clear)

G_END_DECLS
