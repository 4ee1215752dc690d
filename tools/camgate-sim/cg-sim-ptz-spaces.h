/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-driving.h"

/* The spaces of PTZ Service Specification, 5.7. */
#define CG_SIM_SPACES "http://www.onvif.org/ver10/tptz/"
#define CG_SIM_PAN_TILT_VELOCITY CG_SIM_SPACES "PanTiltSpaces/VelocityGenericSpace"
#define CG_SIM_PAN_TILT_TRANSLATION CG_SIM_SPACES "PanTiltSpaces/TranslationGenericSpace"
#define CG_SIM_PAN_TILT_POSITION CG_SIM_SPACES "PanTiltSpaces/PositionGenericSpace"
#define CG_SIM_PAN_TILT_DEGREES CG_SIM_SPACES "PanTiltSpaces/SphericalPositionSpaceDegrees"
#define CG_SIM_ZOOM_VELOCITY CG_SIM_SPACES "ZoomSpaces/VelocityGenericSpace"
#define CG_SIM_ZOOM_TRANSLATION CG_SIM_SPACES "ZoomSpaces/TranslationGenericSpace"
#define CG_SIM_ZOOM_POSITION CG_SIM_SPACES "ZoomSpaces/PositionGenericSpace"

struct soap;
struct tt__PTZVector;

struct tt__PTZVector *cg_sim_soap_make_place (struct soap *soap, const CgSimTold *told);
