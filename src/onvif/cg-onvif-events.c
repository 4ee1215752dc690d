/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pull points: Core Specification, 9.2 "Real-time pull-point notification interface". */
#include "cg-onvif-events.h"

#include <string.h>

#include "cg-onvif-reference.h"
#include "cg-onvif-session-private.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

/* A subscription that says less has said nothing: every camera gives at least this. */
#define MIN_LIFE_MS 10000

#define MAX_LIFE_MS (24 * 3600 * 1000)

/* What happened longer ago, or is yet to come, has a wrong time on it. */
#define MAX_AGE_MS (24 * 3600 * 1000)
#define MAX_AHEAD_MS (60 * 1000)

/* As CG_ONVIF_OPERATION(), for the calls of the event service, two of which have their elements in
 * another namespace. */
#define EVENT_OPERATION(prefix, operation, is_repeatable_, action_)                                \
  static int send_##operation (struct soap *soap, gpointer request)                                \
  {                                                                                                \
    return soap_send___tev__##operation (soap, "", "", request);                                   \
  }                                                                                                \
  static int receive_##operation (struct soap *soap, gpointer response)                            \
  {                                                                                                \
    return soap_recv___tev__##operation (soap, response);                                          \
  }                                                                                                \
  static const CgOnvifOperation operation_##operation = {                                          \
      .name = #operation,                                                                          \
      .service = CG_ONVIF_SERVICE_EVENTS,                                                          \
      .is_repeatable = is_repeatable_,                                                             \
      .is_silent = sizeof (struct _##prefix##__##operation##Response) == 0,                        \
      .action = action_ "/" #operation "Request",                                                  \
      .send = send_##operation,                                                                    \
      .receive = receive_##operation,                                                              \
  }

#define EVENT_PORT "http://www.onvif.org/ver10/events/wsdl/EventPortType"
#define PULL_POINT "http://www.onvif.org/ver10/events/wsdl/PullPointSubscription"
#define MANAGER "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"

EVENT_OPERATION (tev, CreatePullPointSubscription, FALSE, EVENT_PORT);
EVENT_OPERATION (tev, PullMessages, TRUE, PULL_POINT);
EVENT_OPERATION (wsnt, Renew, TRUE, MANAGER);
EVENT_OPERATION (wsnt, Unsubscribe, TRUE, MANAGER);

/**
 * cg_onvif_pull_point_copy:
 * @self: a subscription
 *
 * Returns: (transfer full): a copy of what is known of it
 */
CgOnvifPullPoint *
cg_onvif_pull_point_copy (const CgOnvifPullPoint *self)
{
  CgOnvifPullPoint *copy = g_new0 (CgOnvifPullPoint, 1);

  copy->address = g_strdup (self->address);
  copy->headers = g_strdup (self->headers);
  copy->life_ms = self->life_ms;
  return copy;
}

/**
 * cg_onvif_pull_point_free:
 * @self: (transfer full) (nullable): a subscription, which ends by itself
 */
void
cg_onvif_pull_point_free (CgOnvifPullPoint *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->headers);
  g_free (self);
}

static void
item_free (CgOnvifItem *self)
{
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static void
notification_free (CgOnvifNotification *self)
{
  if (self == NULL)
    return;
  g_free (self->topic);
  g_ptr_array_unref (self->source);
  g_ptr_array_unref (self->data);
  g_free (self);
}

/* A date and time with or without zone; without one it is UTC, whatever the camera believes. */
static gboolean
read_time (const char *text, gint64 *ms)
{
  g_autofree char *clean = cg_onvif_text_dup (text);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = clean != NULL ? g_date_time_new_from_iso8601 (clean, utc) : NULL;

  if (time == NULL)
    return FALSE;
  *ms = g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000;
  return TRUE;
}

/* What the camera grants; what was asked for if it does not say so in a way that can be read. */
static guint
read_life (const char *now, const char *end, guint wanted_ms)
{
  gint64 now_ms, end_ms;

  if (!read_time (now, &now_ms) || !read_time (end, &end_ms))
    return wanted_ms;
  return end_ms - now_ms >= MIN_LIFE_MS && end_ms - now_ms <= MAX_LIFE_MS ? (guint)(end_ms - now_ms)
                                                                          : wanted_ms;
}

static gboolean
call_point (CgOnvifSpan *span,
            const CgOnvifPullPoint *point,
            const CgOnvifOperation *operation,
            gpointer request,
            gpointer response,
            GError **error)
{
  span->call_url = point->address;
  span->call_headers = point->headers;
  const gboolean is_done = cg_onvif_span_call (span, operation, request, response, error);
  span->call_url = NULL;
  span->call_headers = NULL;
  return is_done;
}

/**
 * cg_onvif_events_subscribe_in_thread:
 * @self: a session
 * @life_ms: how long it is to live unless it is renewed
 * @error: return location; %CG_ERROR_NOT_SUPPORTED: there are no events, or none to be pulled
 *
 * CreatePullPointSubscription, of all topics: filters are what cameras do worst. The host is the
 * one we reached the camera on (Q7). A service that the camera does not tell of is looked for at
 * the well-known paths (Q44).
 *
 * Returns: (transfer full) (nullable): the subscription
 */
CgOnvifPullPoint *
cg_onvif_events_subscribe_in_thread (CgOnvifSession *self, guint life_ms, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  g_autofree char *life = cg_onvif_duration_format (life_ms);
  g_autofree char *answer = NULL;
  struct _tev__CreatePullPointSubscription request = {.InitialTerminationTime = life};
  struct _tev__CreatePullPointSubscriptionResponse response = {0};

  if (!cg_onvif_session_connect_in_thread (span, error))
    return NULL;
  if (self->xaddrs[CG_ONVIF_SERVICE_EVENTS] == NULL)
    cg_onvif_session_guess (self, CG_ONVIF_SERVICE_EVENTS);
  span->call_answer = &answer;
  const gboolean is_done =
      cg_onvif_span_call (span, &operation_CreatePullPointSubscription, &request, &response, error);
  span->call_answer = NULL;
  if (!is_done)
    return NULL;
  g_autofree char *address = response.SubscriptionReference != NULL
                                 ? cg_onvif_text_dup (response.SubscriptionReference->Address)
                                 : NULL;
  if (address == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                         "CreatePullPointSubscription: no address to pull from");
    return NULL;
  }
  CgOnvifPullPoint *point = g_new0 (CgOnvifPullPoint, 1);
  point->address = self->repair_addresses
                       ? cg_onvif_address_repair (address, self->xaddrs[CG_ONVIF_SERVICE_DEVICE])
                       : g_steal_pointer (&address);
  point->headers = cg_onvif_reference_read_parameters (answer);
  point->life_ms = read_life (response.wsnt__CurrentTime, response.wsnt__TerminationTime, life_ms);
  return point;
}

static void
add_items (GPtrArray *items, const struct tt__ItemList *list)
{
  for (int i = 0; list != NULL && i < list->__sizeSimpleItem; i++) {
    g_autofree char *name = cg_onvif_text_dup_reference (list->SimpleItem[i].Name);
    char *value = cg_onvif_text_dup_reference (list->SimpleItem[i].Value);
    CgOnvifItem *item;

    if (name == NULL) {
      g_free (value);
      continue;
    }
    item = g_new0 (CgOnvifItem, 1);
    item->name = g_steal_pointer (&name);
    item->value = cg_onvif_text_or_empty (value);
    g_ptr_array_add (items, item);
  }
}

/* By our clock; a time that cannot be is now. */
static gint64
read_moment (const CgOnvifSession *self, const char *text)
{
  const gint64 now_ms = g_get_real_time () / 1000;
  gint64 at_ms;

  if (!read_time (text, &at_ms))
    return now_ms;
  at_ms -= cg_onvif_session_get_clock_offset_ms (self);
  return at_ms < now_ms - MAX_AGE_MS || at_ms > now_ms + MAX_AHEAD_MS ? now_ms : at_ms;
}

/* (nullable): without a topic it says nothing */
static CgOnvifNotification *
read_notification (const CgOnvifSession *self,
                   const struct wsnt__NotificationMessageHolderType *value)
{
  const struct _tt__Message *message = value->Message != NULL ? value->Message->tt__Message : NULL;
  g_autofree char *topic =
      value->Topic != NULL ? cg_onvif_text_dup_reference (value->Topic->__item) : NULL;
  CgOnvifNotification *notification;

  if (topic == NULL || message == NULL)
    return NULL;
  notification = g_new0 (CgOnvifNotification, 1);
  notification->topic = g_steal_pointer (&topic);
  notification->at_ms = read_moment (self, message->UtcTime);
  notification->is_first = message->PropertyOperation != NULL &&
                           g_ascii_strcasecmp (message->PropertyOperation, "Initialized") == 0;
  notification->source = g_ptr_array_new_with_free_func ((GDestroyNotify)item_free);
  notification->data = g_ptr_array_new_with_free_func ((GDestroyNotify)item_free);
  add_items (notification->source, message->Source);
  add_items (notification->source, message->Key);
  add_items (notification->data, message->Data);
  return notification;
}

static GPtrArray *
pull (CgOnvifSpan *span, const CgOnvifPullPoint *point, guint wait_ms, guint limit, GError **error)
{
  g_autofree char *wait = cg_onvif_duration_format (wait_ms);
  struct _tev__PullMessages request = {.Timeout = wait, .MessageLimit = (int)limit};
  struct _tev__PullMessagesResponse response = {0};

  if (!call_point (span, point, &operation_PullMessages, &request, &response, error))
    return NULL;
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)notification_free);
  for (int i = 0; i < response.__sizeNotificationMessage; i++) {
    CgOnvifNotification *notification =
        read_notification (span, &response.wsnt__NotificationMessage[i]);

    if (notification != NULL)
      g_ptr_array_add (list, notification);
  }
  return list;
}

/**
 * cg_onvif_events_pull_in_thread:
 * @self: a session
 * @point: a subscription
 * @wait_ms: how long the camera may wait for something to happen
 * @limit: how many it may tell at once
 * @error: return location; %CG_ERROR_PEER_FAULT: the camera does not know it any more, as after a
 *   reboot (Q43)
 *
 * PullMessages. The session's time-out counts on top of @wait_ms. A camera may answer at once and
 * with nothing (Q42).
 *
 * Returns: (transfer full) (element-type CgOnvifNotification) (nullable): what happened, in order
 */
GPtrArray *
cg_onvif_events_pull_in_thread (
    CgOnvifSession *self, const CgOnvifPullPoint *point, guint wait_ms, guint limit, GError **error)
{
  const guint timeout_ms = self->timeout_ms;

  self->timeout_ms += wait_ms;
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  GPtrArray *list = pull (span, point, wait_ms, limit, error);
  self->timeout_ms = timeout_ms;
  return list;
}

/**
 * cg_onvif_events_renew_in_thread:
 * @self: a session
 * @point: a subscription, whose life begins anew
 * @life_ms: how long it is to live
 * @error: return location
 *
 * Renew: WS-BaseNotification 1.3, 6.1.1.
 *
 * Returns: whether the camera has agreed
 */
gboolean
cg_onvif_events_renew_in_thread (CgOnvifSession *self,
                                 CgOnvifPullPoint *point,
                                 guint life_ms,
                                 GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  g_autofree char *life = cg_onvif_duration_format (life_ms);
  struct _wsnt__Renew request = {.TerminationTime = life};
  struct _wsnt__RenewResponse response = {0};

  if (!call_point (span, point, &operation_Renew, &request, &response, error))
    return FALSE;
  point->life_ms = read_life (response.CurrentTime, response.TerminationTime, life_ms);
  return TRUE;
}

/**
 * cg_onvif_events_unsubscribe_in_thread:
 * @self: a session
 * @point: a subscription
 * @error: return location
 *
 * Unsubscribe: cameras have few to give (Q43). WS-BaseNotification 1.3, 6.1.2.
 *
 * Returns: whether it has ended
 */
gboolean
cg_onvif_events_unsubscribe_in_thread (CgOnvifSession *self,
                                       const CgOnvifPullPoint *point,
                                       GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _wsnt__Unsubscribe request = {};
  struct _wsnt__UnsubscribeResponse response = {};

  return call_point (span, point, &operation_Unsubscribe, &request, &response, error);
}
