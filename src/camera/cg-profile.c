/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-profile.h"

#include "cg-main.h"
#include "cg-state-file.h"

/* Longer than any version or address; what is longer came from no camera. */
#define MAX_TEXT 500

struct _CgProfile {
  CgStateFile *file; /* (owned) */
  char *did;
  CgOnvifLearnt *learnt;
  JsonNode *ptz; /* (owned) (nullable) what its moves have taught */
};

/* The member that holds it: CgMotion knows what is in it. */
#define PTZ "ptz"

typedef enum {
  MEMBER_TEXT, /* char *; absent: NULL */
  MEMBER_WORD, /* an enum by its words */
  MEMBER_FLAG, /* gboolean */
  MEMBER_MS,   /* gint64; seconds in the file */
} MemberType;

typedef struct {
  const char *name;
  MemberType type;
  gsize offset;
  int n_words;
  const char *(*get_word) (int value);
} Member;

static const char *
get_login_word (int value)
{
  return cg_onvif_login_get_word ((CgOnvifLogin)value);
}

static const char *
get_clock_word (int value)
{
  return cg_onvif_clock_mode_get_word ((CgOnvifClockMode)value);
}

static const char *
get_stop_word (int value)
{
  return cg_onvif_stop_form_get_word ((CgOnvifStopForm)value);
}

static const char *
get_media_word (int value)
{
  return cg_onvif_media_known_get_word ((CgOnvifMediaKnown)value);
}

/* The words of the configuration. */
static const char *
get_transport_word (int value)
{
  static const char *const words[] = {"auto", "tcp", "udp"};

  return words[value];
}

#define LEARNT(member) G_STRUCT_OFFSET (CgOnvifLearnt, member)

static const Member members[] = {
    {"firmware", MEMBER_TEXT, LEARNT (firmware)},
    {"address", MEMBER_TEXT, LEARNT (address)},
    {"login", MEMBER_WORD, LEARNT (login), CG_ONVIF_N_LOGINS, get_login_word},
    {"digest", MEMBER_TEXT, LEARNT (digest)},
    {"clock", MEMBER_WORD, LEARNT (clock_mode), CG_ONVIF_N_CLOCK_MODES, get_clock_word},
    {"clock-offset", MEMBER_MS, LEARNT (clock_offset_ms)},
    {"refuses-timeout", MEMBER_FLAG, LEARNT (refuses_timeout)},
    {"stop", MEMBER_WORD, LEARNT (stop_form), CG_ONVIF_N_STOP_FORMS, get_stop_word},
    {"media", MEMBER_WORD, LEARNT (media), CG_ONVIF_N_MEDIA_KNOWN, get_media_word},
    {"transport", MEMBER_WORD, LEARNT (transport), CG_TRANSPORT_UDP + 1, get_transport_word},
    {"soap11", MEMBER_FLAG, LEARNT (soap11)},
    {"reserved-presets", MEMBER_TEXT, LEARNT (reserved_presets)},
    {"certificate", MEMBER_TEXT, LEARNT (certificate)},
};

static const Member *
find_member (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++) {
    if (g_str_equal (members[i].name, name))
      return &members[i];
  }
  return NULL;
}

static gboolean
read_text (JsonNode *node, char **field)
{
  const char *text =
      json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;

  if (text == NULL || *text == '\0' || strlen (text) > MAX_TEXT)
    return FALSE;
  g_free (*field);
  *field = g_strdup (text);
  return TRUE;
}

static gboolean
read_word (JsonNode *node, const Member *member, int *field)
{
  const char *word =
      json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";

  for (int i = 0; i < member->n_words; i++) {
    if (!g_str_equal (member->get_word (i), word))
      continue;
    *field = i;
    return TRUE;
  }
  return FALSE;
}

static gboolean
read_flag (JsonNode *node, gboolean *field)
{
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *field = json_node_get_boolean (node);
  return TRUE;
}

/* A clock that is off by more than a century is none. */
static gboolean
read_ms (JsonNode *node, gint64 *field)
{
  const GType type = json_node_get_value_type (node);
  const double seconds =
      type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : 1e12;

  if (!(ABS (seconds) < 4e9))
    return FALSE;
  *field = (gint64)(seconds * 1000);
  return TRUE;
}

static gboolean
read_member (JsonNode *node, const Member *member, CgOnvifLearnt *learnt)
{
  gpointer field = G_STRUCT_MEMBER_P (learnt, member->offset);

  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  switch (member->type) {
  case MEMBER_TEXT:
    return read_text (node, field);
  case MEMBER_WORD:
    return read_word (node, member, field);
  case MEMBER_FLAG:
    return read_flag (node, field);
  case MEMBER_MS:
    return read_ms (node, field);
  }
  g_return_val_if_reached (FALSE);
}

/**
 * cg_profile_read:
 * @node: (nullable): what a state file holds
 * @did: of the camera, for warnings
 *
 * Takes what makes sense of it.
 *
 * Returns: (transfer full): what was learnt
 */
CgOnvifLearnt *
cg_profile_read (JsonNode *node, const char *did)
{
  CgOnvifLearnt *learnt = cg_onvif_learnt_new ();
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (node == NULL)
    return learnt;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    g_warning ("%s: what was learnt is no JSON object: ignored", did);
    return learnt;
  }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value)) {
    const Member *member = find_member (name);

    if (g_str_equal (name, PTZ))
      continue;
    if (member == NULL)
      g_warning ("%s: what was learnt has an unknown member %s: ignored", did, name);
    else if (!read_member (value, member, learnt))
      g_warning ("%s: what was learnt has a faulty %s: ignored", did, name);
  }
  return learnt;
}

static void
write_member (JsonObject *object, const Member *member, const CgOnvifLearnt *learnt)
{
  gconstpointer field = (const guint8 *)learnt + member->offset;

  switch (member->type) {
  case MEMBER_TEXT:
    if (*(char *const *)field != NULL)
      json_object_set_string_member (object, member->name, *(char *const *)field);
    break;
  case MEMBER_WORD:
    json_object_set_string_member (object, member->name, member->get_word (*(const int *)field));
    break;
  case MEMBER_FLAG:
    json_object_set_boolean_member (object, member->name, *(const gboolean *)field);
    break;
  case MEMBER_MS:
    json_object_set_double_member (object, member->name, *(const gint64 *)field / 1000.0);
    break;
  }
}

/**
 * cg_profile_write:
 * @learnt: what was learnt
 *
 * Returns: (transfer full): for a state file; without any secret
 */
JsonNode *
cg_profile_write (const CgOnvifLearnt *learnt)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonObject) object = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    write_member (object, &members[i], learnt);
  json_node_set_object (node, object);
  return node;
}

static CgOnvifLearnt *
load (CgProfile *self)
{
  g_autoptr (JsonNode) node = cg_state_file_load (self->file);

  if (node != NULL)
    self->ptz = json_object_dup_member (json_node_get_object (node), PTZ);
  return cg_profile_read (node, self->did);
}

/**
 * cg_profile_new:
 * @store: (nullable): where it is kept
 * @did: of the camera
 *
 * Returns: (transfer full): what is stored of the camera; nothing, for a new one
 */
CgProfile *
cg_profile_new (CgStore *store, const char *did)
{
  CgProfile *self = g_new0 (CgProfile, 1);

  self->file = cg_state_file_new (store, "camera", did, "what was learnt");
  self->did = g_strdup (did);
  self->learnt = load (self);
  return self;
}

/**
 * cg_profile_free:
 * @self: (transfer full) (nullable): a profile; what is being saved goes on
 */
void
cg_profile_free (CgProfile *self)
{
  if (self == NULL)
    return;
  cg_state_file_free (self->file);
  cg_onvif_learnt_free (self->learnt);
  g_clear_pointer (&self->ptz, json_node_unref);
  g_free (self->did);
  g_free (self);
}

/**
 * cg_profile_get_learnt:
 * @self: a profile
 *
 * Returns: (transfer none): what is known
 */
const CgOnvifLearnt *
cg_profile_get_learnt (const CgProfile *self)
{
  return self->learnt;
}

static void
save (CgProfile *self)
{
  g_autoptr (JsonNode) node = cg_profile_write (self->learnt);

  if (self->ptz != NULL)
    json_object_set_member (json_node_get_object (node), PTZ, json_node_copy (self->ptz));
  cg_state_file_save (self->file, node);
}

/* Takes @learnt over, and stores it if anything is new. */
static void
replace (CgProfile *self, CgOnvifLearnt *learnt)
{
  g_autoptr (CgOnvifLearnt) before = self->learnt;

  self->learnt = learnt;
  if (!cg_onvif_learnt_equal (before, learnt))
    save (self);
}

/* What no contact brings, but moves and streams, is kept as long as the firmware is the same. */
static void
keep_habits (CgOnvifLearnt *learnt, const CgOnvifLearnt *before)
{
  if (before->firmware != NULL && g_strcmp0 (before->firmware, learnt->firmware) != 0)
    return;
  if (before->stop_form != CG_ONVIF_STOP_UNKNOWN)
    learnt->stop_form = before->stop_form;
  if (before->transport != CG_TRANSPORT_AUTO)
    learnt->transport = before->transport;
  learnt->refuses_timeout |= before->refuses_timeout;
  if (learnt->reserved_presets == NULL)
    learnt->reserved_presets = g_strdup (before->reserved_presets);
}

/**
 * cg_profile_note:
 * @self: a profile
 * @learnt: what a contact has brought
 *
 * Stores it if anything is new. Another firmware version ends what moves and streams have taught.
 * Another certificate than last time is worth a warning: it may be another camera (Q57).
 */
void
cg_profile_note (CgProfile *self, const CgOnvifLearnt *learnt)
{
  const CgOnvifLearnt *before = self->learnt;
  g_autoptr (CgOnvifLearnt) now = cg_onvif_learnt_copy (learnt);

  CG_ON_MAIN ();
  keep_habits (now, before);
  if (cg_onvif_learnt_equal (before, now))
    return;
  if (before->certificate != NULL && learnt->certificate != NULL &&
      !g_str_equal (before->certificate, learnt->certificate))
    g_warning ("%s: the camera shows another certificate than before: its SHA-256 is %s", self->did,
               learnt->certificate);
  if (before->firmware != NULL && g_strcmp0 (before->firmware, now->firmware) != 0)
    g_clear_pointer (&self->ptz, json_node_unref);
  replace (self, g_steal_pointer (&now));
}

/**
 * cg_profile_note_moves:
 * @self: a profile
 * @stop_form: the form of stop that has worked (Q1, Q33)
 * @refuses_timeout: whether moves are asked for without Timeout (Q33)
 *
 * Stores what moves have taught.
 */
void
cg_profile_note_moves (CgProfile *self, CgOnvifStopForm stop_form, gboolean refuses_timeout)
{
  CgOnvifLearnt *now = cg_onvif_learnt_copy (self->learnt);

  CG_ON_MAIN ();
  now->stop_form = stop_form;
  now->refuses_timeout = refuses_timeout;
  replace (self, now);
}

/**
 * cg_profile_get_ptz:
 * @self: a profile
 *
 * Returns: (transfer none) (nullable): what its moves have taught, for cg_motion_set_learnt()
 */
JsonNode *
cg_profile_get_ptz (const CgProfile *self)
{
  return self->ptz;
}

/**
 * cg_profile_note_ptz:
 * @self: a profile
 * @ptz: (transfer full): from cg_motion_get_learnt(): something in it is new
 *
 * Stores it.
 */
void
cg_profile_note_ptz (CgProfile *self, JsonNode *ptz)
{
  CG_ON_MAIN ();
  g_clear_pointer (&self->ptz, json_node_unref);
  self->ptz = ptz;
  save (self);
}

/**
 * cg_profile_note_transport:
 * @self: a profile
 * @transport: by which pictures have come (Q18)
 *
 * Stores what a stream has taught.
 */
void
cg_profile_note_transport (CgProfile *self, CgTransport transport)
{
  CgOnvifLearnt *now = cg_onvif_learnt_copy (self->learnt);

  CG_ON_MAIN ();
  now->transport = transport;
  replace (self, now);
}

/**
 * cg_profile_note_reserved:
 * @self: a profile
 * @reserved: (nullable): slots of presets that the camera keeps for itself (Q32)
 *
 * Stores what presets have taught.
 */
void
cg_profile_note_reserved (CgProfile *self, const char *reserved)
{
  CgOnvifLearnt *now = cg_onvif_learnt_copy (self->learnt);

  CG_ON_MAIN ();
  g_free (now->reserved_presets);
  now->reserved_presets = g_strdup (reserved);
  replace (self, now);
}
