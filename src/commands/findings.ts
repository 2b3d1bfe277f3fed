// What the doctor found, told line by line as it is found, or all at once as JSON for a machine.

export type Mark = 'ok' | 'note' | 'FAIL';
export type Tell = (mark: Mark, what: string, says: string) => void;
type Finding = { readonly mark: Mark; readonly what: string; readonly says: string };

export function gatherFindings(
  asJson: boolean,
  write: (text: string) => unknown,
): { readonly tell: Tell; readonly end: () => number } {
  const found: Finding[] = [];
  const tell: Tell = (mark, what, says) => {
    const finding = { mark, what, says: says.replaceAll(/\s*\n\s*/g, ' ') };
    found.push(finding);
    if (!asJson) write(`${mark.padEnd(5)} ${what.padEnd(13)} ${finding.says}\n`);
  };
  return {
    tell,
    /** The last word; answers how many findings must be put right. */
    end: () => {
      const failures = found.filter(({ mark }) => mark === 'FAIL').length;
      if (asJson) write(`${JSON.stringify({ ok: failures === 0, failures, findings: found }, null, 2)}\n`);
      else
        tell(
          failures === 0 ? 'ok' : 'note',
          'in all',
          failures === 0 ? 'Nothing to do.' : `${failures} to be put right.`,
        );
      return failures;
    },
  };
}
