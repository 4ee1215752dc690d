/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-error.h"

G_BEGIN_DECLS

typedef enum {
  CG_PROTOCOL_ONVIF,
  CG_PROTOCOL_RTSP, /* no ONVIF at all: `url` is played, the RTSP dialogue is the contact */
} CgProtocol;

typedef enum {
  CG_AUDIO_DROP,
  CG_AUDIO_PASS,   /* AAC as it comes; anything else is dropped */
  CG_AUDIO_AAC,    /* whatever comes, as AAC */
  CG_AUDIO_SILENT, /* silent AAC, for platforms that insist on a sound track */
} CgAudioPolicy;

typedef enum {
  CG_TRANSPORT_AUTO, /* TCP; UDP once the camera has answered 461 (Q18) */
  CG_TRANSPORT_TCP,
  CG_TRANSPORT_UDP,
  CG_TRANSPORT_MULTICAST,
  CG_TRANSPORT_HTTP, /* RTSP, with RTP inside, tunnelled through HTTP */
  CG_N_TRANSPORTS,
} CgTransport;

/* H.265 where the camera has no H.264 (Q11). */
typedef enum {
  CG_H265_AUTO,      /* sent where the media server says that it takes it */
  CG_H265_SEND,      /* sent in any case */
  CG_H265_TRANSCODE, /* made H.264 where the media server does not say so (Q55) */
} CgH265Policy;

/* What a camera's stream does while nobody watches it. */
typedef enum {
  CG_STANDBY_NONE,
  CG_STANDBY_CONNECTED, /* it comes all the same: the first picture is there at once (Q13) */
} CgStandby;

typedef enum {
  CG_TLS_ACCEPT, /* any certificate: cameras sign their own (Q57) */
  CG_TLS_STRICT, /* one that the system trusts, made out for the camera's name */
} CgTlsPolicy;

typedef enum {
  CG_REPLY_SHAPE_MIXED,
  CG_REPLY_SHAPE_FLAT, /* the 2019 cloud */
} CgReplyShape;

/* One server of the cloud, in the order in which they are tried. */
typedef struct {
  char *host;
  guint16 port;
  gboolean tls;
} CgServer;

typedef struct {
  char *did;
  char *secret; /* (nullable) */
  char *iccid;  /* (nullable) */
  char *imsi;   /* (nullable) */
} CgGatewayConfig;

typedef struct {
  GPtrArray *servers;    /* (owned) (element-type CgServer) may be empty: no cloud */
  char *username;        /* (nullable) default: the gateway's did */
  char *password;        /* (nullable) default: the gateway's secret */
  char *client_id;       /* default: camgate_<gateway did> */
  char *ca_file;         /* (nullable) */
  char *cert_file;       /* (nullable) */
  char *key_file;        /* (nullable) */
  char *publish_topic;   /* one %s */
  char *subscribe_topic; /* one %s */
  int qos;               /* -1: as PROTOCOL.md section 1 says for each kind */
  guint keep_alive_s;
  gboolean last_will;
  gboolean event_token;
  gboolean reveal_secrets;
  CgReplyShape reply_shape;
  guint reconnect_max_s;
  guint register_retry_max_s;
} CgCloudConfig;

typedef enum {
  CG_ARBITRATION_LAST,     /* who comes later moves the camera */
  CG_ARBITRATION_PRIORITY, /* who stands further in front of the list does */
} CgArbitration;

typedef struct {
  guint move_timeout_ms; /* at most 60 s */
  guint link_grace_ms;   /* a move outlives the link it came by for so long */
  guint reply_timeout_ms;
  guint goto_timeout_ms;   /* a preset that is called counts as reached after so long */
  gboolean goto_interrupt; /* start and goto need not wait for that */
  double speeds[3];        /* slow, medium, fast: fractions of the velocity range */
  CgArbitration arbitration;
  const char *priority; /* (nullable) kinds of links, the most important first, separated by ; */
} CgPtzConfig;

typedef struct {
  guint max_streams;
  guint retry_max_s;       /* longest pause between two tries */
  guint stall_timeout_ms;  /* connected, but no data (Q8) */
  guint start_timeout_ms;  /* from DESCRIBE to the first key frame */
  guint publisher_wait_ms; /* pause after "publisher exists" (Q10) */
  guint publish_grace_ms;  /* a lost camera keeps the publishing session for so long */
  guint play_lease_s;      /* 0: none */
  CgH265Policy h265;
  CgStandby standby;
  guint gop_cache_kib;   /* of a stream, for who comes into the middle of a group; 0: none */
  guint uplink_kbps;     /* all streams together may send so much; 0: no budget */
  gboolean uplink_care;  /* a stream that the line does not carry gets the camera's small picture */
  guint uplink_retry_ms; /* after so long its main picture is tried again, the first time */
} CgStreamConfig;

/* To viewers on the LAN; its keys stand in the group of the streams. */
typedef struct {
  char *url;      /* (nullable) rtsp://address:port; absent: nobody is let in */
  char *username; /* (nullable) */
  char *password; /* (nullable) */
} CgRestreamConfig;

typedef struct {
  char *interfaces; /* (nullable) names or own addresses, separated by ; */
  char *hosts;      /* (nullable) hosts and ranges, separated by ; */
  gboolean follow;  /* a lost camera to its new address (Q16) */
  guint search_after_ms;
  guint port;
} CgDiscoveryConfig;

/* This box, as the cloud sees it. */
typedef struct {
  char *location;       /* (nullable) for cg_place_parse() */
  char *power_sources;  /* (nullable) words, separated by ; */
  char *reboot_command; /* (nullable) */
  char *clock_command;  /* (nullable) */
} CgDeviceConfig;

/* New firmware for this box and its cameras. */
typedef struct {
  char *command; /* (nullable) installs what this box is given */
  guint max_mib;
  guint reserve_mib;
  char *ca_file; /* (nullable) who vouches for https servers */
} CgFirmwareConfig;

/* PROTOCOL.md section 6. */
typedef enum {
  CG_UPLOAD_REALTIME,
  CG_UPLOAD_CHANGE,
  CG_UPLOAD_TIMER,
  CG_UPLOAD_CHANGE_TIMER,
  CG_UPLOAD_NONE,
} CgUploadMode;

/* What the cloud is told unasked, and when. */
typedef struct {
  guint interval_ms;
  guint sample_interval_ms;
  CgUploadMode cpu_usage;
  CgUploadMode memory_free;
  CgUploadMode memory_usage;
  CgUploadMode storage_free;
  CgUploadMode storage_usage;
  CgUploadMode tx_bytes;
  CgUploadMode rx_bytes;
  CgUploadMode online;
  CgUploadMode error_code;
  CgUploadMode device;
  CgUploadMode connectivity;
  CgUploadMode firmware;
  CgUploadMode statistics;
} CgTelemetryConfig;

/* One camera. Equal configurations mean: nothing to restart. */
typedef struct {
  char *did;
  char *address;     /* (nullable) host, host:port or URL */
  char *username;    /* (nullable) */
  char *password;    /* (nullable) */
  char *name;        /* (nullable) */
  char *secret;      /* (nullable) */
  char *profile;     /* (nullable) token or name of the media profile to play */
  char *size;        /* (nullable) "1280x720": no larger picture than this */
  char *sub_profile; /* (nullable) token or name of the profile for a slow line */
  guint importance;  /* the least important one gets its small picture first */
  char *url;         /* (nullable) fixed RTSP address, wins over GetStreamUri */
  CgProtocol protocol;
  CgAudioPolicy audio;
  CgTransport transport;
  gboolean ptz_allowed;
  double speeds[3];          /* all 0: those of all cameras */
  char *events;              /* (nullable) words that choose topics, separated by ; */
  gboolean repair_addresses; /* hosts and ports that the camera gives are not believed (Q7) */
  CgTlsPolicy tls;
  char *tls_fingerprint; /* (nullable) SHA-256 of the only certificate that is taken */
  char *location;        /* (nullable) for cg_place_parse() */
  char *power_sources;   /* (nullable) words, separated by ; */
} CgCameraConfig;

/**
 * CgConfig:
 *
 * A checked key file (INTERFACES.md, camgated), immutable and reference-counted.
 */
typedef struct {
  CgGatewayConfig gateway;
  CgCloudConfig cloud;
  CgPtzConfig ptz;
  CgStreamConfig stream;
  CgRestreamConfig restream;
  CgDiscoveryConfig discovery;
  CgDeviceConfig device;
  CgTelemetryConfig telemetry;
  CgFirmwareConfig firmware;
  GPtrArray *cameras; /* (owned) (element-type CgCameraConfig) in the file's order */
  GHashTable *by_did; /* (owned) (element-type utf8 CgCameraConfig) the same */
  gint64 updated;     /* of what the cloud has written; 0: nothing */
} CgConfig;

CgConfig *cg_config_new (void);
CgConfig *cg_config_load (const char *path, GPtrArray *warnings, GError **error);
CgConfig *cg_config_parse (
    const char *text, gssize length, const char *name, GPtrArray *warnings, GError **error);
CgConfig *cg_config_ref (CgConfig *self);
CgConfig *cg_config_rebind (const CgConfig *self, GPtrArray *cameras, gint64 updated);
void cg_config_unref (CgConfig *self);
void cg_config_take_camera (CgConfig *self, CgCameraConfig *camera);
const CgCameraConfig *cg_config_find_camera (const CgConfig *self, const char *did);
gboolean cg_config_check_did (const char *did, GError **error);
gboolean cg_gateway_config_equal (const CgGatewayConfig *a, const CgGatewayConfig *b);
gboolean cg_cloud_config_equal (const CgCloudConfig *a, const CgCloudConfig *b);

gboolean cg_restream_config_get_place (const CgRestreamConfig *self,
                                       char **address,
                                       guint16 *port,
                                       GError **error);
gboolean cg_restream_config_settle (const CgRestreamConfig *self, GError **error);

CgCameraConfig *cg_camera_config_new (const char *did);
CgCameraConfig *cg_camera_config_copy (const CgCameraConfig *self);
void cg_camera_config_free (CgCameraConfig *self);
gboolean cg_camera_config_equal (const CgCameraConfig *a, const CgCameraConfig *b);
void
cg_camera_config_get_ptz (const CgCameraConfig *self, const CgPtzConfig *shared, CgPtzConfig *ptz);
void cg_camera_config_get_size (const CgCameraConfig *self, guint *width, guint *height);
gboolean cg_camera_config_settle (CgCameraConfig *self, const char **key, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgConfig, cg_config_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCameraConfig, cg_camera_config_free)

G_END_DECLS
