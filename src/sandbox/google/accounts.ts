// Whose a call to Google is: the calendar in its path, or whoever its token or assertion speaks for.
import { unpacked, type Call, type World } from '../endpoint.ts';
import { SANDBOX_CREDENTIALS } from '../credentials.ts';

export function accountsOf(world: World, call: Call): readonly string[] {
  return [addressOf(world, call)].filter((address) => address !== undefined);
}

function addressOf(world: World, call: Call): string | undefined {
  const calendar = call.params['calendarId']?.toLowerCase();
  if (calendar !== undefined && calendar !== 'primary') return calendar;
  const token = world.tokens.check('google', call.headers.authorization);
  if (typeof token === 'object') return token.subject === '' ? SANDBOX_CREDENTIALS.google.clientEmail : token.subject;
  return behindForm(world, new URLSearchParams(call.body));
}

function behindForm(world: World, form: URLSearchParams): string | undefined {
  const [, claims = ''] = (form.get('assertion') ?? '').split('.');
  const subject = unpacked(claims)?.['sub'];
  if (typeof subject === 'string') return subject.toLowerCase();
  const refreshToken = form.get('refresh_token');
  const { google } = SANDBOX_CREDENTIALS;
  if (refreshToken === google.refreshToken) return google.refreshSubject;
  return world.grants.addressBehind('google', { code: form.get('code'), refreshToken });
}
