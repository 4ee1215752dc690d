/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-channel.h"
#include "cg-clock-dummy.h"
#include "cg-test.h"
#include "fake-camera.h"
#include "fake-gateway.h"

G_BEGIN_DECLS

#define GATEWAY "aa1122334455"
#define CAMERA "001122334455"

/* A control room with one cloud door, a bound camera that was never in contact, and time that
 * stands still. */
typedef struct {
  CgClockDummy *clock;
  CgConfig *config;
  CgFleet *fleet;
  CgCamera *camera; /* of did CAMERA */
  CgGateway *gateway;
  CgSettings *settings; /* without a state folder */
  CgFirmware *firmware; /* nothing is ever fetched */
  CgDispatcher *dispatcher;
  CgChannel *channel;
  GQueue sent; /* (owned) (element-type ControlSent): by any channel of this fixture */
} ControlFixture;

typedef struct {
  const CgChannel *channel;
  char *did;
  CgMessageKind kind;
  char *text;
} ControlSent;

void control_fixture_set_up (ControlFixture *self, gconstpointer settings);
void control_fixture_tear_down (ControlFixture *self, gconstpointer settings);
CgChannel *control_fixture_add_channel (ControlFixture *self, const char *name, CgChannelKind kind);

void control_receive (CgChannel *channel, const char *text);
void control_settle (ControlFixture *self);
char *control_pop (ControlFixture *self, CgMessageKind kind);
void control_assert_pop (ControlFixture *self, CgMessageKind kind, const char *expected);
void control_assert_reply (ControlFixture *self, const char *expected);
void control_assert_silent (ControlFixture *self);
void control_assert_call (ControlFixture *self, const char *expected);
void control_sent_free (ControlSent *self);

G_END_DECLS
