// The address at which staff see the accounts that are not asked just now.
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { findTroubledAccounts, type TroubleTools } from './find-troubled-accounts.ts';
import { circuitWire, dayWire, TroubledAccounts } from './schemas-accounts.ts';

const READ = { access: ['staff', 'service'], scope: 'operations:read', rate: 'read' } as const;

export function accountRoutes(app: App, tools: TroubleTools): void {
  const schema = {
    tags: ['Operations'],
    operationId: 'listTroubledAccounts',
    summary: 'Accounts at providers that do not answer, and hosts with little left for today',
    response: answers({ 200: TroubledAccounts }),
  };
  app.get('/api/operations/accounts', { config: READ, schema }, async ({ actor }) => {
    const { circuits, days } = await findTroubledAccounts(tools, actor.organisationId);
    return { accounts: circuits.map(circuitWire), days: days.map(dayWire) };
  });
}
