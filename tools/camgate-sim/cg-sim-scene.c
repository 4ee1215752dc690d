/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-scene.h"

#include <math.h>
#include <string.h>

/* The world is a plane of square tiles; pan and tilt are places on it. Each tile has the colour of
 * its place, so that a turned camera shows it in every corner of the picture. */
#define TILE 0.1
#define WIDEST_VIEW 0.8 /* width of the view at zoom 0 */
#define NARROWEST_VIEW 0.1
#define LINES_A_PICTURE 16
#define TEXT_LINES 4
#define BLACK 16
#define WHITE 235
#define GREY 128

struct _CgSimScene {
  char *name;
  guint fps;
  guint line_height;
  CgSimFont *font;
  guint8 *rows[3]; /* (owned) one row of tiles, for each plane */
};

typedef struct {
  double left, top; /* of the view, on the world */
  double step;      /* from pixel to pixel */
} View;

static int
tile_at (double place)
{
  return (int)floor (place / TILE);
}

static guint8
tile_luma (int column, int row)
{
  const gboolean is_dark = ((column + row) & 1) != 0;
  const gboolean is_axis = column == 0 || row == 0;

  return (guint8)((is_dark ? 70 : 130) + (is_axis ? 60 : 0));
}

static guint8
tile_chroma (int index)
{
  return (guint8)CLAMP (GREY + index * 8, 40, 216);
}

/* Draws the tiles of one row into the three row buffers. */
static void
draw_rows (CgSimScene *self, const CgSimPlane planes[3], const View *view, int row)
{
  for (guint x = 0; x < planes[0].width; x++)
    self->rows[0][x] = tile_luma (tile_at (view->left + x * view->step), row);
  for (guint x = 0; x < planes[1].width; x++)
    self->rows[1][x] = tile_chroma (tile_at (view->left + 2 * x * view->step));
  memset (self->rows[2], tile_chroma (row), planes[2].width);
}

static void
paint_tiles (CgSimScene *self, const CgSimPlane planes[3], const View *view)
{
  int drawn = G_MAXINT;

  for (guint y = 0; y < planes[0].height; y++) {
    const int row = tile_at (view->top - y * view->step);

    if (row != drawn)
      draw_rows (self, planes, view, row);
    drawn = row;
    memcpy (planes[0].pixels + y * planes[0].stride, self->rows[0], planes[0].width);
    if (y % 2 != 0)
      continue;
    for (int i = 1; i < 3; i++)
      memcpy (planes[i].pixels + y / 2 * planes[i].stride, self->rows[i], planes[i].width);
  }
}

static void
fill (const CgSimPlane *plane, guint x, guint y, guint width, guint height, guint8 value)
{
  width = x < plane->width ? MIN (width, plane->width - x) : 0;
  for (guint row = y; row < MIN (y + height, plane->height); row++)
    memset (plane->pixels + row * plane->stride + x, value, width);
}

static void
fill_grey (const CgSimPlane planes[3], guint x, guint y, guint width, guint height, guint8 luma)
{
  fill (&planes[0], x, y, width, height, luma);
  for (int i = 1; i < 3; i++)
    fill (&planes[i], x / 2, y / 2, (width + 1) / 2, (height + 1) / 2, GREY);
}

static void
paint_crosshair (const CgSimPlane planes[3])
{
  const guint thick = MAX (planes[0].height / 180, 1) * 2;
  const guint arm = planes[0].height / 10;
  const guint x = planes[0].width / 2, y = planes[0].height / 2;

  fill_grey (planes, x - arm, y - thick / 2, 2 * arm, thick, WHITE);
  fill_grey (planes, x - thick / 2, y - arm, thick, 2 * arm, WHITE);
}

/* A block that runs along the lower edge, once a second: who sees it run sees a live picture. */
static void
paint_runner (CgSimScene *self, const CgSimPlane planes[3], guint64 frame)
{
  const guint side = self->line_height / 4 * 2;
  const guint step = planes[0].width / self->fps;

  fill_grey (planes, (guint)(frame % self->fps) * step / 2 * 2, planes[0].height - side, side, side,
             WHITE);
}

static void
paint_text (CgSimScene *self, const CgSimPlane planes[3], const CgSimMoment *moment)
{
  const CgSimPosition *at = &moment->position;
  const guint line = self->line_height;
  const guint left = line / 2;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (moment->clock_ms / 1000);
  g_autofree char *clock = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : NULL;
  g_autofree char *clock_line =
      g_strdup_printf ("%s.%03d UTC", clock != NULL ? clock : "?", (int)(moment->clock_ms % 1000));
  g_autofree char *position_line =
      g_strdup_printf ("pan %+.2f  tilt %+.2f  zoom %.2f", at->pan, at->tilt, at->zoom);
  g_autofree char *frame_line = g_strdup_printf ("frame %" G_GUINT64_FORMAT, moment->frame);
  const char *const lines[TEXT_LINES] = {self->name, clock_line, position_line, frame_line};

  fill_grey (planes, 0, 0, planes[0].width, line * TEXT_LINES + line / 2, BLACK);
  for (guint i = 0; i < TEXT_LINES; i++)
    cg_sim_font_draw (self->font, &planes[0], left, line / 4 + i * line, lines[i]);
}

/**
 * cg_sim_scene_new:
 * @name: of the camera
 * @width: of the picture
 * @height: of the picture
 * @fps: frames a second
 *
 * Returns: (transfer full): a painter of what a camera sees. Not thread-safe
 */
CgSimScene *
cg_sim_scene_new (const char *name, guint width, guint height, guint fps)
{
  CgSimScene *self = g_new0 (CgSimScene, 1);

  self->name = g_utf8_make_valid (name, -1);
  self->fps = fps;
  self->line_height = MAX (height / LINES_A_PICTURE / 2 * 2, 8);
  self->font = cg_sim_font_new (self->line_height);
  for (int i = 0; i < 3; i++)
    self->rows[i] = g_malloc (width);
  return self;
}

/**
 * cg_sim_scene_free:
 * @self: (transfer full) (nullable): a painter
 */
void
cg_sim_scene_free (CgSimScene *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < 3; i++)
    g_free (self->rows[i]);
  cg_sim_font_free (self->font);
  g_free (self->name);
  g_free (self);
}

/**
 * cg_sim_scene_paint:
 * @self: a painter
 * @planes: Y, U and V of an I420 picture of the painter's size
 * @moment: what to show: tiles that move with pan, tilt and zoom under a fixed crosshair; name,
 *   clock, position and frame counter in white on black; a running block
 */
void
cg_sim_scene_paint (CgSimScene *self, const CgSimPlane planes[3], const CgSimMoment *moment)
{
  const CgSimPosition *at = &moment->position;
  const double width = WIDEST_VIEW * pow (NARROWEST_VIEW / WIDEST_VIEW, at->zoom);
  const double step = width / planes[0].width;
  const View view = {
      .left = at->pan - width / 2, .top = at->tilt + step * planes[0].height / 2, .step = step};

  paint_tiles (self, planes, &view);
  paint_crosshair (planes);
  paint_runner (self, planes, moment->frame);
  paint_text (self, planes, moment);
}
