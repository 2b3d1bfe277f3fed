// Reads one setting at a time and writes every mistake down instead of stopping at the first. Knows forms (numbers,
// addresses, choices); what settings mean together is config.ts' part.
import { Secret } from './platform/secret.ts';
import { SETTINGS, type SettingName } from './config-table.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type SettingReader = {
  readonly mistakes: string[];
  readonly warnings: string[];
  /** What was set, trimmed; undefined where unset or empty. */
  given(name: SettingName): string | undefined;
  /** What was set, or the default; '' where there is neither. */
  text(name: SettingName): string;
  secret(name: SettingName): Secret | null;
  integer(name: SettingName, least: number, most: number): number;
  oneOf<const T extends string>(name: SettingName, choices: readonly T[]): T;
  /** true for 1, false for 0, null where unset. */
  flag(name: SettingName): boolean | null;
  /** An http(s) address without a trailing slash; null where neither set nor defaulted. */
  address(name: SettingName): string | null;
};

export function settingReader(env: Environment): SettingReader {
  const mistakes: string[] = [];
  const warnings: string[] = [];
  const warned = new Set<string>();

  const given = (name: SettingName): string | undefined => {
    const plain = env[name]?.trim();
    const fallback = SETTINGS.get(name)?.fallback;
    const fallen = fallback === undefined ? undefined : env[fallback]?.trim();
    if (fallback !== undefined && fallen && !warned.has(fallback)) {
      warned.add(fallback);
      warnings.push(
        `${fallback} is set${plain ? '' : ` and read as ${name}`}: a bundler copies VITE_ values into the browser, ` +
          `where everyone can read them. Name it ${name} instead.`,
      );
    }
    return plain || fallen || undefined;
  };
  const text = (name: SettingName): string => given(name) ?? defaultOf(name);

  return {
    mistakes,
    warnings,
    given,
    text,
    secret: (name) => {
      const value = given(name);
      return value === undefined ? null : new Secret(value);
    },
    integer: (name, least, most) => {
      const value = text(name);
      const number = Number(value);
      if (/^\d{1,15}$/.test(value) && number >= least && number <= most) return number;
      mistakes.push(`${name} must be a whole number from ${least} to ${most}; it is ${JSON.stringify(value)}.`);
      return Number(defaultOf(name));
    },
    oneOf: (name, choices) => {
      const value = text(name);
      const found = choices.find((choice) => choice === value.toLowerCase());
      if (found !== undefined) return found;
      mistakes.push(`${name} must be one of ${choices.filter(Boolean).join(', ')}; it is ${JSON.stringify(value)}.`);
      return choices.find((choice) => choice === defaultOf(name)) ?? choices[0]!;
    },
    flag: (name) => {
      const value = given(name);
      if (value === undefined) return null;
      if (value === '1' || value === '0') return value === '1';
      mistakes.push(`${name} must be 1 or 0, or not set; it is ${JSON.stringify(value)}.`);
      return null;
    },
    address: (name) => {
      const value = text(name);
      if (value === '') return null;
      const url = URL.parse(value);
      if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash) {
        return value.replace(/\/+$/, '');
      }
      mistakes.push(
        `${name} must be an http:// or https:// address without user, query or fragment; it is ${JSON.stringify(withoutUser(value))}.`,
      );
      return null;
    },
  };
}

/** What stands before the last `@` may be a password. */
function withoutUser(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1***@');
}

function defaultOf(name: SettingName): string {
  return SETTINGS.get(name)?.default ?? '';
}
