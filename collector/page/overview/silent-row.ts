/** A series that has no value yet, in a line. */
import type { Subject } from '../data/trace.js';
import { element, setText } from '../element.js';
import type { TileListener } from './tile.js';

export class SilentRow {
  readonly root: HTMLLIElement;
  readonly #text = element('span');
  readonly #more = element('button', { type: 'button', class: 'more' }, '⋯');

  constructor(key: string, listener: Pick<TileListener, 'edit'>) {
    this.#more.addEventListener('click', () => listener.edit(key));
    this.root = element('li', {}, this.#text, this.#more);
  }

  show({ label, device }: Subject): void {
    setText(this.#text, `Nothing yet from ${label}`);
    this.#more.ariaLabel = `Change ${label} of ${device}`;
  }
}
