/** SVG → PNG by resvg compiled to WebAssembly, with a font of our own: the picture is the same on every machine. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const FONTS = ['DejaVuSans.ttf'];

/** `scale`: pixels of the picture for each of the SVG. */
export async function pngOf(svg: string, scale: number): Promise<Uint8Array> {
  const { resolve } = createRequire(import.meta.url);
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  await initWasm(await readFile(resolve('@resvg/resvg-wasm/index_bg.wasm')));
  const fontBuffers = await Promise.all(FONTS.map((name) => readFile(resolve(`dejavu-fonts-ttf/ttf/${name}`))));
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: scale }, font: { fontBuffers } }).render().asPng();
}
