/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-key-group.h"

#include <string.h>

#include "cg-config.h"
#include "cg-nearest.h"

#define GATEWAY(member) G_STRUCT_OFFSET (CgGatewayConfig, member)
#define CLOUD(member) G_STRUCT_OFFSET (CgCloudConfig, member)
#define PTZ(member) G_STRUCT_OFFSET (CgPtzConfig, member)
#define STREAM(member) G_STRUCT_OFFSET (CgStreamConfig, member)
/* Beside it, in the same group of the file. */
#define RESTREAM(member)                                                                           \
  (G_STRUCT_OFFSET (CgConfig, restream.member) - G_STRUCT_OFFSET (CgConfig, stream))
#define DISCOVERY(member) G_STRUCT_OFFSET (CgDiscoveryConfig, member)
#define DEVICE(member) G_STRUCT_OFFSET (CgDeviceConfig, member)
#define TELEMETRY(member) G_STRUCT_OFFSET (CgTelemetryConfig, member)
#define FIRMWARE(member) G_STRUCT_OFFSET (CgFirmwareConfig, member)
#define CAMERA(member) G_STRUCT_OFFSET (CgCameraConfig, member)

static const char *const boolean_words[] = {"false", "true", NULL};
static const char *const allow_words[] = {"deny", "allow", NULL};
static const char *const arbitration_words[] = {"last", "priority", NULL};
static const char *const qos_words[] = {"auto", "0", "1", "2", NULL};
static const char *const shape_words[] = {"mixed", "flat", NULL};
static const char *const protocol_words[] = {"onvif", "rtsp", NULL};
static const char *const audio_words[] = {"drop", "pass", "aac", "silent", NULL};
static const char *const h265_words[] = {"auto", "send", "transcode", NULL};
static const char *const standby_words[] = {"none", "connected", NULL};
static const char *const transport_words[] = {"auto", "tcp", "udp", "multicast", "http", NULL};
static const char *const tls_words[] = {"accept", "strict", NULL};
static const char *const upload_words[] = {"realtime",     "change", "timer",
                                           "change-timer", "none",   NULL};
static const char *const power_words[] = {
    "dc", "battery", "external-battery", "poe", "usb", "ac", "solar", NULL};

/* clang-format off */

static const CgKey gateway_keys[] = {
  { "did", CG_KEY_STRING, GATEWAY (did),
    .help = "device id of this box" },
  { "secret", CG_KEY_SECRET, GATEWAY (secret),
    .help = "signs registrations; or the systemd credential `secret`" },
  { "iccid", CG_KEY_STRING, GATEWAY (iccid),
    .help = "of the modem's SIM card, sent on registration" },
  { "imsi", CG_KEY_STRING, GATEWAY (imsi),
    .help = "of the modem's SIM card, sent on registration" },
};

static const CgKey cloud_keys[] = {
  { "servers", CG_KEY_SERVERS, CLOUD (servers), "",
    .help = "mqtt://host[:1883] and mqtts://host[:8883], separated by ; and tried in turn" },
  { "username", CG_KEY_STRING, CLOUD (username), .empty_is_none = TRUE,
    .help = "login; absent: the gateway's did; empty: none" },
  { "password", CG_KEY_SECRET, CLOUD (password), .empty_is_none = TRUE,
    .help = "login; absent: the gateway's secret; empty: none" },
  { "client-id", CG_KEY_STRING, CLOUD (client_id),
    .help = "absent: camgate_ and the gateway's did" },
  { "ca-file", CG_KEY_FILE, CLOUD (ca_file),
    .help = "certificates to trust in place of the system's" },
  { "cert-file", CG_KEY_FILE, CLOUD (cert_file),
    .help = "client certificate" },
  { "key-file", CG_KEY_FILE, CLOUD (key_file),
    .help = "key of the client certificate" },
  { "publish-topic", CG_KEY_TOPIC, CLOUD (publish_topic), "messages/%s",
    .help = "where messages go; %s is the did" },
  { "subscribe-topic", CG_KEY_TOPIC, CLOUD (subscribe_topic), "actions/%s",
    .help = "where actions come from; %s is the did" },
  { "qos", CG_KEY_WORD, CLOUD (qos), "auto", .min = -1, .words = qos_words,
    .help = "auto: streams 0, all else 1" },
  { "keep-alive", CG_KEY_SECONDS, CLOUD (keep_alive_s), "60", 5, 65535,
    .help = "MQTT keep-alive" },
  { "last-will", CG_KEY_WORD, CLOUD (last_will), "false", .words = boolean_words,
    .help = "the broker reports the gateway as offline" },
  { "event-token", CG_KEY_WORD, CLOUD (event_token), "true", .words = boolean_words,
    .help = "events and streams carry the register token" },
  { "reveal-secrets", CG_KEY_WORD, CLOUD (reveal_secrets), "false", .words = boolean_words,
    .help = "config read shows passwords and secrets, not stars" },
  { "reply-shape", CG_KEY_WORD, CLOUD (reply_shape), "mixed", .words = shape_words,
    .help = "flat: for the cloud of 2019" },
  { "reconnect-max", CG_KEY_SECONDS, CLOUD (reconnect_max_s), "60", 1, 3600,
    .help = "longest pause between two tries to connect" },
  { "register-retry-max", CG_KEY_SECONDS, CLOUD (register_retry_max_s), "300", 4, 86400,
    .help = "longest pause between two tries to register" },
};

static const CgKey ptz_keys[] = {
  { "move-timeout", CG_KEY_MILLISECONDS, PTZ (move_timeout_ms), "5", 1, 60,
    .help = "a move ends by itself after so long" },
  { "link-grace", CG_KEY_MILLISECONDS, PTZ (link_grace_ms), "2", 0, 60,
    .help = "a move outlives the link it came by for so long" },
  { "reply-timeout", CG_KEY_MILLISECONDS, PTZ (reply_timeout_ms), "3", 0.1, 10,
    .help = "a request is answered after so long at the latest" },
  { "goto-timeout", CG_KEY_MILLISECONDS, PTZ (goto_timeout_ms), "30", 1, 300,
    .help = "a preset that is called counts as reached after so long" },
  { "goto-interrupt", CG_KEY_WORD, PTZ (goto_interrupt), "false", .words = boolean_words,
    .help = "start and goto are obeyed while a preset is being called, not refused with 60009" },
  { "speed-slow", CG_KEY_FRACTION, PTZ (speeds[0]), "0.33", 0.01, 1,
    .help = "fraction of the camera's velocity range" },
  { "speed-medium", CG_KEY_FRACTION, PTZ (speeds[1]), "0.66", 0.01, 1,
    .help = "fraction of the camera's velocity range" },
  { "speed-fast", CG_KEY_FRACTION, PTZ (speeds[2]), "1", 0.01, 1,
    .help = "fraction of the camera's velocity range" },
  { "arbitration", CG_KEY_WORD, PTZ (arbitration), "last", .words = arbitration_words,
    .help = "who moves a camera that two want to move: who comes later, or who ranks higher" },
  { "priority", CG_KEY_RANKING, PTZ (priority), "local;cloud",
    .help = "who ranks higher: links, the most important first, separated by ;" },
};

static const CgKey stream_keys[] = {
  { "max-streams", CG_KEY_COUNT, STREAM (max_streams), "256", 1, 10000,
    .help = "pushes at the same time" },
  { "retry-max", CG_KEY_SECONDS, STREAM (retry_max_s), "60", 1, 3600,
    .help = "longest pause between two tries" },
  { "stall-timeout", CG_KEY_MILLISECONDS, STREAM (stall_timeout_ms), "10", 0.1, 600,
    .help = "no picture for so long, no packet for half, nothing taken for 1.5: built anew" },
  { "start-timeout", CG_KEY_MILLISECONDS, STREAM (start_timeout_ms), "20", 0.1, 600,
    .help = "from the first request to the first key frame" },
  { "publisher-wait", CG_KEY_MILLISECONDS, STREAM (publisher_wait_ms), "15", 0.1, 600,
    .help = "pause while the media server still holds a dead publisher" },
  { "publish-grace", CG_KEY_MILLISECONDS, STREAM (publish_grace_ms), "10", 0, 600,
    .help = "a lost camera keeps the publishing session for so long" },
  { "play-lease", CG_KEY_SECONDS, STREAM (play_lease_s), "0", 0, 604800,
    .help = "a push ends so long after the last play; 0: never" },
  { "h265", CG_KEY_WORD, STREAM (h265), "auto", .words = h265_words,
    .help = "auto: where the server says it takes it; send: always; transcode: else as H.264" },
  { "uplink-kbps", CG_KEY_COUNT, STREAM (uplink_kbps), "0", 0, 10000000,
    .help = "where all pushes together send more, cameras send their small picture; 0: no limit" },
  { "uplink-care", CG_KEY_WORD, STREAM (uplink_care), "true", .words = boolean_words,
    .help = "a push that the line does not carry gets the small picture; false: none does" },
  { "uplink-retry", CG_KEY_MILLISECONDS, STREAM (uplink_retry_ms), "60", 1, 900,
    .help = "so long after that its main picture is tried again, later and later if in vain" },
  { "standby", CG_KEY_WORD, STREAM (standby), "none", .words = standby_words,
    .help = "connected: the stream comes all the time, the first picture is there at once" },
  { "gop-cache", CG_KEY_COUNT, STREAM (gop_cache_kib), "8192", 0, 65536,
    .help = "KiB of the pictures since the key frame, for who comes later; 0: none are kept" },
  { "restream", CG_KEY_STRING, RESTREAM (url),
    .help = "rtsp://address:port where viewers on the LAN see /did; absent: nowhere" },
  { "restream-user", CG_KEY_STRING, RESTREAM (username),
    .help = "their login; needed unless the address is a loopback one" },
  { "restream-password", CG_KEY_SECRET, RESTREAM (password),
    .help = "their login" },
};

static const CgKey discovery_keys[] = {
  { "interfaces", CG_KEY_STRING, DISCOVERY (interfaces),
    .help = "names or own addresses, separated by ; and absent for all" },
  { "hosts", CG_KEY_HOSTS, DISCOVERY (hosts),
    .help = "hosts and ranges in other subnets, asked too: 10.0.0.0/24; 10.0.1.20-40" },
  { "follow", CG_KEY_WORD, DISCOVERY (follow), "true", .words = boolean_words,
    .help = "a lost camera is looked for and followed to its new address" },
  { "search-after", CG_KEY_MILLISECONDS, DISCOVERY (search_after_ms), "10", 0.1, 3600,
    .help = "a camera that is lost for so long is looked for" },
  { "port", CG_KEY_COUNT, DISCOVERY (port), "3702", 1, 65535,
    .help = "of WS-Discovery; another one for tests only" },
};

static const CgKey device_keys[] = {
  { "location", CG_KEY_PLACE, DEVICE (location),
    .help = "where this box stands: latitude;longitude;altitude in degrees and metres" },
  { "power-sources", CG_KEY_WORDS, DEVICE (power_sources), .words = power_words,
    .help = "what this box is fed by, separated by ;" },
  { "reboot-command", CG_KEY_COMMAND, DEVICE (reboot_command),
    .help = "restarts this box; absent: it cannot be restarted" },
  { "clock-command", CG_KEY_COMMAND, DEVICE (clock_command),
    .help = "sets this box's clock, seconds since 1970 are added; absent: it cannot be set" },
};

static const CgKey telemetry_keys[] = {
  { "interval", CG_KEY_MILLISECONDS, TELEMETRY (interval_ms), "60", 1, 86400,
    .help = "how often what goes by timer is uploaded" },
  { "sample-interval", CG_KEY_MILLISECONDS, TELEMETRY (sample_interval_ms), "5", 0.1, 3600,
    .help = "how often what goes by change or in real time is looked at" },
  { "cpu-usage", CG_KEY_WORD, TELEMETRY (cpu_usage), "timer", .words = upload_words,
    .help = "of the box: of its processors, in percent" },
  { "memory-free", CG_KEY_WORD, TELEMETRY (memory_free), "timer", .words = upload_words,
    .help = "of the box: that programs may still have, in bytes" },
  { "memory-usage", CG_KEY_WORD, TELEMETRY (memory_usage), "timer", .words = upload_words,
    .help = "of the box: in percent" },
  { "storage-free", CG_KEY_WORD, TELEMETRY (storage_free), "timer", .words = upload_words,
    .help = "of the box: of the disk with the state folder, in bytes" },
  { "storage-usage", CG_KEY_WORD, TELEMETRY (storage_usage), "timer", .words = upload_words,
    .help = "of the box: in percent" },
  { "tx-bytes", CG_KEY_WORD, TELEMETRY (tx_bytes), "timer", .words = upload_words,
    .help = "of the box: sent since it was switched on" },
  { "rx-bytes", CG_KEY_WORD, TELEMETRY (rx_bytes), "timer", .words = upload_words,
    .help = "of the box: received since it was switched on" },
  { "online", CG_KEY_WORD, TELEMETRY (online), "change", .words = upload_words,
    .help = "of each camera: connectivity.online" },
  { "error-code", CG_KEY_WORD, TELEMETRY (error_code), "change", .words = upload_words,
    .help = "of each camera: device.errorCode" },
  { "device", CG_KEY_WORD, TELEMETRY (device), "timer", .words = upload_words,
    .help = "of each camera: all else of device" },
  { "connectivity", CG_KEY_WORD, TELEMETRY (connectivity), "timer", .words = upload_words,
    .help = "of each camera: all else of connectivity" },
  { "firmware", CG_KEY_WORD, TELEMETRY (firmware), "timer", .words = upload_words,
    .help = "of each camera" },
  { "statistics", CG_KEY_WORD, TELEMETRY (statistics), "timer", .words = upload_words,
    .help = "of each camera" },
};

static const CgKey firmware_keys[] = {
  { "command", CG_KEY_COMMAND, FIRMWARE (command),
    .help = "installs new firmware on this box, its file is added; absent: it takes none" },
  { "max-size", CG_KEY_COUNT, FIRMWARE (max_mib), "256", 1, 65536,
    .help = "MiB: a larger file is not taken" },
  { "reserve", CG_KEY_COUNT, FIRMWARE (reserve_mib), "64", 0, 65536,
    .help = "MiB: so much of the disk stays free" },
  { "ca-file", CG_KEY_FILE, FIRMWARE (ca_file),
    .help = "certificates that https servers of firmware may show; absent: those of the system" },
};

static const CgKey camera_keys[] = {
  { "address", CG_KEY_STRING, CAMERA (address),
    .help = "host, host:port or URL of its ONVIF service; host/2: second picture of a recorder" },
  { "username", CG_KEY_STRING, CAMERA (username),
    .help = "login" },
  { "password", CG_KEY_SECRET, CAMERA (password),
    .help = "login" },
  { "name", CG_KEY_STRING, CAMERA (name),
    .help = "for people" },
  { "secret", CG_KEY_SECRET, CAMERA (secret),
    .help = "signs its registration; absent: the gateway's" },
  { "profile", CG_KEY_STRING, CAMERA (profile),
    .help = "token or name of the media profile to play" },
  { "size", CG_KEY_STRING, CAMERA (size),
    .help = "WIDTHxHEIGHT: of several pictures the largest that is not larger" },
  { "sub-profile", CG_KEY_STRING, CAMERA (sub_profile),
    .help = "token or name of the media profile for a slow line; absent: the next smaller one" },
  { "importance", CG_KEY_COUNT, CAMERA (importance), "5", 0, 9,
    .help = "on a slow line the camera with the smallest gets its small picture first" },
  { "url", CG_KEY_STRING, CAMERA (url),
    .help = "fixed RTSP address, wins over what the camera says" },
  { "protocol", CG_KEY_WORD, CAMERA (protocol), "onvif", .words = protocol_words,
    .help = "rtsp: no ONVIF at all, url is played" },
  { "audio", CG_KEY_WORD, CAMERA (audio), "pass", .words = audio_words,
    .help = "pass: AAC as it comes; aac: all as AAC; silent: silent AAC" },
  { "transport", CG_KEY_WORD, CAMERA (transport), "auto", .words = transport_words,
    .help = "of RTP; auto: TCP, UDP if the camera insists; http: all inside an HTTP tunnel" },
  { "ptz", CG_KEY_WORD, CAMERA (ptz_allowed), "allow", .words = allow_words,
    .help = "deny: PTZ is answered with 60001" },
  { "speeds", CG_KEY_FRACTIONS, CAMERA (speeds), NULL, 0.01, 1,
    .help = "slow;medium;fast, in place of those of all cameras" },
  { "events", CG_KEY_STRING, CAMERA (events),
    .help = "motion, all or parts of topics, separated by ; and absent for none" },
  { "repair-addresses", CG_KEY_WORD, CAMERA (repair_addresses), "true", .words = boolean_words,
    .help = "false: hosts and ports that it gives are right" },
  { "tls", CG_KEY_WORD, CAMERA (tls), "accept", .words = tls_words,
    .help = "https address: accept: any certificate; strict: one the system trusts" },
  { "tls-fingerprint", CG_KEY_STRING, CAMERA (tls_fingerprint),
    .help = "SHA-256 of the only certificate that is taken, whatever `tls` says" },
  { "location", CG_KEY_PLACE, CAMERA (location),
    .help = "where it stands, if it does not say: latitude;longitude;altitude" },
  { "power-sources", CG_KEY_WORDS, CAMERA (power_sources), .words = power_words,
    .help = "what it is fed by, separated by ;" },
};

/* clang-format on */

#define GROUP(title, table, where)                                                                 \
  {                                                                                                \
    .name = title, .keys = table, .n_keys = G_N_ELEMENTS (table), .offset = where                  \
  }

static const CgKeyGroup groups[] = {
    [CG_KEY_GROUP_GATEWAY] = GROUP ("gateway", gateway_keys, G_STRUCT_OFFSET (CgConfig, gateway)),
    [CG_KEY_GROUP_CLOUD] = GROUP ("cloud", cloud_keys, G_STRUCT_OFFSET (CgConfig, cloud)),
    [CG_KEY_GROUP_PTZ] = GROUP ("ptz", ptz_keys, G_STRUCT_OFFSET (CgConfig, ptz)),
    [CG_KEY_GROUP_STREAM] = GROUP ("stream", stream_keys, G_STRUCT_OFFSET (CgConfig, stream)),
    [CG_KEY_GROUP_DISCOVERY] =
        GROUP ("discovery", discovery_keys, G_STRUCT_OFFSET (CgConfig, discovery)),
    [CG_KEY_GROUP_DEVICE] = GROUP ("device", device_keys, G_STRUCT_OFFSET (CgConfig, device)),
    [CG_KEY_GROUP_TELEMETRY] =
        GROUP ("telemetry", telemetry_keys, G_STRUCT_OFFSET (CgConfig, telemetry)),
    [CG_KEY_GROUP_FIRMWARE] =
        GROUP ("firmware", firmware_keys, G_STRUCT_OFFSET (CgConfig, firmware)),
    [CG_KEY_GROUP_CAMERA] = GROUP ("camera", camera_keys, 0),
};
G_STATIC_ASSERT (G_N_ELEMENTS (groups) == CG_N_KEY_GROUPS);

/**
 * cg_key_group_get:
 * @id: which group
 *
 * Returns: its settings
 */
const CgKeyGroup *
cg_key_group_get (CgKeyGroupId id)
{
  g_return_val_if_fail ((int)id >= 0 && id < CG_N_KEY_GROUPS, NULL);

  return &groups[id];
}

/**
 * cg_key_group_find:
 * @group: a group
 * @name: a key as written
 * @is_file: (out): whether it is the `-file` form of a secret
 *
 * Returns: (nullable): the setting
 */
const CgKey *
cg_key_group_find (const CgKeyGroup *group, const char *name, gboolean *is_file)
{
  for (gsize i = 0; i < group->n_keys; i++) {
    const CgKey *key = &group->keys[i];

    *is_file = FALSE;
    if (g_str_equal (key->name, name))
      return key;
    if (key->type != CG_KEY_SECRET || !g_str_has_prefix (name, key->name))
      continue;
    *is_file = g_str_equal (name + strlen (key->name), "-file");
    if (*is_file)
      return key;
  }
  return NULL;
}

/**
 * cg_key_group_nearest_key:
 * @group: a group
 * @name: a key that it does not have
 *
 * Returns: (nullable): the known key that was probably meant
 */
const char *
cg_key_group_nearest_key (const CgKeyGroup *group, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_autofree const char **known = g_new (const char *, group->n_keys);

  for (gsize i = 0; i < group->n_keys; i++)
    known[i] = group->keys[i].name;
  return cg_nearest_find (g_strdelimit (lower, "_ .", '-'), known, group->n_keys);
}

/**
 * cg_key_group_nearest_group:
 * @name: a group that does not exist
 *
 * Returns: (nullable): the known group that was probably meant
 */
const char *
cg_key_group_nearest_group (const char *name)
{
  g_autofree char *word = g_strndup (name, strcspn (name, " "));
  g_autofree char *lower = g_ascii_strdown (word, -1);
  const char *known[G_N_ELEMENTS (groups)];

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    known[i] = groups[i].name;
  return cg_nearest_find (lower, known, G_N_ELEMENTS (groups));
}

/**
 * cg_key_group_set_defaults:
 * @group: a group
 * @base: its struct, not yet filled
 *
 * Fills in what an empty group means.
 */
void
cg_key_group_set_defaults (const CgKeyGroup *group, gpointer base)
{
  for (gsize i = 0; i < group->n_keys; i++)
    cg_key_set_default (&group->keys[i], base);
}

/**
 * cg_key_group_clear:
 * @group: a group
 * @base: its struct
 *
 * Frees what the settings hold.
 */
void
cg_key_group_clear (const CgKeyGroup *group, gpointer base)
{
  for (gsize i = 0; i < group->n_keys; i++)
    cg_key_clear (&group->keys[i], base);
}

/**
 * cg_key_group_copy:
 * @group: a group
 * @from: its struct
 * @to: another, not yet filled
 */
void
cg_key_group_copy (const CgKeyGroup *group, gconstpointer from, gpointer to)
{
  for (gsize i = 0; i < group->n_keys; i++)
    cg_key_copy (&group->keys[i], from, to);
}

/**
 * cg_key_group_equal:
 * @group: a group
 * @a: its struct
 * @b: another
 *
 * Returns: %TRUE if all settings are the same
 */
gboolean
cg_key_group_equal (const CgKeyGroup *group, gconstpointer a, gconstpointer b)
{
  for (gsize i = 0; i < group->n_keys; i++)
    if (!cg_key_equal (&group->keys[i], a, b))
      return FALSE;
  return TRUE;
}
