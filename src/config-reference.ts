// The settings as a table for people, from the same list the reader takes its defaults from.
import { SETTING_GROUPS, type Setting, type SettingGroup } from './config-table.ts';

const BEGIN = '<!-- settings: written by npm run settings -->';
const END = '<!-- settings: end -->';

/** The text of a document with its table of settings, between the two marks, as it must be now. */
export function settingsReference(text: string): string {
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`There is no place for settings: ${BEGIN} ... ${END}`);
  const groups: readonly SettingGroup[] = SETTING_GROUPS;
  return `${before}${BEGIN}\n\n${groups.map(tableOf).join('\n')}\n${END}${after}`;
}

function tableOf({ title, settings }: SettingGroup): string {
  return `### ${title}\n\n| Setting | When unset | What it means |\n|---|---|---|\n${settings.map(rowOf).join('')}`;
}

function rowOf(setting: Setting): string {
  const unset = setting.default === '' ? '' : `\`${setting.default}\``;
  const marks = [
    ...(setting.secret ? ['Secret.'] : []),
    ...(setting.fallback === undefined ? [] : [`Read from \`${setting.fallback}\` too, with a warning.`]),
  ];
  const meaning = [setting.meaning, ...marks].join(' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return `| \`${setting.name}\` | ${unset} | ${meaning} |\n`;
}
