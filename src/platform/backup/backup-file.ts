// The form of a backup: gzip over text. A head, each table as COPY writes it, and an end with counts and digests over all
// that came before; `zcat` shows it. Knows how to write such a file under its name only when it is whole, and how to read one
// piece by piece, trusting nothing in it; what the rows mean is PostgreSQL's.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { access, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import type { Sequence } from './catalogue.ts';

const FIRST_LINE = 'slotkeeper backup 1';
/** A row is one line. PostgreSQL itself takes no field beyond 1 GB; nothing of ours comes near a hundredth of this. */
const LONGEST_LINE_BYTES = 256 * 1024 * 1024;
const LINE_FEED = 0x0a;
/** Unpacked at a time. */
const PIECE_BYTES = 65_536;
/** How COPY ends its rows; no row looks like it, since a backslash in one is doubled. */
const END_OF_ROWS = Buffer.from('\\.\n');
const END_AFTER_ROW = Buffer.from('\n\\.\n');

export type Head = {
  /** When the snapshot was taken, as ISO 8601. */
  readonly takenAt: string;
  /** Of the program and the server it came from: for people. */
  readonly slotkeeper: string;
  readonly postgresql: string;
  /** The installation's, null where no practice was founded. */
  readonly marker: string | null;
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
  /** In the order in which they follow and can be loaded. */
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly sequences: readonly Sequence[];
};

export type TableSum = { readonly name: string; readonly rows: number; readonly sha256: string };
export type End = { readonly tables: readonly TableSum[]; readonly sha256: string };

/** The file cannot be believed; its message is a sentence for an operator. */
export class DamagedBackup extends Error {
  override readonly name = 'DamagedBackup';
}

/** Counts rows and digests them on their way. */
export function summing(name: string) {
  const hash = createHash('sha256');
  let rows = 0;
  return {
    add: (piece: Buffer): void => {
      hash.update(piece);
      for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) rows += 1;
    },
    sum: (): TableSum => ({ name, rows, sha256: hash.digest('hex') }),
  };
}

/** A file in the making. It bears its name only after `finish`; before that `abandon` leaves nothing behind. */
export class BackupFile {
  readonly #path: string;
  readonly #partPath: string;
  readonly #gzip: Gzip;
  readonly #file: WriteStream;
  readonly #written: Promise<void>;
  readonly #hash = createHash('sha256');
  readonly #sums: TableSum[] = [];

  private constructor(path: string, partPath: string, file: WriteStream) {
    this.#path = path;
    this.#partPath = partPath;
    this.#file = file;
    this.#gzip = createGzip();
    this.#written = pipeline(this.#gzip, file);
    this.#written.catch(() => undefined);
  }

  /** Throws where there is a file already, or none can be written. Only its owner may read it. */
  static async create(path: string): Promise<BackupFile> {
    await refuseExisting(path);
    const partPath = `${path}.part-${process.pid}`;
    await rm(partPath, { force: true });
    const file = createWriteStream(partPath, { flags: 'wx', mode: 0o600, flush: true });
    await once(file, 'open');
    return new BackupFile(path, partPath, file);
  }

  async begin(head: Head): Promise<void> {
    await this.#write(Buffer.from(`-- ${FIRST_LINE}\n-- ${JSON.stringify(head)}\n`));
  }

  async addTable(table: Head['tables'][number], pieces: AsyncIterable<Buffer>): Promise<TableSum> {
    const summed = summing(table.name);
    await this.#write(Buffer.from(openingOf(table)));
    for await (const piece of pieces) {
      summed.add(piece);
      await this.#write(piece);
    }
    await this.#write(END_OF_ROWS);
    const sum = summed.sum();
    this.#sums.push(sum);
    return sum;
  }

  /** Writes the end, everything through to the disk, and gives the file its name. */
  async finish(): Promise<End> {
    const end: End = { tables: this.#sums, sha256: this.#hash.digest('hex') };
    this.#gzip.end(`-- end ${JSON.stringify(end)}\n`);
    await this.#written;
    await this.#giveName();
    return end;
  }

  async abandon(): Promise<void> {
    this.#gzip.destroy();
    this.#file.destroy();
    await finished(this.#file).catch(() => undefined);
    await rm(this.#partPath, { force: true });
  }

  async #write(piece: Buffer): Promise<void> {
    this.#hash.update(piece);
    if (this.#gzip.write(piece)) return;
    await Promise.race([once(this.#gzip, 'drain'), this.#written]);
  }

  /** By a link where the file system has them, since a rename would put itself over a file made meanwhile. */
  async #giveName(): Promise<void> {
    try {
      await link(this.#partPath, this.#path);
      await rm(this.#partPath);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw alreadyThere(this.#path);
      await refuseExisting(this.#path);
      await rename(this.#partPath, this.#path);
    }
    if (process.platform === 'win32') return;
    const folder = await open(dirname(this.#path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

async function refuseExisting(path: string): Promise<void> {
  const found = await access(path).then(
    () => true,
    () => false,
  );
  if (found) throw alreadyThere(path);
}

function alreadyThere(path: string): Error {
  return new Error(`There is a file ${path} already. Name another, or move that one away.`);
}

function openingOf({ name, columns }: Head['tables'][number]): string {
  return `copy "${name}" (${columns.map((column) => `"${column}"`).join(', ')}) from stdin;\n`;
}

/** Called for what a file holds, in order. A table's pieces are whole rows, and read to their end before it returns. */
export type Reader = {
  head?(head: Head): Promise<void>;
  table?(name: string, pieces: AsyncIterable<Buffer>): Promise<void>;
};

/** Reads the file from its first byte to its last. Throws DamagedBackup where it is not what was once written whole. */
export async function readBackup(path: string, reader: Reader): Promise<End> {
  const file = createReadStream(path);
  await once(file, 'open');
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // What goes wrong on the way is met again where the pieces are read.
  pipeline(file, gunzip).catch(() => undefined);
  try {
    return await readAll(new Text(gunzip), reader);
  } finally {
    gunzip.destroy();
    file.destroy();
  }
}

/** Reads to the end, for what is noted on the way. */
export async function drain(pieces: AsyncIterable<Buffer>): Promise<void> {
  const left = pieces[Symbol.asyncIterator]();
  while (!(await left.next()).done);
}

async function readAll(text: Text, reader: Reader): Promise<End> {
  if ((await text.line()) !== `-- ${FIRST_LINE}`) {
    throw new DamagedBackup('This is no backup of ours, or one of a later form.');
  }
  const head = parse(await text.line(), '-- ') as Head;
  if (!Array.isArray(head.tables)) throw damaged('its head does not say what follows');
  await reader.head?.(head);
  const sums: TableSum[] = [];
  for (const table of head.tables) {
    if (`${await text.line()}\n` !== openingOf(table))
      throw damaged(`the table ${table.name} is not where it should be`);
    const summed = summing(table.name);
    const pieces = text.rows((piece) => summed.add(piece));
    await reader.table?.(table.name, pieces);
    await drain(pieces);
    sums.push(summed.sum());
  }
  const sha256 = text.digest();
  const end = parse(await text.line(), '-- end ') as End;
  if (end.sha256 !== sha256 || JSON.stringify(end.tables) !== JSON.stringify(sums)) {
    throw damaged('its digest is another than when it was written');
  }
  if ((await text.line()) !== null) throw damaged('something follows its end');
  return end;
}

/** Lines and rows, taken from a stream of bytes as they are asked for. */
class Text {
  readonly #stream: AsyncIterator<Buffer>;
  readonly #hash: Hash = createHash('sha256');
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#stream = stream[Symbol.asyncIterator]();
  }

  /** Over everything taken so far. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Without its line feed; null at the end. */
  async line(): Promise<string | null> {
    let at = this.#rest.indexOf(LINE_FEED);
    while (at < 0) {
      if (!(await this.#more())) {
        if (this.#rest.length > 0) throw damaged('it ends in the middle of a line');
        return null;
      }
      at = this.#rest.indexOf(LINE_FEED);
    }
    return this.#take(at + 1).toString('utf8', 0, at);
  }

  /** Whole rows, up to their end, which is taken too. */
  async *rows(seen: (piece: Buffer) => void): AsyncGenerator<Buffer> {
    for (;;) {
      const atOnce = this.#rest.subarray(0, END_OF_ROWS.length).equals(END_OF_ROWS);
      const end = atOnce ? 0 : this.#rest.indexOf(END_AFTER_ROW) + 1;
      const whole = atOnce || end > 0 ? end : this.#rest.lastIndexOf(LINE_FEED) + 1;
      if (whole > 0) {
        const piece = this.#take(whole);
        seen(piece);
        yield piece;
      }
      if (atOnce || end > 0) return void this.#take(END_OF_ROWS.length);
      if (!(await this.#more())) throw damaged('it ends in the middle of a table');
    }
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#hash.update(taken);
    return taken;
  }

  async #more(): Promise<boolean> {
    if (this.#rest.length > LONGEST_LINE_BYTES) throw damaged('a line in it has no end');
    try {
      const { done, value } = await this.#stream.next();
      if (done) return false;
      this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
      return true;
    } catch (error) {
      // Of gzip, or of the disk.
      throw damaged(error instanceof Error ? error.message : String(error));
    }
  }
}

function parse(line: string | null, opening: string): unknown {
  try {
    if (line?.startsWith(opening)) return JSON.parse(line.slice(opening.length));
  } catch {
    // Said below.
  }
  throw damaged('a line that tells about it cannot be read');
}

function damaged(what: string): DamagedBackup {
  return new DamagedBackup(`The file is damaged or cut off: ${what}.`);
}
