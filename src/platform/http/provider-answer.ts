// The body of somebody else's answer: read up to a bound, and parsed without trusting that it is what it says it is.

/** Larger than any answer we ask for (300 listed meetings are about 300 kB), small enough to hold many at once. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/** The body as text; null when it is larger than the bound, and then the rest is not read. */
export async function boundedText(response: Response): Promise<string | null> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * The JSON value of a text; undefined when it is none (Zoom and proxies answer HTML and XML at times). An integer that
 * a double cannot hold becomes a string of its digits: Zoom's meeting ids are int64.
 */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text, exactIntegers) as unknown;
  } catch {
    return undefined;
  }
}

function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  return /^-?\d+$/.test(source) ? source : value;
}
