/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-dispatcher.h"

G_BEGIN_DECLS

/**
 * CgHandler:
 * @dispatcher: who calls
 * @action: what is to be done; its parameters and, in camera scope, its camera are set
 *
 * Does one action and answers it, at once or, holding a reference, later.
 */
typedef void (*CgHandler) (CgDispatcher *dispatcher, CgAction *action);

void cg_handle_play (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_stop (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_snapshot (CgDispatcher *dispatcher, CgAction *action);

void cg_handle_ptz_start (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_ptz_stop (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_ptz_status (CgDispatcher *dispatcher, CgAction *action);

void cg_handle_preset_set (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_preset_list (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_preset_goto (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_preset_remove (CgDispatcher *dispatcher, CgAction *action);

void cg_handle_device_read (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_device_write (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_device_reboot (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_device_reset (CgDispatcher *dispatcher, CgAction *action);

void cg_handle_connectivity_read (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_location_read (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_statistics_read (CgDispatcher *dispatcher, CgAction *action);

void cg_handle_firmware_update (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_firmware_read (CgDispatcher *dispatcher, CgAction *action);

void cg_handle_config_read (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_config_write (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_config_merge (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_peripheral_read (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_peripheral_write (CgDispatcher *dispatcher, CgAction *action);

void cg_handle_cameras (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_status (CgDispatcher *dispatcher, CgAction *action);
void cg_handle_trace (CgDispatcher *dispatcher, CgAction *action);

G_END_DECLS
