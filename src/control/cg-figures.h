/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera-care.h"
#include "cg-dispatcher.h"

G_BEGIN_DECLS

/*
 * What cameras and gateway are told of, as members of messages (PROTOCOL.md sections 4 to 6). What
 * is not known is left out.
 */

/**
 * CgFiguresFunc:
 * @dispatcher: whose gateway it is
 * @facts: what its machine says
 *
 * Returns: (transfer full): members
 */
typedef JsonObject *(*CgFiguresFunc) (CgDispatcher *dispatcher, const CgBoxFacts *facts);

JsonObject *cg_figures_camera_device (CgCamera *camera, const CgCameraClock *clock);
JsonObject *cg_figures_camera_connectivity (CgCamera *camera, const CgCameraLink *link);
JsonObject *cg_figures_camera_statistics (CgCamera *camera);

JsonObject *cg_figures_gateway_device (CgDispatcher *dispatcher, const CgBoxFacts *facts);
JsonObject *cg_figures_gateway_connectivity (CgDispatcher *dispatcher, const CgBoxFacts *facts);
JsonObject *cg_figures_gateway_statistics (CgDispatcher *dispatcher, const CgBoxFacts *facts);

JsonObject *cg_figures_place (const CgPlace *place, gint64 real_ms);

G_END_DECLS
