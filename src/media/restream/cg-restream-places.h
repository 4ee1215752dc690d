/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-hub.h"

G_BEGIN_DECLS

/**
 * CgRestreamWatchedFunc:
 * @did: of a camera
 * @is_watched: the first viewer has come, or the last has left
 * @user_data: as given to cg_restream_places_new()
 *
 * Called in the main context in which the places were made.
 */
typedef void (*CgRestreamWatchedFunc) (const char *did, gboolean is_watched, gpointer user_data);

/**
 * CgRestreamPlaces:
 *
 * Which cameras there are to be watched, and whether somebody does. Filled in by the main loop,
 * asked by the thread of the viewers.
 */
typedef struct _CgRestreamPlaces CgRestreamPlaces;

/* One camera, as a viewer has found it. */
typedef struct _CgRestreamPlace CgRestreamPlace;

CgRestreamPlaces *cg_restream_places_new (CgRestreamWatchedFunc func, gpointer user_data);
CgRestreamPlaces *cg_restream_places_ref (CgRestreamPlaces *self);
void cg_restream_places_unref (CgRestreamPlaces *self);
void cg_restream_places_mute (CgRestreamPlaces *self);
void cg_restream_places_set (CgRestreamPlaces *self, const char *did, CgHub *hub);
void cg_restream_places_remove (CgRestreamPlaces *self, const char *did);
guint cg_restream_places_count (CgRestreamPlaces *self, const char *did);

CgRestreamPlace *cg_restream_places_enter (CgRestreamPlaces *self, const char *did);
void cg_restream_place_leave (CgRestreamPlace *self);
CgHub *cg_restream_place_get_hub (const CgRestreamPlace *self);
const char *cg_restream_place_get_did (const CgRestreamPlace *self);
gboolean cg_restream_place_is_gone (CgRestreamPlace *self);

G_END_DECLS
