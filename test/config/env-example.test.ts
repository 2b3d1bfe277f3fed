// `.env.example` is written from the table of settings: run vitest with -u after a change to the table.
import { expect, test } from 'vitest';
import { SETTING_GROUPS, type Setting, type SettingGroup } from '../../src/config-table.ts';

const HEAD = `# Every setting of Slotkeeper, as it is when you set nothing. Copy to .env and keep only what you change.
# Values are secrets where it says so: they belong on the server, never into a page (no VITE_ names).
`;

function line(setting: Setting): string {
  return `# ${setting.secret ? '(secret) ' : ''}${setting.meaning}\n# ${setting.name}=${setting.default}\n`;
}

test('the example environment names every setting, its meaning and its default', async () => {
  const groups: readonly SettingGroup[] = SETTING_GROUPS;
  const text = groups.map((group) => `# --- ${group.title}\n\n${group.settings.map(line).join('\n')}`);
  await expect([HEAD, ...text].join('\n')).toMatchFileSnapshot('../../.env.example');
});
