/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-discovery.h"

G_BEGIN_DECLS

/**
 * CgOnvifListener:
 *
 * Hears what cameras say of their own accord when they come and go (Core Specification, 7.3.4 and
 * 7.3.5), on the main context of the thread that made it. It waits for nothing.
 */
typedef struct _CgOnvifListener CgOnvifListener;

/**
 * CgOnvifListenerFunc:
 * @camera: who speaks, and from where; of a goodbye only endpoint and address
 * @is_leaving: whether it says goodbye
 * @user_data: what was given to cg_onvif_listener_new()
 */
typedef void (*CgOnvifListenerFunc) (const CgOnvifDiscovered *camera,
                                     gboolean is_leaving,
                                     gpointer user_data);

CgOnvifListener *cg_onvif_listener_new (const CgOnvifProbe *options,
                                        CgOnvifListenerFunc func,
                                        gpointer user_data,
                                        GError **error);
void cg_onvif_listener_join (CgOnvifListener *self);
void cg_onvif_listener_free (CgOnvifListener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifListener, cg_onvif_listener_free)

G_END_DECLS
