/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <net/if.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-interrupt.h"
#include "cg-ctl-json.h"
#include "cg-ctl-site.h"
#include "cg-ctl-table.h"
#include "cg-onvif-address.h"
#include "cg-onvif-discovery.h"
#include "cg-onvif-interface.h"
#include "cg-range.h"

/* Cameras spread their answers over half a second (WS-Discovery); three probes go out. */
#define SEARCH_TIMEOUT_MS 3000

/* What the searching thread gets and gives. */
typedef struct {
  CgOnvifProbe probe;
  GCancellable *cancellable;
  int done_fd;
  GPtrArray *found; /* (owned) (nullable) (element-type CgOnvifDiscovered) */
  GError *error;
} Search;

static gpointer
search_in_thread (gpointer user_data)
{
  Search *search = user_data;
  const guint64 one = 1;

  search->found =
      cg_onvif_discovery_probe_in_thread (&search->probe, search->cancellable, &search->error);
  return write (search->done_fd, &one, sizeof one) == sizeof one ? search : NULL;
}

/* Searches; a signal ends it early, with what was found until then. */
static void
search (CgCtl *self, Search *search)
{
  g_autoptr (CgCtlInterrupt) interrupt = cg_ctl_interrupt_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GPollFD wanted[2] = {{.fd = cg_ctl_interrupt_get_fd (interrupt), .events = G_IO_IN}};
  GThread *thread;

  search->cancellable = cancellable;
  search->done_fd = eventfd (0, EFD_CLOEXEC);
  wanted[1] = (GPollFD){.fd = search->done_fd, .events = G_IO_IN};
  thread = g_thread_new ("discovery", search_in_thread, search);
  if (self->screen.rewrites)
    cg_ctl_say (self, "searching...\r");
  while (g_poll (wanted, G_N_ELEMENTS (wanted), -1) < 0)
    continue;
  if (cg_ctl_interrupt_is_raised (interrupt))
    g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  close (search->done_fd);
  if (self->screen.rewrites)
    cg_ctl_say (self, "\033[K");
}

static gboolean
check_interfaces (CgCtl *self, GError **error)
{
  const GPtrArray *names = self->options->interfaces;

  for (guint i = 0; i + 1 < names->len; i++) {
    if (!cg_onvif_interface_is_address (names->pdata[i]) && if_nametoindex (names->pdata[i]) == 0)
      return cg_ctl_fail_usage (self, error, "interface %s is not there",
                                (const char *)names->pdata[i]);
  }
  return TRUE;
}

/* A camera that is bound by its host alone may have its ONVIF at any port (Q30). */
static gboolean
is_same_address (const char *bound, const char *service)
{
  g_autofree char *url = cg_onvif_address_normalise (bound, NULL);
  g_autoptr (CgOnvifAddress) known = url != NULL ? cg_onvif_address_parse (url, NULL) : NULL;
  g_autoptr (CgOnvifAddress) found = cg_onvif_address_parse (service, NULL);

  if (known == NULL || found == NULL || strcmp (known->host, found->host) != 0)
    return FALSE;
  return !cg_onvif_address_names_port (url) || known->port == found->port;
}

/* DID of the camera that camgated knows under this address. */
static const char *
find_bound (JsonArray *cameras, const char *service)
{
  for (guint i = 0; cameras != NULL && i < json_array_get_length (cameras); i++) {
    JsonNode *node = json_array_get_element (cameras, i);
    JsonObject *camera = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *bound = cg_ctl_json_string (camera, "address");

    if (bound != NULL && is_same_address (bound, service))
      return cg_ctl_json_string (camera, "did");
  }
  return NULL;
}

/* Members of one camera; `bound` is null where no camgated could be asked. */
static JsonObject *
describe (const CgOnvifDiscovered *found, const char *service, gboolean asked, const char *did)
{
  JsonObject *object = json_object_new ();
  g_autofree char *address = cg_onvif_address_shorten (service);

  cg_ctl_json_set_string (object, "address", address);
  cg_ctl_json_set_string (object, "name", found->name);
  cg_ctl_json_set_string (object, "model", found->hardware);
  cg_ctl_json_set_string (object, "endpoint", found->endpoint);
  cg_ctl_json_set_string (object, "service", service);
  if (asked)
    json_object_set_boolean_member (object, "bound", did != NULL);
  else
    json_object_set_null_member (object, "bound");
  cg_ctl_json_set_string (object, "did", did);
  return object;
}

/* As it is printed as JSON, for those who go on with it. */
static JsonArray *
describe_all (CgCtl *self, GPtrArray *found)
{
  g_autoptr (CgCtlAnswer) bound = cg_ctl_ask_gateway (self, "cameras", NULL);
  JsonArray *known = bound != NULL ? cg_ctl_json_array (bound->body, "cameras") : NULL;
  JsonArray *cameras = json_array_new ();

  for (guint i = 0; i < found->len; i++) {
    const CgOnvifDiscovered *camera = found->pdata[i];
    g_autofree char *service = cg_onvif_discovered_get_service_address (camera);

    json_array_add_object_element (
        cameras, describe (camera, service, bound != NULL, find_bound (known, service)));
  }
  return cameras;
}

static void
print_found (CgCtl *self, GPtrArray *found)
{
  static const char *const titles[] = {"address", "name", "model", "bound", "endpoint", NULL};
  g_autoptr (CgCtlTable) table = cg_ctl_table_new (titles);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;
  JsonArray *cameras = describe_all (self, found);

  for (guint i = 0; i < found->len; i++) {
    JsonObject *camera = json_array_get_object_element (cameras, i);
    const char *did = cg_ctl_json_string (camera, "did");
    const gboolean is_asked = !json_object_get_null_member (camera, "bound");

    cg_ctl_table_add_row (table, (const char *const[]){cg_ctl_json_string (camera, "address"),
                                                       cg_ctl_json_string (camera, "name"),
                                                       cg_ctl_json_string (camera, "model"),
                                                       !is_asked     ? NULL
                                                       : did != NULL ? did
                                                                     : "no",
                                                       cg_ctl_json_string (camera, "endpoint")});
  }
  json_object_set_array_member (object, "cameras", cameras);
  cg_ctl_print_json (self, object);
  text = cg_ctl_table_to_string (table, &self->screen);
  if (found->len > 0)
    cg_ctl_say (self, "%s", text);
}

static gboolean
check_probe_options (CgCtl *self, GError **error)
{
  const CgCtlOptions *options = self->options;

  if (options->csv && options->json)
    return cg_ctl_fail_usage (self, error, "either --csv or --json");
  if (!options->probe_all && (options->csv || options->no_move || options->user != NULL))
    return cg_ctl_fail_usage (self, error, "--csv, --no-move and --user go with --probe-all");
  return TRUE;
}

static gboolean
check_ranges (CgCtl *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_auto (GStrv) hosts =
      cg_range_expand_all ((const char *const *)self->options->hosts->pdata, &reason);

  if (hosts == NULL)
    cg_ctl_fail_usage (self, error, "%s", reason->message);
  return hosts != NULL;
}

/**
 * cg_cmd_discover:
 * @self: a run
 *
 * Looks for cameras by WS-Discovery (Q15), and tells which are bound if a camgated runs here.
 *
 * Returns: %FALSE with error if none answered
 */
gboolean
cg_cmd_discover (CgCtl *self, GError **error)
{
  Search job = {
      .probe =
          {
              .addresses = (const char *const *)self->options->interfaces->pdata,
              .hosts = (const char *const *)self->options->hosts->pdata,
              .port = (guint16)self->options->port,
              .timeout_ms = (guint)cg_ctl_get_timeout_ms (self, SEARCH_TIMEOUT_MS),
          },
  };
  g_autoptr (GPtrArray) found = NULL;

  if (!check_interfaces (self, error) || !check_probe_options (self, error) ||
      !check_ranges (self, error))
    return FALSE;
  search (self, &job);
  found = job.found;
  if (found == NULL) {
    g_set_error (error, CG_CTL_ERROR, CG_CTL_NO_CAMERA, "cannot search: %s", job.error->message);
    g_clear_error (&job.error);
    return FALSE;
  }
  if (found->len > 0 && self->options->probe_all) {
    g_autoptr (JsonArray) cameras = describe_all (self, found);

    return cg_ctl_site_probe (self, cameras, NULL, error);
  }
  print_found (self, found);
  if (found->len > 0)
    return TRUE;
  g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_NO_CAMERA,
                       "no camera answered\n"
                       "  Is it on this network, and ONVIF switched on in its settings?\n"
                       "  Try --interface NAME, --timeout 10, or --host ADDRESS to ask it alone.");
  return FALSE;
}
