/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-preset-book.h"
#include "cg-presets.h"

G_BEGIN_DECLS

/* What cg-presets.c (what is known, what can be asked) and cg-presets-call.c (what was asked, one
 * after the other) share. */
struct _CgPresets {
  GObject parent_instance;

  CgJobs *jobs;
  CgClock *clock;
  char *did;
  char *profile; /* (nullable): the camera has no PTZ */
  CgPresetBook book;
  CgPresetsGuard guard; /* (nullable) */
  gpointer guard_data;
  GTask *call;         /* (owned) (nullable) under way */
  GQueue calls;        /* (element-type GTask) each owned: behind it */
  guint set_last;      /* index of it, until the list was read again; 0: none */
  gboolean is_reading; /* the list is read again behind a reply */
  gboolean read_again; /* and has changed since */
};

typedef enum {
  CG_PRESETS_SET,
  CG_PRESETS_FIND,
  CG_PRESETS_REMOVE,
  CG_PRESETS_LIST,
} CgPresetsVerb;

void cg_presets_begin (CgPresets *self,
                       CgPresetsVerb verb,
                       guint index,
                       const char *name,
                       guint timeout_ms,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
void cg_presets_tell_settled (CgPresets *self);
void cg_presets_tell_learnt (CgPresets *self);
void cg_presets_tell_removing (CgPresets *self);

G_END_DECLS
