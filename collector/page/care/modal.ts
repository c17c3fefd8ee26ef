/** A dialog of index.html with a form: it says what went wrong, and stays until it went well or the reader gives up. */
import { part, setText } from '../element.js';

export class Modal {
  readonly #dialog: HTMLDialogElement;
  readonly #problem: HTMLElement;
  #submit: () => Promise<boolean> = async () => true;
  #closed: (done: boolean) => void = () => undefined;

  /** @param id of the dialog; in it `<id>-problem`, a form and buttons with the class `cancel` */
  constructor(id: string) {
    this.#dialog = part(id, HTMLDialogElement);
    this.#problem = part(`${id}-problem`, HTMLElement);
  }

  open(): void {
    this.#dialog.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.run(this.#submit);
    });
    for (const cancel of this.#dialog.querySelectorAll('.cancel'))
      cancel.addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#closed(this.#dialog.returnValue === 'done'));
  }

  /** Shows it until it is closed. @param submit true: done, close it. The answer: whether it was done */
  ask(submit: () => Promise<boolean>): Promise<boolean> {
    this.#submit = submit;
    this.say('');
    this.#dialog.returnValue = '';
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#closed = resolve;
    });
  }

  /** Does what closes the dialog when it succeeds; what fails is said in it. */
  async run(action: () => Promise<boolean>): Promise<void> {
    this.say('');
    this.#dialog.ariaBusy = 'true';
    try {
      if (await action()) this.#dialog.close('done');
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    } finally {
      this.#dialog.ariaBusy = 'false';
    }
  }

  say(problem: string): void {
    setText(this.#problem, problem);
    this.#problem.hidden = problem === '';
  }
}
