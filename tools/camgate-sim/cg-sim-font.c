/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-font.h"

#include <math.h>
#include <string.h>

#include <cairo.h>

/* Part of a line that a letter fills from the base line up; the rest is for tails and air. */
#define SIZE_OF_LINE 0.8
#define BASE_OF_LINE 0.78

typedef struct {
  guint width;    /* of the picture */
  guint advance;  /* to the next letter */
  guint8 *pixels; /* (owned) width × line height */
} Glyph;

struct _CgSimFont {
  guint line_height;
  GHashTable *glyphs; /* (owned) gunichar → Glyph: drawn when first needed */
  cairo_surface_t *surface;
  cairo_t *cairo;
};

static void
glyph_free (Glyph *glyph)
{
  g_free (glyph->pixels);
  g_free (glyph);
}

static Glyph *
draw_glyph (CgSimFont *self, gunichar letter)
{
  Glyph *glyph = g_new0 (Glyph, 1);
  char text[7] = "";
  cairo_text_extents_t extents;

  text[g_unichar_to_utf8 (letter, text)] = '\0';
  cairo_save (self->cairo);
  cairo_set_operator (self->cairo, CAIRO_OPERATOR_CLEAR);
  cairo_paint (self->cairo);
  cairo_restore (self->cairo);
  cairo_text_extents (self->cairo, text, &extents);
  cairo_move_to (self->cairo, 0, round (self->line_height * BASE_OF_LINE));
  cairo_show_text (self->cairo, text);
  cairo_surface_flush (self->surface);

  const guint8 *from = cairo_image_surface_get_data (self->surface);
  const gsize stride = (gsize)cairo_image_surface_get_stride (self->surface);
  const double ink = MAX (extents.x_bearing + extents.width, extents.x_advance);

  glyph->advance = (guint)CLAMP (lround (extents.x_advance), 0, self->line_height);
  glyph->width = (guint)CLAMP (lround (ceil (ink)), 0, self->line_height);
  glyph->pixels = g_malloc0 ((gsize)glyph->width * self->line_height + 1);
  for (guint y = 0; y < self->line_height; y++)
    memcpy (glyph->pixels + (gsize)y * glyph->width, from + y * stride, glyph->width);
  return glyph;
}

static const Glyph *
find_glyph (CgSimFont *self, gunichar letter)
{
  Glyph *glyph = g_hash_table_lookup (self->glyphs, GUINT_TO_POINTER (letter));

  if (glyph != NULL)
    return glyph;
  glyph = draw_glyph (self, letter);
  g_hash_table_insert (self->glyphs, GUINT_TO_POINTER (letter), glyph);
  return glyph;
}

/**
 * cg_sim_font_new:
 * @line_height: pixels from line to line
 *
 * Returns: (transfer full): letters that are drawn once and copied from then on, which is cheap
 *   enough for every frame. Not thread-safe
 */
CgSimFont *
cg_sim_font_new (guint line_height)
{
  CgSimFont *self = g_new0 (CgSimFont, 1);
  const int side = (int)line_height;

  self->line_height = line_height;
  self->glyphs = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)glyph_free);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_A8, side, side);
  self->cairo = cairo_create (self->surface);
  cairo_select_font_face (self->cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                          CAIRO_FONT_WEIGHT_BOLD);
  cairo_set_font_size (self->cairo, line_height * SIZE_OF_LINE);
  cairo_set_source_rgba (self->cairo, 1, 1, 1, 1);
  return self;
}

/**
 * cg_sim_font_free:
 * @self: (transfer full) (nullable): a font
 */
void
cg_sim_font_free (CgSimFont *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->glyphs);
  cairo_destroy (self->cairo);
  cairo_surface_destroy (self->surface);
  g_free (self);
}

static void
blend_row (guint8 *to, const guint8 *ink, guint count)
{
  for (guint i = 0; i < count; i++)
    to[i] = MAX (to[i], ink[i]);
}

/**
 * cg_sim_font_draw:
 * @self: a font
 * @plane: where to draw, white on what is there
 * @x: left edge
 * @y: upper edge
 * @text: UTF-8; what does not fit is cut off
 */
void
cg_sim_font_draw (CgSimFont *self, const CgSimPlane *plane, guint x, guint y, const char *text)
{
  if (y >= plane->height)
    return;

  const guint rows = MIN (self->line_height, plane->height - y);

  for (const char *next = text; *next != '\0' && x < plane->width; next = g_utf8_next_char (next)) {
    const Glyph *glyph = find_glyph (self, g_utf8_get_char (next));
    const guint columns = MIN (glyph->width, plane->width - x);

    for (guint row = 0; row < rows; row++)
      blend_row (plane->pixels + (y + row) * plane->stride + x,
                 glyph->pixels + (gsize)row * glyph->width, columns);
    x += glyph->advance;
  }
}
