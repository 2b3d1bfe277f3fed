// Reads source files as the house laws see them: where a file stands, what it imports, its code without comments and
// without the insides of strings. A scanner, not a parser: enough for laws, and it never needs the compiler.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** `path` is null for a package; `typeOnly` leaves nothing at run time. */
export type Import = { readonly from: string; readonly path: string | null; readonly typeOnly: boolean };

export type Source = {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Comments blanked, strings kept. */
  readonly code: string;
  /** Comments and the insides of strings blanked. */
  readonly bare: string;
  readonly imports: readonly Import[];
};

const ROOT = dirname(dirname(import.meta.dirname));

/** Every file below a folder of the repository whose name ends so. A folder that is not there has no files. */
export function walk(folder: string, ending: string): readonly Source[] {
  let entries;
  try {
    entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll('\\', '/'),
    )
    .toSorted()
    .map((path) => source(path, readFileSync(join(ROOT, path), 'utf8')));
}

/** One file, as if it stood there. */
export function source(path: string, text: string): Source {
  const { code, bare } = blank(text);
  return { path, text, code, bare, imports: importsOf(path, code, bare) };
}

const IMPORT =
  /(?:^|[\n;}])\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"\n]+)['"]|\bimport\s*\(?\s*['"]([^'"\n]+)['"]/g;

function importsOf(path: string, code: string, bare: string): readonly Import[] {
  return [...code.matchAll(IMPORT)]
    .filter((match) => /\b(import|export)\b/.test(bare.slice(match.index, match.index + match[0].length)))
    .map((match) => {
      const from = match[1] ?? match[2] ?? '';
      return {
        from,
        path: from.startsWith('.') ? posix.join(posix.dirname(path), from) : null,
        typeOnly: /^\W*(?:import|export)\s+type\b/.test(match[0]),
      };
    });
}

/** A slash after one of these begins a regular expression, after anything else it divides. */
const BEFORE_REGEX = /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\breturn|\btypeof|\bcase)\s*$/;

function wipe(target: string[], from: number, to: number): void {
  for (let at = from; at < to; at += 1) if (target[at] !== '\n') target[at] = ' ';
}

function blank(text: string): { code: string; bare: string } {
  const code = text.split('');
  const bare = [...code];
  // Depth of braces at which each open `${` of a template ends.
  const templates: number[] = [];
  let depth = 0;
  let at = 0;

  const template = (from: number): number => {
    let end = from;
    while (end < text.length && text[end] !== '`') {
      if (text[end] === '\\') end += 1;
      else if (text.startsWith('${', end)) {
        wipe(bare, from, end);
        templates.push(depth);
        depth += 1;
        return end + 2;
      }
      end += 1;
    }
    wipe(bare, from, end);
    return end + 1;
  };

  while (at < text.length) {
    const char = text[at]!;
    if (text.startsWith('//', at) || text.startsWith('/*', at)) {
      const close = text[at + 1] === '/' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2) + 2;
      const end = close < at + 2 ? text.length : close;
      wipe(code, at, end);
      wipe(bare, at, end);
      at = end;
    } else if (char === "'" || char === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== char && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
      wipe(bare, at + 1, end);
      at = end + 1;
    } else if (char === '`') {
      at = template(at + 1);
    } else if (char === '/' && BEFORE_REGEX.test(text.slice(Math.max(0, at - 12), at))) {
      let end = at + 1;
      let inClass = false;
      while (end < text.length && text[end] !== '\n' && (inClass || text[end] !== '/')) {
        if (text[end] === '\\') end += 1;
        else if (text[end] === '[') inClass = true;
        else if (text[end] === ']') inClass = false;
        end += 1;
      }
      wipe(bare, at + 1, end);
      at = end + 1;
    } else if (char === '}' && templates.at(-1) === depth - 1) {
      templates.pop();
      depth -= 1;
      at = template(at + 1);
    } else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      at += 1;
    }
  }
  return { code: code.join(''), bare: bare.join('') };
}
