/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Input of soapcpp2: the types and operations wsdl2h read out of the descriptions, and the one SOAP
 * header they share. Security goes with device, media and PTZ calls; the wsa members go with
 * WS-Discovery only: cameras refuse Stop when they see them elsewhere (Q2). */
#import "onvif.h"

struct SOAP_ENV__Header {
  mustUnderstand struct wsse__SecurityHeaderType *wsse__Security 0;
  char *wsa__MessageID 0;
  char *wsa__RelatesTo 0;
  struct wsa__EndpointReferenceType *wsa__ReplyTo 0;
  char *wsa__To 0;
  char *wsa__Action 0;
};
