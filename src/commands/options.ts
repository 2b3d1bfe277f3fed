// How our commands are asked, and how they end where they cannot do it: by a sentence on stderr and a code, never by a stack.
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** sysexits.h: the command was used wrongly. */
export const EX_USAGE = 64;

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options given, and no others; else the process ends with the usage. */
export function readOptions<T extends Options>(options: T, usage: string) {
  const values = optionsIn(process.argv.slice(2), options);
  return typeof values === 'string' ? endWith(EX_USAGE, `${values}\n${usage}`) : values;
}

/** The options given, and no others; else what is wrong with them. */
export function optionsIn<T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return error.message;
  }
}

/** The one word given, a path; else the process ends with the usage. */
export function readPath(usage: string): string {
  try {
    const { positionals } = parseArgs({ options: {}, strict: true, allowPositionals: true });
    const [path] = positionals;
    if (path !== undefined && positionals.length === 1) return path;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return endWith(EX_USAGE, `${error.message}\n${usage}`);
  }
  return endWith(EX_USAGE, usage);
}

export function endWith(code: number, words: string): never {
  process.stderr.write(words);
  process.exit(code);
}
