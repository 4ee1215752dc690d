/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-commands.h"

#include <string.h>

#include "cg-ctl-help.h"
#include "cg-nearest.h"

#define MANY_WORDS 64 /* members of a message that a person would type */

#define FIND "Find and look"
#define LISTS "Many cameras at once"
#define PICTURE "Picture"
#define MOVE "Move"
#define SERVICES "Services of a camera, or of the gateway"
#define TALK "Messages"

#define SERVICE_USAGE "DID METHOD [MEMBER=VALUE]..."
#define SERVICE_HELP                                                                               \
  "The method's members follow as NAME=VALUE, or all in one JSON object: a number stays a "        \
  "number, true and false are what they are, {...} and [...] are JSON, all else is a text, and "   \
  "so are dids, names, versions, addresses and logins. DID \"gateway\" is the bridge itself."

/* One that needs camgated and has methods and members as the contract says. */
#define SERVICE(service, what_it_is, example)                                                      \
  {                                                                                                \
    .name = service, .group = SERVICES, .usage = SERVICE_USAGE, .summary = what_it_is,             \
    .help = SERVICE_HELP, .examples = example, .needs = CG_CTL_NEEDS_DAEMON, .takes_did = TRUE,    \
    .min_words = 1, .max_words = MANY_WORDS, .run = cg_cmd_device,                                 \
  }

static const CgCtlCommand commands[] = {
    {
        .name = "discover",
        .group = FIND,
        .usage = "[OPTIONS]\n"
                 "--probe-all [--user NAME] [--no-move] [--csv]",
        .summary = "Look for cameras on the network",
        .help =
            "Asks by WS-Discovery on every network interface and lists who answers. If camgated "
            "runs on this machine, BOUND is the DID under which it knows the camera.\n\n"
            "With --probe-all each is looked at as \"probe\" does, eight at a time, with the same "
            "login, which all that answer get to see: moved a little and brought back too, unless "
            "--no-move is given. What is not well is printed with what to do; --csv prints a table "
            "of everything, a camera a line.",
        .examples = "camgatectl discover\n"
                    "camgatectl discover --interface eth0 --timeout 10\n"
                    "camgatectl discover --host 10.1.2.3 --range 10.1.3.20-40\n"
                    "camgatectl discover --probe-all --user admin --csv >site.csv",
        .flags = CG_CTL_FLAG_INTERFACE | CG_CTL_FLAG_HOST | CG_CTL_FLAG_PORT | CG_CTL_FLAGS_DAEMON |
                 CG_CTL_FLAGS_LOGIN | CG_CTL_FLAG_PROBE_ALL | CG_CTL_FLAG_NO_MOVE | CG_CTL_FLAG_CSV,
        .needs = CG_CTL_NEEDS_NOTHING,
        .run = cg_cmd_discover,
    },
    {
        .name = "probe",
        .group = FIND,
        .usage = "HOST[:PORT] [--user NAME] [--no-move]\n"
                 "rtsp://HOST/PATH [--user NAME]",
        .summary = "Say what a camera is, and whether the bridge will work with it",
        .help =
            "Talks straight to the camera and needs no camgated. Each line is ok, a warning or a "
            "fail, and says what to do about it. The picture is measured from the stream, whatever "
            "the camera tells of it; that takes some seconds.\n\n"
            "The camera is moved a little, stopped, and brought back; --no-move leaves it "
            "alone.\n\n"
            "HOST/2 is the second channel of a recorder; an rtsp:// address is a camera without "
            "ONVIF, of which only the stream is looked at.\n\n"
            "Status: 0 the bridge will work with it, 1 something failed, 4 no camera answers.",
        .examples = "camgatectl probe 192.168.1.64 --user admin\n"
                    "camgatectl probe 192.168.1.64:8899 --user admin --no-move --json",
        .flags = CG_CTL_FLAGS_LOGIN | CG_CTL_FLAG_TIMEOUT | CG_CTL_FLAG_NO_MOVE,
        .needs = CG_CTL_NEEDS_NOTHING,
        .min_words = 1,
        .max_words = 1,
        .run = cg_cmd_probe,
    },
    {
        .name = "cameras",
        .group = FIND,
        .usage = "",
        .summary = "List the cameras that are bound here",
        .help = "CONTACT is yes, or why there is none; STREAM is what becomes of the picture.",
        .needs = CG_CTL_NEEDS_DAEMON,
        .run = cg_cmd_cameras,
    },
    {
        .name = "show",
        .group = FIND,
        .usage = "DID",
        .summary = "Show all that is known of one camera",
        .examples = "camgatectl show 001122334455\n"
                    "camgatectl show 001122334455 --json",
        .needs = CG_CTL_NEEDS_DAEMON,
        .takes_did = TRUE,
        .run = cg_cmd_show,
    },
    {
        .name = "status",
        .group = FIND,
        .usage = "",
        .summary = "Show how camgated is, and whether the cloud is there",
        .needs = CG_CTL_NEEDS_DAEMON,
        .run = cg_cmd_status,
    },
    {
        .name = "import",
        .group = LISTS,
        .usage = "FILE [--dry-run [--no-move] [--csv]]",
        .summary = "Bind all cameras of a list",
        .help =
            "FILE is a table (CSV, separated by commas, semicolons or tabs, UTF-8) or JSON, \"-\" "
            "reads it from standard input; \"export\" writes such files. Columns: gateway, did, "
            "name, protocol, address, username, password, secret, url, profile; json:MEMBER holds "
            "any other member. Only did must be there: an empty cell, and stars, leave what is "
            "stored. Rows of other gateways are skipped, so that one list does for hundreds of "
            "boxes; an empty gateway means this one. Cameras that are not in the list stay as "
            "they are.\n\n"
            "Nothing is written unless the whole list is good; the first fault is told with line "
            "and column. With --dry-run nothing is written at all: each camera is looked at as "
            "\"probe\" does, and the acceptance table is printed.",
        .examples = "camgatectl import site.csv --dry-run\n"
                    "camgatectl import site.csv",
        .flags = CG_CTL_FLAG_DRY_RUN | CG_CTL_FLAG_NO_MOVE | CG_CTL_FLAG_CSV,
        .needs = CG_CTL_NEEDS_DAEMON,
        .min_words = 1,
        .max_words = 1,
        .run = cg_cmd_import,
    },
    {
        .name = "export",
        .group = LISTS,
        .usage = "[FILE] [--with-passwords]",
        .summary = "Write a list of all cameras that are bound",
        .help =
            "A table, or JSON where FILE ends with .json or --json is given; without FILE it is "
            "printed. Passwords are stars, which \"import\" leaves as they are stored. "
            "FILE has mode 0600. --with-passwords writes them into it; camgated shows them to root "
            "and to the user that it runs as.",
        .examples = "camgatectl export site.csv\n"
                    "sudo camgatectl export backup.json --with-passwords",
        .flags = CG_CTL_FLAG_WITH_PASSWORDS,
        .needs = CG_CTL_NEEDS_DAEMON,
        .max_words = 1,
        .run = cg_cmd_export,
    },
    {
        .name = "play",
        .group = PICTURE,
        .usage = "DID URL [--wait]",
        .summary = "Send a camera's picture to a media server",
        .help =
            "URL is rtmp://HOST/PATH or rtmps://HOST/PATH. Without --wait the command ends as soon "
            "as camgated has accepted it; with --wait when the picture is there, or cannot be.",
        .examples = "camgatectl play 001122334455 rtmp://media.example.com/live/gate --wait",
        .flags = CG_CTL_FLAG_WAIT,
        .needs = CG_CTL_NEEDS_DAEMON,
        .takes_did = TRUE,
        .min_words = 1,
        .max_words = 1,
        .run = cg_cmd_play,
    },
    {
        .name = "stop",
        .group = PICTURE,
        .usage = "DID",
        .summary = "End a camera's picture (ptz DID stop ends its move)",
        .needs = CG_CTL_NEEDS_DAEMON,
        .takes_did = TRUE,
        .run = cg_cmd_stop,
    },
    {
        .name = "snapshot",
        .group = PICTURE,
        .usage = "DID [-o FILE | FILE]",
        .summary = "Write what a camera sees into a JPEG file",
        .help = "FILE is DID.jpg unless it is given; - is the standard output. The picture is the "
                "last key frame of a stream that runs; else the camera is asked for one, at most "
                "once a second.",
        .examples = "camgatectl snapshot 001122334455 -o gate.jpg",
        .flags = CG_CTL_FLAG_OUTPUT,
        .needs = CG_CTL_NEEDS_DAEMON,
        .takes_did = TRUE,
        .max_words = 1,
        .run = cg_cmd_snapshot,
    },
    {
        .name = "ptz",
        .group = MOVE,
        .usage = "DID DIRECTION [--speed SPEED] [--for SECONDS]\n"
                 "DID stop\n"
                 "DID keys\n"
                 "DID status",
        .summary = "Move a camera, stop it, steer it with the keyboard, see where it stands",
        .help =
            "DIRECTION is up, down, left, right, up-left, down-left, up-right, down-right, zoom-in "
            "or zoom-out.\n\n"
            "With --for the camera moves for so long and is stopped; Ctrl-C stops it at once. "
            "Without, it stops by itself after a moment; with --camera after one second.\n\n"
            "\"keys\" makes the keyboard a joystick: hold an arrow key to move, let go to stop.\n\n"
            "\"status\" tells position, limits, who moves it for how long, the preset it stands at "
            "or "
            "goes to, and what was learnt of how it moves; with --camera what it tells itself.",
        .examples = "camgatectl ptz 001122334455 left --for 2\n"
                    "camgatectl ptz 001122334455 keys\n"
                    "camgatectl ptz --camera 192.168.1.64 --user admin up --speed slow",
        .flags = CG_CTL_FLAGS_CAMERA | CG_CTL_FLAG_SPEED | CG_CTL_FLAG_FOR,
        .needs = CG_CTL_NEEDS_EITHER,
        .takes_did = TRUE,
        .min_words = 1,
        .max_words = 1,
        .run = cg_cmd_ptz,
    },
    {
        .name = "preset",
        .group = MOVE,
        .usage = "DID list\n"
                 "DID set N [NAME]\n"
                 "DID goto N\n"
                 "DID remove N",
        .summary = "List, set, call and remove remembered places",
        .help = "N is a number from 1 to 128. \"set\" remembers where the camera looks now.",
        .examples = "camgatectl preset 001122334455 set 1 gate\n"
                    "camgatectl preset 001122334455 goto 1\n"
                    "camgatectl preset --camera 192.168.1.64 --user admin list",
        .flags = CG_CTL_FLAGS_CAMERA,
        .needs = CG_CTL_NEEDS_EITHER,
        .takes_did = TRUE,
        .min_words = 1,
        .max_words = 3,
        .run = cg_cmd_preset,
    },
    {
        .name = "device",
        .group = SERVICES,
        .usage = SERVICE_USAGE,
        .summary = "Maker, model and clock; reboot",
        .help = SERVICE_HELP,
        .examples = "camgatectl device 001122334455 read\n"
                    "camgatectl device 001122334455 reboot delay=5\n"
                    "camgatectl device --camera 192.168.1.64 --user admin read",
        .flags = CG_CTL_FLAGS_CAMERA,
        .needs = CG_CTL_NEEDS_EITHER,
        .takes_did = TRUE,
        .min_words = 1,
        .max_words = MANY_WORDS,
        .run = cg_cmd_device,
    },
    SERVICE (
        "connectivity", "Addresses and reachability", "camgatectl connectivity 001122334455 read"),
    SERVICE ("firmware", "Firmware version and update", "camgatectl firmware 001122334455 read"),
    SERVICE ("location", "Where it hangs on earth", "camgatectl location 001122334455 read"),
    SERVICE (
        "statistics", "Counters of traffic and streams", "camgatectl statistics 001122334455 read"),
    SERVICE ("config", "Stored configuration", "camgatectl config gateway read"),
    SERVICE ("peripheral",
             "The gateway's configuration of one camera",
             "camgatectl peripheral gateway read did=@all config={}"),
    {
        .name = "send",
        .group = TALK,
        .usage = "DID JSON",
        .summary = "Send any action as JSON",
        .help = "JSON is what stands under \"data\" in a message of the cloud; a whole message is "
                "taken too. Each service in it is answered by a reply of its own.",
        .examples = "camgatectl send 001122334455 '{\"ptz\":{\"stop\":{}}}'\n"
                    "camgatectl send gateway '{\"status\":{}}' --json",
        .flags = CG_CTL_FLAGS_CAMERA,
        .needs = CG_CTL_NEEDS_EITHER,
        .takes_did = TRUE,
        .min_words = 1,
        .max_words = 1,
        .run = cg_cmd_send,
    },
    {
        .name = "monitor",
        .group = TALK,
        .usage = "[DID]",
        .summary = "Watch the messages through all doors; Ctrl-C ends it",
        .help =
            "One line a message: time, door, direction, DID, kind, content. -> comes in, <- goes "
            "out. Secrets are hidden.",
        .examples = "camgatectl monitor\n"
                    "camgatectl monitor 001122334455 --json >messages.log",
        .needs = CG_CTL_NEEDS_DAEMON,
        .max_words = 1,
        .run = cg_cmd_monitor,
    },
    {
        .name = "explain",
        .group = TALK,
        .usage = "[CODE | WORD]",
        .summary = "Say what a code or a reason means, and what to do",
        .help = "WORD is the reason of an error or of a stream that does not play, or the state of "
                "a stream, as show and monitor tell them. Without either, all codes are listed.",
        .examples = "camgatectl explain 60004\n"
                    "camgatectl explain no-key-frame\n"
                    "camgatectl explain",
        .needs = CG_CTL_NEEDS_NOTHING,
        .max_words = 1,
        .run = cg_cmd_explain,
    },
    {
        .name = "help",
        .group = TALK,
        .usage = "[COMMAND]",
        .summary = "Show this help, or that of a command",
        .needs = CG_CTL_NEEDS_NOTHING,
        .max_words = 1,
        .run = cg_cmd_help,
    },
};

/**
 * cg_ctl_commands_get:
 * @n_commands: (out): how many there are
 *
 * Returns: (transfer none): all commands, in the order in which help lists them
 */
const CgCtlCommand *
cg_ctl_commands_get (gsize *n_commands)
{
  *n_commands = G_N_ELEMENTS (commands);
  return commands;
}

/**
 * cg_ctl_commands_find:
 * @name: what was typed
 *
 * Returns: (transfer none) (nullable): the command of that name
 */
const CgCtlCommand *
cg_ctl_commands_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];
  }
  return NULL;
}

/**
 * cg_ctl_commands_get_nearest:
 * @name: what was typed
 *
 * Returns: (nullable): the name that was probably meant
 */
const char *
cg_ctl_commands_get_nearest (const char *name)
{
  const char *names[G_N_ELEMENTS (commands)];

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    names[i] = commands[i].name;
  return cg_nearest_find (name, names, G_N_ELEMENTS (names));
}

/**
 * cg_cmd_help:
 * @self: a run
 *
 * The help of the program, or of the command that is named.
 *
 * Returns: %FALSE with error if there is no such command
 */
gboolean
cg_cmd_help (CgCtl *self, GError **error)
{
  const CgCtlCommand *command;

  if (self->n_words == 0) {
    cg_ctl_help_print_program (&self->screen);
    return TRUE;
  }
  command = cg_ctl_commands_find (self->words[0]);
  if (command == NULL)
    return cg_ctl_fail_usage (self, error, "there is no command %s", self->words[0]);
  cg_ctl_help_print_command (command, &self->screen);
  return TRUE;
}
