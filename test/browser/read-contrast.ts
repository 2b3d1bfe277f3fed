// Reads off a page which words stand out too little from their ground (WCAG 2.2, 1.4.3). It runs inside the page.

/** Texts below the ratio, with what was measured; disabled controls may be fainter. */
export function faintTexts(least: number): string[] {
  const figures = /[\d.]+/g;
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = (colour.match(figures) ?? []).map((value) => {
      const part = Number(value) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (start: Element): string => {
    for (let one: Element | null = start; one !== null; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (Number(colour.match(figures)?.[3] ?? 1) === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint: string[] = [];
  for (const one of document.querySelectorAll('body *')) {
    const words = [...one.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const text = words.map(({ textContent }) => textContent?.trim() ?? '').join(' ');
    const isSeen = one.checkVisibility() && one.closest('.unseen, .skip, button:disabled') === null;
    if (text.trim() === '' || !isSeen || one.closest('label')?.querySelector('input:disabled')) continue;
    const [high = 0, low = 0] = [getComputedStyle(one).color, groundOf(one)].map(luminance).toSorted((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < least) faint.push(`${text}: ${ratio.toFixed(2)}`);
  }
  return faint;
}
