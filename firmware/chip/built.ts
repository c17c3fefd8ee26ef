/** The settings built into the image (`mc/config`), and what was typed into the device over them. */
import config from 'mc/config';
import { readSettings, type Settings } from '../settings.js';

/** As they are without anything typed: read when the image is built, so that no wake from sleep takes the time for it. */
const BUILT = Object.freeze(readBuilt());

/** @throws Error that names the setting which makes no sense */
export function settingsWith(typed: Readonly<Record<string, string>>): Settings {
  if (Object.keys(typed).length > 0) return readSettings({ ...config, ...typed });
  if (BUILT.settings === null) throw new Error(BUILT.wrong);
  return BUILT.settings;
}

/** An image that has no settings yet, or wrong ones, is built all the same: it waits to be told, or says what is wrong. */
function readBuilt(): { settings: Settings | null; wrong: string } {
  try {
    return { settings: readSettings(config), wrong: '' };
  } catch (error) {
    return { settings: null, wrong: (error as Error).message };
  }
}
