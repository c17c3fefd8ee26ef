import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Output } from '../output.js';
import { progressLine } from '../progress.js';

/** A stream as Node has it for a terminal of that width; null: for a file or a pipe. */
function stream(columns: number | null): NodeJS.WriteStream {
  const tty = columns === null ? {} : { isTTY: true, columns, rows: 24, hasColors: () => true };
  return Object.assign(new PassThrough(), tty) as unknown as NodeJS.WriteStream;
}

function text(stream: NodeJS.WriteStream): string {
  return String((stream as unknown as PassThrough).read() ?? '');
}

describe('Output', () => {
  it('keeps result and talk apart', async () => {
    const [out, err] = [stream(null), stream(null)];
    const output = new Output(out, err);
    output.say('looking');
    await output.json({ temp_C: 21.5 });
    expect(text(err)).toBe('looking\n');
    expect(JSON.parse(text(out))).toEqual({ temp_C: 21.5 });
  });

  it('colours a terminal only', async () => {
    const [terminal, pipe] = [stream(80), stream(null)];
    for (const out of [terminal, pipe]) await new Output(out, stream(null)).table([{ title: 'id' }], [['1']]);
    expect(text(terminal)).toBe('\x1b[1mid\x1b[22m\n1\n');
    expect(text(pipe)).toBe('id\n1\n');
  });

  it('fits a table into a narrow terminal and leaves it whole in a pipe', async () => {
    const long = 'a'.repeat(60);
    const [terminal, pipe] = [stream(20), stream(null)];
    for (const out of [terminal, pipe])
      await new Output(out, stream(null)).table([{ title: 'id' }, { title: 'desc', shrinkTo: 5 }], [['1', long]]);
    for (const line of stripVTControlCharacters(text(terminal)).split('\n'))
      expect(line.length).toBeLessThanOrEqual(20);
    expect(text(pipe)).toContain(long);
  });

  it('waits while the reader is slower', async () => {
    const out = stream(null);
    const output = new Output(out, stream(null));
    let written = false;
    const writing = output.write('x'.repeat(1_000_000)).then(() => (written = true));
    await new Promise(setImmediate);
    expect(written).toBe(false);
    (out as unknown as PassThrough).resume();
    await writing;
    expect(written).toBe(true);
  });

  it('shows a progress bar on a terminal, clear of the talk, and takes it away', () => {
    const err = stream(60);
    const output = new Output(stream(null), err);
    const progress = output.progress('simulating');
    progress.update(0.5, '3 devices');
    const bar = `simulating [${'='.repeat(15)}${' '.repeat(15)}] 50 % 3 devices`;
    expect(text(err)).toBe(`\r\x1b[2K${bar}`);
    output.say('power cut');
    expect(text(err)).toBe(`\r\x1b[2Kpower cut\n${bar}`);
    progress.end();
    expect(text(err)).toBe('\r\x1b[2K');
    output.say('done');
    expect(text(err)).toBe('done\n');
  });

  it('shows no progress bar where stderr is no terminal', () => {
    const err = stream(null);
    const progress = new Output(stream(80), err).progress('simulating');
    progress.update(0.5);
    progress.end();
    expect(text(err)).toBe('');
  });
});

describe('progressLine()', () => {
  it.each([10, 20, 30, 60, 200])('stays within %i columns', (width) => {
    expect(progressLine('simulating', 0.42, '3 devices', width).length).toBeLessThanOrEqual(width);
  });

  it('never shows more than all or less than nothing', () => {
    expect(progressLine('x', 1.7, '', 60)).toContain('100 %');
    expect(progressLine('x', -1, '', 60)).toContain('  0 %');
  });
});
