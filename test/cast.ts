// The people of the tests: who they are, and what their tokens say. Two organisations, so that every rule of ownership has
// somebody on the other side of the wall.
import type { TokenClaims } from '../src/identity/token.ts';

/** A client as the contract's example has him. */
export const JOHN = { userId: 'user-uuid', userEmail: 'user@example.com', userName: 'John Doe' } as const;
/** A second client of the same practice. */
export const ADA = { userId: 'ada', userEmail: 'ada@example.com', userName: 'Ada Lovelace' } as const;

export const SARAH = {
  practitionerId: 123,
  practitionerName: 'Dr. Sarah Johnson',
  email: 'practitioner@example.com',
} as const;
export const MICHAEL = {
  practitionerId: 789,
  practitionerName: 'Dr. Michael Lee',
  email: 'michael.lee@example.com',
} as const;

export const CAST = [
  'john',
  'ada',
  'sarah',
  'michael',
  'staff',
  'service',
  'foreignStaff',
  'foreignService',
  'foreignJohn',
  'foreignSarah',
] as const;
/** null asks without a token. */
export type Who = (typeof CAST)[number] | null;

/** What each of the cast's tokens says. The foreign ones bear the same names in another organisation. */
export function claimsOf(
  who: NonNullable<Who>,
  organisations: { readonly own: number; readonly other: number },
): TokenClaims {
  const { own, other } = organisations;
  const claims = {
    john: { role: 'client', subject: JOHN.userId, email: JOHN.userEmail, organisationId: own },
    ada: { role: 'client', subject: ADA.userId, email: ADA.userEmail, organisationId: own },
    sarah: { role: 'practitioner', subject: 'sarah', practitionerId: SARAH.practitionerId, organisationId: own },
    michael: { role: 'practitioner', subject: 'michael', practitionerId: MICHAEL.practitionerId, organisationId: own },
    staff: { role: 'staff', subject: 'desk', organisationId: own },
    service: { role: 'service', subject: 'platform', organisationId: own },
    foreignStaff: { role: 'staff', subject: 'desk', organisationId: other },
    foreignService: { role: 'service', subject: 'platform', organisationId: other },
    foreignJohn: { role: 'client', subject: JOHN.userId, email: JOHN.userEmail, organisationId: other },
    foreignSarah: {
      role: 'practitioner',
      subject: 'sarah',
      practitionerId: SARAH.practitionerId,
      organisationId: other,
    },
  } as const satisfies Record<NonNullable<Who>, TokenClaims>;
  return claims[who];
}
