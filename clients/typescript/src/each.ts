// Walks a list page by page, for as long as somebody asks for more. Which operations are lists the types know.

/** A hundred thousand items at a hundred a page: whoever wants more wants an export. */
const MAX_PAGES = 1_000;

type Page = Readonly<Record<string, unknown>>;

/** Items as they come. RangeError where a list goes round in a circle or does not end. */
export async function* each(
  read: (cursor: string | undefined) => Promise<Page>,
): AsyncGenerator<unknown, void, undefined> {
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await read(cursor);
    const items = Object.values(page).find((value) => Array.isArray(value)) as readonly unknown[] | undefined;
    yield* items ?? [];
    const next = page['nextCursor'];
    if (typeof next !== 'string') return;
    if (next === cursor) throw new RangeError('The list answered the same cursor twice.');
    cursor = next;
  }
  throw new RangeError(`The list has more than ${MAX_PAGES} pages. Narrow it, or ask for more at once by \`limit\`.`);
}
