// The laws about what stands in a file and what it is called. Each breach says where, and what to do instead.
import { excepted, isProvider, roleOf, roomOf, type Law } from './place.ts';
import {
  EMPTY_WORDS,
  LONGEST_FILE,
  MAY_HOLD_SQL,
  MAY_KNOW_STATUS,
  MAY_NAME_VENDORS,
  MAY_READ_ENVIRONMENT,
  MAY_READ_THE_TIME,
  MAY_USE_DATE,
  NOUNS,
  ROLES,
  SUBFOLDERS,
  VERBS,
  type Exceptions,
} from './plan.ts';
import type { Source } from './source.ts';

/** Where in the file, as `path:line`. */
function at(file: Source, index: number): string {
  return `${file.path}:${file.text.slice(0, index).split('\n').length}`;
}

function found(file: Source, text: string, pattern: RegExp, advice: string): string[] {
  return [...text.matchAll(pattern)].map((match) => `${at(file, match.index)}: \`${match[0].trim()}\`: ${advice}`);
}

const seen = (files: readonly Source[], exceptions: Exceptions, pattern: RegExp, advice: string) =>
  files.filter((file) => !excepted(file.path, exceptions)).flatMap((file) => found(file, file.bare, pattern, advice));

export const environmentHasOneReader: Law = (files) =>
  seen(
    files,
    MAY_READ_ENVIRONMENT,
    /\bprocess\s*\.\s*env\b|\benv\b[^;\n]*\bfrom 'node:process'/g,
    'add a setting to config-table.ts and take it from Config.',
  );

export const nowComesFromTheClock: Law = (files) =>
  seen(
    files,
    MAY_READ_THE_TIME,
    /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?=[;,)\]]))|\bTemporal\s*\.\s*Now\b/g,
    'take a Clock and ask clock.now(), so that tests can set the time.',
  );

export const datesStayAtDriverBorders: Law = (files) =>
  seen(
    files.filter(({ path }) => roleOf(path) !== 'store'),
    MAY_USE_DATE,
    /\bnew\s+Date\s*\(\s*[^)\s]|\bDate\s*\.\s*(?:parse|UTC)\b/g,
    'use Temporal; Date only where a driver asks for one (MAY_USE_DATE).',
  );

const SQL =
  /\bsql\s*(?:<[^`]*>)?\s*`|\.(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto|selectNoFrom)\s*\(|\.query\s*(?:<[^(]*>)?\(\s*['"`{]/g;
const SQL_TEXT = /['"`]\s*(?:select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s)/g;

export const sqlStaysInStores: Law = (files) =>
  files
    .filter(({ path }) => roleOf(path) !== 'store' && !excepted(path, MAY_HOLD_SQL))
    .flatMap((file) => {
      const advice = "give the room's store.ts a verb for it (find, read, list, lock, insert, update, delete).";
      const calls = found(file, file.bare, SQL, advice);
      return calls.length > 0 ? calls : found(file, file.code, SQL_TEXT, advice);
    });

const STATUS =
  /\b(?:reply|response|res)\s*\.\s*(?:code|status)\s*\(|\.(?:code|status)\s*\(\s*[1-5]\d\d\b|\bstatus(?:Code)?\s*[:=]\s*[1-5]\d\d\b/g;

export const statusIsForRoutes: Law = (files) =>
  seen(
    files.filter(({ path }) => roleOf(path) !== 'routes' && !isProvider(path)),
    MAY_KNOW_STATUS,
    STATUS,
    'throw a Refusal with a code; platform/http knows its status.',
  );

const VENDORS = /zoom|google|microsoft|sendgrid|postmark|outlook|\bteams\b|msGraph|\boffice365\b/gi;

export const vendorsStayBehindPorts: Law = (files) =>
  files
    .filter(({ path }) => !excepted(path, MAY_NAME_VENDORS))
    .flatMap((file) =>
      found(file, file.code, VENDORS, 'say it in the words of the port; the name belongs into providers/.'),
    );

export const namesAreOfTheVocabulary: Law = (files) =>
  files.flatMap(({ path }) => {
    const parts = path.replace(/\.ts$/, '').split('/').slice(1);
    const stem = parts.at(-1) ?? '';
    const room = roomOf(path);
    const breaches: string[] = [];
    if (!parts.every((part) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)))
      breaches.push(`${path}: file names are kebab-case.`);
    const empty = parts.flatMap((part) => part.split('-')).find((word) => EMPTY_WORDS.includes(word));
    if (empty) breaches.push(`${path}: "${empty}" says nothing; name it for what it is or does.`);
    const nouns = NOUNS[room];
    if (parts.length === 1 || !nouns) return breaches;
    if (parts.length > 2) {
      const free = SUBFOLDERS[room]?.includes(parts[1] ?? '') && parts.length === 3;
      return free ? breaches : [...breaches, `${path}: ${room} has no folder "${parts[1]}"; rooms are flat.`];
    }
    const [verb, ...noun] = stem.split('-');
    const isAct = VERBS.includes(verb ?? '') && noun.length > 0;
    if (roleOf(path) === undefined && !isAct && !nouns.includes(stem)) {
      breaches.push(
        `${path}: neither <verb>-<noun>, nor ${ROLES.join(', ')}, nor a noun of ${room}. Rename it, or add the word to NOUNS or VERBS.`,
      );
    }
    return breaches;
  });

export const noBarrels: Law = (files) =>
  files.flatMap((file) =>
    found(
      file,
      file.bare,
      /(?:^|\n)\s*export\s+(?:type\s+)?(?:\*|\{[^}]*\}\s*from\b)/g,
      'import it from where it is written; no file passes on what another holds.',
    ),
  );

export const filesOpenWithAComment: Law = (files) =>
  files
    .filter(({ text }) => !/^(?:\/\/ |\/\*\*? ?)\S.{20,}/.test(text))
    .map(({ path }) => `${path}: open with one to three sentences: what it knows, what it leaves to others.`);

export const filesAreShort: Law = (files) =>
  files
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > LONGEST_FILE)
    .map(({ path, lines }) => `${path}: ${lines} lines. Past ${LONGEST_FILE} it holds two things: part them.`);

/** What asks for a reason and so must go: the words themselves stand here and in the law's planted breaches alone. */
const LEFT_OVERS =
  /\b(?:TODO|FIXME|XXX|HACK)\b|@ts-(?:ignore|nocheck|expect-error)\b|\b(?:oxlint|eslint|biome|knip)-(?:disable|ignore)\b|\bv8 ignore\b/g;

export const nothingIsLeftUndone: Law = (files) =>
  files.flatMap((file) =>
    found(file, file.text, LEFT_OVERS, 'do it, or leave it out; the code is not a list of wishes.'),
  );

const TEST_NAME = /\b(?:test|it)(\.(?:only|skip|todo|fails))?(?:\.each\([^)]*\))?\(\s*(['"`])(.*?)\2/g;
const HOLLOW = /^(?:should|it |test |tests )|\b(?:works?|correctly|properly|as expected|happy path)$/i;

export const testsAreNamedAsGuarantees: Law = (files) =>
  files.flatMap((file) =>
    [...file.code.matchAll(TEST_NAME)].flatMap((match) => {
      const [, mode, , name = ''] = match;
      if (mode === '.only' || mode === '.todo' || mode === '.fails')
        return [`${at(file, match.index)}: ${mode} leaves the rest unproved.`];
      return HOLLOW.test(name.trim())
        ? [`${at(file, match.index)}: "${name}": name what is guaranteed ("an expired hold cannot be booked").`]
        : [];
    }),
  );

const numberOf = (file: Source | undefined): string => /^migrations\/(\d{4})-/.exec(file?.path ?? '')?.[1] ?? '9999';

export const migrationsOnlyGoForward: Law = (files) =>
  files.flatMap(({ path, text }, index) => {
    const breaches: string[] = [];
    // Changes that are made side by side are given their numbers beforehand, so one may be missing for a while.
    const number = /^migrations\/(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.sql$/.exec(path)?.[1] ?? '';
    const before = index === 0 ? '0000' : numberOf(files[index - 1]);
    if (index === 0 ? number !== '0001' : !(number > before)) {
      breaches.push(`${path}: migrations are NNNN-what.sql from 0001, each number higher than the one before.`);
    }
    if (!/^-- Why: \S/.test(text)) breaches.push(`${path}: begin with "-- Why: ...", the reason for the change.`);
    if (/^\s*--\s*(?:down|rollback|revert)\b/im.test(text))
      breaches.push(`${path}: forward only; to undo, write the next one.`);
    return breaches;
  });
