// The address of a client's number, for reminders by SMS. It can be set and erased, and is shown to nobody.
import { Type } from 'typebox';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, named } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { PhoneText } from '../platform/http/validation.ts';
import type { BookingTools } from './booking.ts';
import { Done } from './schemas-changes.ts';
import { UserParams } from './schemas.ts';
import { setPhone } from './set-phone.ts';

const PhoneBody = named(
  'Phone',
  Type.Object(
    { phone: Type.Union([PhoneText, Type.Null()], { description: 'In E.164; `null` erases it.' }) },
    { additionalProperties: false, examples: [{ phone: '+15551234567' }] },
  ),
);

export function phoneRoutes(app: App, tools: Pick<BookingTools, 'transactor' | 'clock'>): void {
  app.put(
    '/api/users/:userId/phone',
    {
      config: { access: ['client', 'staff', 'service'], scope: 'appointments:write', rate: 'booking' },
      schema: {
        tags: ['Appointments'],
        operationId: 'setPhone',
        summary: 'Set or erase the number on which a client is reminded by SMS',
        params: UserParams,
        headers: IdempotencyHeaders,
        body: PhoneBody,
        response: answers({ 200: Done }, ['not_found', 'idempotency_key_invalid', 'idempotency_key_reused'], {
          body: true,
        }),
      },
    },
    async (request) => {
      const { actor, body, params } = request;
      const asked = { subject: params.userId, phone: body.phone };
      await setPhone(tools, actor, asked, onceOf(request, actor, tools.clock));
      return { success: true as const, message: body.phone === null ? 'Number erased' : 'Number kept' };
    },
  );
}
