/** Contrast of text as the reader gets it (WCAG 2.2, 1.4.3). Runs in the browser, so it may use nothing from outside. */

// oxlint-disable unicorn/consistent-function-scoping -- what runs in the browser has to bring everything along

/** The texts that can't be read well enough, with their ratios. Disabled controls are exempt. */
export function faintTexts(): string[] {
  const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = channels(colour)
      .slice(0, 3)
      .map((channel) => channel / 255)
      .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element: Element): string => {
    const { backgroundColor } = getComputedStyle(element);
    if ((channels(backgroundColor)[3] ?? 1) > 0) return backgroundColor;
    return element.parentElement === null ? 'rgb(255, 255, 255)' : ground(element.parentElement);
  };
  const faint: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent?.trim() ?? '';
    const element = walker.currentNode.parentElement;
    if (text === '' || element === null || !element.checkVisibility() || element.closest('button:disabled, noscript'))
      continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${text}: ${ratio.toFixed(2)}`);
  }
  return faint;
}
