/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Returns: (transfer full): one for localhost, signed by itself: nobody trusts it */
GTlsCertificate *media_certificate_new (void);
/* Returns: (transfer full): the path of a new file with it */
char *media_certificate_save (void);
/* From here on the whole process trusts what is in this file, and looks into it when it likes.
 * @path: (nullable): nobody is trusted */
void media_certificate_trust (const char *path);

G_END_DECLS
