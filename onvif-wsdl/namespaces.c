/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prefixes the generated code writes and reads. The third column is what else is accepted on
 * the way in: SOAP 1.1 answers, and WS-Addressing of August 2005, which events use. */
#include <stdsoap2.h>

struct Namespace namespaces[] = {
    {"SOAP-ENV", "http://www.w3.org/2003/05/soap-envelope",
     "http://schemas.xmlsoap.org/soap/envelope/", NULL},
    {"SOAP-ENC", "http://www.w3.org/2003/05/soap-encoding",
     "http://schemas.xmlsoap.org/soap/encoding/", NULL},
    {"xsi", "http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/*/XMLSchema-instance",
     NULL},
    {"xsd", "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/*/XMLSchema", NULL},
    {"wsse", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
     NULL, NULL},
    {"wsu", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
     NULL, NULL},
    {"tt", "http://www.onvif.org/ver10/schema", NULL, NULL},
    {"tds", "http://www.onvif.org/ver10/device/wsdl", NULL, NULL},
    {"trt", "http://www.onvif.org/ver10/media/wsdl", NULL, NULL},
    {"tr2", "http://www.onvif.org/ver20/media/wsdl", NULL, NULL},
    {"tptz", "http://www.onvif.org/ver20/ptz/wsdl", NULL, NULL},
    {"tev", "http://www.onvif.org/ver10/events/wsdl", NULL, NULL},
    {"wsnt", "http://docs.oasis-open.org/wsn/b-2", NULL, NULL},
    {"wsa", "http://schemas.xmlsoap.org/ws/2004/08/addressing",
     "http://www.w3.org/2005/08/addressing", NULL},
    {"wsdd", "http://schemas.xmlsoap.org/ws/2005/04/discovery", NULL, NULL},
    {"dn", "http://www.onvif.org/ver10/network/wsdl", NULL, NULL},
    {"ter", "http://www.onvif.org/ver10/error", NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
