/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgCtlScreen:
 * @width: columns of the terminal; 0 when the output goes elsewhere and may be as wide as it likes
 * @is_terminal: somebody is looking
 * @rewrites: a line can be written over
 * @colour: bold and colours are understood and wanted
 */
typedef struct {
  guint width;
  gboolean is_terminal;
  gboolean rewrites;
  gboolean colour;
} CgCtlScreen;

typedef enum {
  CG_CTL_INK_PLAIN,
  CG_CTL_INK_TITLE,
  CG_CTL_INK_GOOD,
  CG_CTL_INK_SO_SO,
  CG_CTL_INK_BAD,
  CG_CTL_INK_FAINT,
} CgCtlInk;

/* What help is wrapped to when nobody tells a width. */
#define CG_CTL_PAGE_WIDTH 80

void cg_ctl_screen_init (CgCtlScreen *self, int fd);
const char *cg_ctl_screen_ink (const CgCtlScreen *self, CgCtlInk ink);

guint cg_ctl_text_columns (const char *text);
char *cg_ctl_text_clean (const char *text);
char *cg_ctl_text_clean_lines (const char *text);
char *cg_ctl_text_escape (const char *json);
void cg_ctl_text_wrap (GString *to, const char *text, guint indent, guint hang, guint width);

G_END_DECLS
