// Knows half-open stretches of whole numbers, `[start, end)`, and nothing of what they measure. A list is flat,
// `[start, end, start, end, ...]`; a *normal* list rises and has gaps between its stretches, and no empty ones.

/** A flat list of stretches. All functions but `normalise` take normal lists and answer new, normal ones. */
export type Stretches = ArrayLike<number>;

/** Sorted, joined where they touch or overlap, empty and reversed ones dropped. Input in any order. */
export function normalise(list: Stretches): number[] {
  const pairs: { start: number; end: number }[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    if (list[i]! < list[i + 1]!) pairs.push({ start: list[i]!, end: list[i + 1]! });
  }
  pairs.sort((a, b) => a.start - b.start);
  const out: number[] = [];
  for (const { start, end } of pairs) append(out, start, end);
  return out;
}

/** What lies in either. */
export function union(a: Stretches, b: Stretches): number[] {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && a[i]! <= b[j]!)) {
      append(out, a[i]!, a[i + 1]!);
      i += 2;
    } else {
      append(out, b[j]!, b[j + 1]!);
      j += 2;
    }
  }
  return out;
}

/** What lies in both. */
export function intersect(a: Stretches, b: Stretches): number[] {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const start = Math.max(a[i]!, b[j]!);
    const end = Math.min(a[i + 1]!, b[j + 1]!);
    if (start < end) out.push(start, end);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return out;
}

/** What lies in `a` and not in `b`. */
export function subtract(a: Stretches, b: Stretches): number[] {
  const out: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let start = a[i]!;
    const end = a[i + 1]!;
    while (j < b.length && b[j + 1]! <= start) j += 2;
    for (let k = j; k < b.length && b[k]! < end; k += 2) {
      if (start < b[k]!) out.push(start, b[k]!);
      start = b[k + 1]!;
    }
    if (start < end) out.push(start, end);
  }
  return out;
}

/** The part of a list inside `[from, to)`. */
export function clip(list: Stretches, from: number, to: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < list.length && list[i]! < to; i += 2) {
    const start = Math.max(list[i]!, from);
    const end = Math.min(list[i + 1]!, to);
    if (start < end) out.push(start, end);
  }
  return out;
}

/** Lays a stretch that starts no earlier than the last one at the end of a list, joining the two where they meet. */
export function append(list: number[], start: number, end: number): void {
  const last = list.length - 1;
  if (last > 0 && list[last]! >= start) list[last] = Math.max(list[last]!, end);
  else list.push(start, end);
}
