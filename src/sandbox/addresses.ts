// Where each emulated provider answers under the sandbox's one address. Each mirrors a real base address, so that the
// client code differs in nothing but configuration.

export type SandboxAddresses = {
  /** mirrors https://api.zoom.us/v2 */
  readonly zoomApiUrl: string;
  /** mirrors https://zoom.us/oauth */
  readonly zoomOAuthUrl: string;
  /** mirrors https://www.googleapis.com/calendar/v3 */
  readonly googleApiUrl: string;
  /** mirrors https://accounts.google.com */
  readonly googleAccountsUrl: string;
  /** mirrors https://oauth2.googleapis.com */
  readonly googleOAuthUrl: string;
  /** mirrors https://meet.googleapis.com/v2 */
  readonly googleMeetUrl: string;
  /** mirrors https://graph.microsoft.com/v1.0 */
  readonly msGraphUrl: string;
  /** mirrors https://login.microsoftonline.com */
  readonly msLoginUrl: string;
  /** mirror https://api.resend.com, https://api.postmarkapp.com and https://api.sendgrid.com/v3 */
  readonly mailApiUrls: { readonly resend: string; readonly postmark: string; readonly sendgrid: string };
  /** mirrors https://api.twilio.com */
  readonly twilioApiUrl: string;
};

export function sandboxAddresses(baseUrl: string): SandboxAddresses {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    zoomApiUrl: `${base}/zoom/v2`,
    zoomOAuthUrl: `${base}/zoom/oauth`,
    googleApiUrl: `${base}/google/calendar/v3`,
    googleAccountsUrl: `${base}/google/accounts`,
    googleOAuthUrl: `${base}/google/oauth`,
    googleMeetUrl: `${base}/google/meet-api/v2`,
    msGraphUrl: `${base}/microsoft/graph/v1.0`,
    msLoginUrl: `${base}/microsoft/login`,
    mailApiUrls: { resend: `${base}/resend`, postmark: `${base}/postmark`, sendgrid: `${base}/sendgrid/v3` },
    twilioApiUrl: `${base}/twilio`,
  };
}
