import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * Copies a module, and all that it imports, from `from` into `to`, every import specifier made an absolute path: the
 * engine's loader joins paths without normalising them, so that one module reached by two ways would be two modules.
 * @param {string} entry a file in `from`
 * @param {string} from where the compiler wrote
 * @param {string} to an empty folder
 * @returns {string} the copy of the entry
 */
export function copyModules(entry, from, to) {
  const copyOf = (/** @type {string} */ file) => join(to, relative(from, file));
  const done = new Set();
  const copy = (/** @type {string} */ file) => {
    if (done.has(file)) return;
    done.add(file);
    const text = readFileSync(file, 'utf8')
      .replace(/\b(from|import)(\s*)(['"])(\.{1,2}\/[^'"]+)\3/g, (_, word, space, quote, specifier) => {
        const target = resolve(dirname(file), specifier);
        copy(target);
        return `${word}${space}${quote}${copyOf(target)}${quote}`;
      })
      .replace(/^\/\/# sourceMappingURL=.*$/m, '');
    mkdirSync(dirname(copyOf(file)), { recursive: true });
    writeFileSync(copyOf(file), text);
  };
  copy(entry);
  return copyOf(entry);
}
