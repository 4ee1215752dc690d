/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/**
 * CgMediaStep:
 *
 * What lies between a `play` and the picture at the media server (Q13), in the usual order; the two
 * ends begin at the same time. Told by #CgPull::step and #CgPush::step.
 */
typedef enum {
  CG_MEDIA_STEP_CONTACT,   /* the camera's stream address is known */
  CG_MEDIA_STEP_DESCRIBED, /* the camera has described its stream */
  CG_MEDIA_STEP_DATA,      /* its first picture is complete, whatever it is */
  CG_MEDIA_STEP_KEY,       /* the first key frame is */
  CG_MEDIA_STEP_ACCEPTED,  /* the media server takes the publisher */
  CG_MEDIA_STEP_WRITTEN,   /* the first picture has gone out */
  CG_N_MEDIA_STEPS,
} CgMediaStep;
