/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event service with its pull points (ver10/events, WS-BaseNotification). */
#include <stdlib.h>
#include <string.h>

#include "cg-sim-duration.h"
#include "cg-sim-soap.h"
#include "onvifH.h"

#define DIALECT "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
#define DEFAULT_LIFE_MS (60 * 1000)
#define MAX_PULL_POINTS 10
/* Q43: so few that a client that leaves them behind runs out of them. */
#define FEW_PULL_POINTS 2
/* Q41: longer than anybody waits. */
#define HANG_MS (600 * 1000)

static gint64
read_life (const char *text)
{
  gint64 life_ms;

  return text != NULL && cg_sim_duration_parse (text, &life_ms) ? life_ms : DEFAULT_LIFE_MS;
}

static char *
format_time (struct soap *soap, gint64 at_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at_ms / 1000);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");

  return soap_strdup (soap, text);
}

static guint
get_id (const CgSimCall *call)
{
  return (guint)strtoul (call->path + strlen (CG_SIM_SUBSCRIPTION_PATH), NULL, 10);
}

static JsonObject *
note_addressing (struct soap *soap)
{
  const CgSimCall *call = soap->user;
  JsonObject *args = json_object_new ();

  json_object_set_string_member (args, "to", call->to);
  json_object_set_string_member (args, "action", call->action);
  return args;
}

/* Whether the service is out of order (Q41). */
static gboolean
is_broken (struct soap *soap)
{
  CgSimCall *call = soap->user;
  CgSimFaults *faults = call->state->faults;

  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q41, "hangs"))
    call->delay_ms = HANG_MS;
  if (!cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q41, "fails"))
    return FALSE;
  cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_INTERNAL, "Internal error");
  return TRUE;
}

static int
refuse_unknown (struct soap *soap)
{
  return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_NO_SUBSCRIPTION, "No such subscription");
}

int
__tev__CreatePullPointSubscription (struct soap *soap,
                                    struct _tev__CreatePullPointSubscription *request,
                                    struct _tev__CreatePullPointSubscriptionResponse *response)
{
  const CgSimCall *call = soap->user;
  const gboolean is_few = cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q43, "few");
  const gint64 now_ms = cg_sim_state_get_time_ms (call->state);
  const gint64 life_ms = read_life (request->InitialTerminationTime);

  cg_sim_soap_record (soap, "CreatePullPointSubscription", note_addressing (soap));
  if (is_broken (soap))
    return SOAP_FAULT;
  const guint id = cg_sim_events_subscribe (call->state->events, now_ms, life_ms,
                                            is_few ? FEW_PULL_POINTS : MAX_PULL_POINTS);
  if (id == 0)
    return cg_sim_soap_fault (soap, CG_SIM_FAULT_CODE_TOO_MANY_SUBSCRIPTIONS,
                              "No more pull points");
  g_autofree char *path = g_strdup_printf ("%s%u", CG_SIM_SUBSCRIPTION_PATH, id);
  response->SubscriptionReference = soap_malloc (soap, sizeof *response->SubscriptionReference);
  soap_default_wsa__EndpointReferenceType (soap, response->SubscriptionReference);
  response->SubscriptionReference->Address = cg_sim_soap_service_url (soap, path);
  response->wsnt__CurrentTime = format_time (soap, now_ms);
  response->wsnt__TerminationTime = format_time (soap, now_ms + life_ms);
  return SOAP_OK;
}

static struct tt__ItemList *
make_item (struct soap *soap, const char *name, const char *value)
{
  struct tt__ItemList *list = soap_malloc (soap, sizeof *list);

  list->__sizeSimpleItem = 1;
  list->SimpleItem = soap_malloc (soap, sizeof *list->SimpleItem);
  list->SimpleItem->Name = soap_strdup (soap, name);
  list->SimpleItem->Value = soap_strdup (soap, value);
  return list;
}

static void
make_notification (struct soap *soap,
                   const CgSimAlarm *alarm,
                   struct wsnt__NotificationMessageHolderType *made)
{
  struct _tt__Message *message = soap_malloc (soap, sizeof *message);

  made->Topic = soap_malloc (soap, sizeof *made->Topic);
  made->Topic->__item = soap_strdup (soap, alarm->topic);
  made->Topic->Dialect = soap_strdup (soap, DIALECT);
  made->Message = soap_malloc (soap, sizeof *made->Message);
  made->Message->tt__Message = message;
  soap_default__tt__Message (soap, message);
  message->UtcTime = format_time (soap, alarm->at_ms);
  message->PropertyOperation = soap_strdup (soap, alarm->operation);
  message->Source = make_item (soap, "Source", "video0");
  message->Data = make_item (soap, "State", alarm->value);
}

/* Waits for an alarm, unless it is one that does not wait (Q42). */
static gboolean
is_to_wait (const CgSimCall *call, gint64 timeout_ms)
{
  return timeout_ms > call->waited_ms &&
         !cg_sim_faults_is_on (call->state->faults, CG_SIM_FAULT_Q42) &&
         cg_sim_events_is_waiting (call->state->events, get_id (call));
}

static void
record_pull (struct soap *soap, const struct _tev__PullMessages *request)
{
  const CgSimCall *call = soap->user;
  JsonObject *args;

  if (call->waited_ms > 0)
    return;
  args = note_addressing (soap);
  json_object_set_string_member (args, "timeout", request->Timeout);
  json_object_set_int_member (args, "limit", request->MessageLimit);
  cg_sim_soap_record (soap, "PullMessages", args);
}

int
__tev__PullMessages (struct soap *soap,
                     struct _tev__PullMessages *request,
                     struct _tev__PullMessagesResponse *response)
{
  CgSimCall *call = soap->user;
  CgSimEvents *events = call->state->events;
  const gint64 now_ms = cg_sim_state_get_time_ms (call->state);

  record_pull (soap, request);
  if (is_broken (soap))
    return SOAP_FAULT;
  if (!cg_sim_events_has (events, get_id (call)))
    return refuse_unknown (soap);
  if (is_to_wait (call, read_life (request->Timeout)))
    call->is_waiting = TRUE;
  g_autoptr (GPtrArray) alarms =
      cg_sim_events_take (events, get_id (call), (guint)MAX (request->MessageLimit, 1));
  response->CurrentTime = format_time (soap, now_ms);
  response->TerminationTime = format_time (soap, now_ms + DEFAULT_LIFE_MS);
  response->__sizeNotificationMessage = (int)alarms->len;
  response->wsnt__NotificationMessage =
      soap_malloc (soap, sizeof *response->wsnt__NotificationMessage * MAX (alarms->len, 1));
  for (guint i = 0; i < alarms->len; i++)
    make_notification (soap, g_ptr_array_index (alarms, i),
                       &response->wsnt__NotificationMessage[i]);
  if (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q43, "loses"))
    cg_sim_events_forget (events);
  return SOAP_OK;
}

int
__tev__Renew (struct soap *soap,
              struct _wsnt__Renew *request,
              struct _wsnt__RenewResponse *response)
{
  const CgSimCall *call = soap->user;
  const gint64 now_ms = cg_sim_state_get_time_ms (call->state);
  const gint64 life_ms = read_life (request->TerminationTime);

  cg_sim_soap_record (soap, "Renew", note_addressing (soap));
  if (is_broken (soap))
    return SOAP_FAULT;
  if (!cg_sim_events_renew (call->state->events, get_id (call), life_ms))
    return refuse_unknown (soap);
  response->TerminationTime = format_time (soap, now_ms + life_ms);
  response->CurrentTime = format_time (soap, now_ms);
  return SOAP_OK;
}

int
__tev__Unsubscribe (struct soap *soap,
                    struct _wsnt__Unsubscribe *request,
                    struct _wsnt__UnsubscribeResponse *response)
{
  const CgSimCall *call = soap->user;

  cg_sim_soap_record (soap, "Unsubscribe", note_addressing (soap));
  return cg_sim_events_unsubscribe (call->state->events, get_id (call)) ? SOAP_OK
                                                                        : refuse_unknown (soap);
}
