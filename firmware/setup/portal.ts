/**
 * What the device answers while it waits for somebody to set it up: the form to everything, until a form comes that
 * makes sense; then that is stored and the device starts anew.
 */
import type { Timers } from '../timer.js';
import type { Notes } from '../updater.js';
import { parseForm } from './form.js';
import { donePage, formPage } from './page.js';
import { store } from './stored.js';

export interface PortalOptions {
  /** networks in reach, the strongest first */
  networks: readonly string[];
  notes: Notes;
  /** @throws Error that names the setting which makes no sense */
  check: (settings: Readonly<Record<string, string>>) => void;
  timers: Timers;
  restart: () => void;
}

export interface Page {
  status: number;
  html: string;
}

/** Longest form that is read, bytes. */
export const FORM_MAX = 2048;

/** For the page that says so to arrive, ms. */
const RESTART_MS = 3000;

const NAMES: readonly string[] = Object.freeze(['ssid', 'password', 'collector', 'token', 'description']);

export class Portal {
  private readonly options: PortalOptions;

  constructor(options: PortalOptions) {
    this.options = options;
  }

  /** @param body of a POST; '' for anything else, null where it was longer than a form can be */
  answer(method: string, body: string | null): Page {
    const { networks, check, notes, timers, restart } = this.options;
    if (method !== 'POST') return { status: 200, html: formPage({ networks, typed: {}, wrong: '' }) };
    const typed = chosen(body ?? '', networks);
    try {
      if (body === null) throw new Error(`a form has at most ${FORM_MAX} bytes`);
      check(typed);
      store(notes, typed);
    } catch (error) {
      const wrong = error instanceof Error ? error.message : String(error);
      return { status: 400, html: formPage({ networks, typed, wrong }) };
    }
    timers.after(RESTART_MS, restart);
    return { status: 200, html: donePage(typed['ssid'] ?? '') };
  }
}

/**
 * The fields of ours that were filled in. Spaces around a word come from copying; in a password they may be meant, and in
 * the name of a network that is in reach they are.
 */
function chosen(body: string, networks: readonly string[]): Record<string, string> {
  const form = parseForm(body);
  const typed: Record<string, string> = {};
  for (const name of NAMES) {
    const given = form[name] ?? '';
    const meant = name === 'password' || (name === 'ssid' && networks.includes(given));
    const value = meant ? given : given.trim();
    if (value !== '') typed[name] = value;
  }
  return typed;
}
