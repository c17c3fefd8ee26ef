import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERSION } from '../../firmware/protocol/version.js';
import { LAUNCHER } from './thermowell.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell launcher '));
});
afterEach(() => rm(folder, { recursive: true }));

describe('tools/thermowell', () => {
  it('runs through a symlink, from any folder, as npm installs it', async () => {
    await symlink(LAUNCHER, join(folder, 'thermowell'));
    const { status, stdout } = spawnSync('./thermowell', ['--version'], { cwd: folder, encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, `${VERSION}\n`]);
  });

  it('says how to build where nothing is built', async () => {
    await mkdir(join(folder, 'tools'));
    await cp(LAUNCHER, join(folder, 'tools/thermowell'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const { status, stderr } = spawnSync(join(folder, 'tools/thermowell'), ['list'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain(`not built yet: run "npm ci" or "npm run build" in ${folder}`);
  });
});
