/** The chart as a reader sees it: pixels. */
import type { Page } from 'playwright-core';

/** Waits until the chart shows what was asked for. */
export async function drawn(page: Page): Promise<void> {
  await page.locator('.plot[aria-busy="false"] canvas').waitFor();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** A part of the chart's height, from 0 at the top to 1. */
export const CURVES: [number, number] = [0, 0.8];
export const STRIP: [number, number] = [0.8, 1];

/** How many of the chart's pixels have a colour of style/base.css, or nearly. */
export function pixels(page: Page, property: string, part: [number, number] = [0, 1]): Promise<number> {
  return page.evaluate(
    ([property, [top, bottom]]) => {
      const colour = getComputedStyle(document.documentElement).getPropertyValue(property).trim();
      const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
      const canvas = document.querySelector<HTMLCanvasElement>('.plot canvas')!;
      // a copy: reading from the page's own canvas would slow it down
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas, 0, 0);
      const first = Math.round(canvas.height * top);
      const { data } = copy.getImageData(0, first, canvas.width, Math.round(canvas.height * bottom) - first);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const near = wanted.every((channel, c) => Math.abs(channel - data[i + c]!) < 24);
        if (near && data[i + 3]! > 200) count++;
      }
      return count;
    },
    [property, part] as const,
  );
}
