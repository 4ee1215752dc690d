/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-store.h"

G_BEGIN_DECLS

/**
 * CgStateFile:
 *
 * One thing that is to be known in the next life too: an object in a file of the state folder. It
 * is written in the background; what goes wrong is a warning that says what is lost, for whoever
 * has it goes on without.
 */
typedef struct _CgStateFile CgStateFile;

CgStateFile *
cg_state_file_new (CgStore *store, const char *kind, const char *did, const char *what);
void cg_state_file_free (CgStateFile *self);

JsonNode *cg_state_file_load (CgStateFile *self);
void cg_state_file_save (CgStateFile *self, JsonNode *node);
void cg_state_file_save_and_tell (CgStateFile *self,
                                  JsonNode *node,
                                  GSourceFunc done,
                                  gpointer user_data,
                                  GDestroyNotify destroy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgStateFile, cg_state_file_free)

G_END_DECLS
