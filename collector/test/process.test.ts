/** The process: its first start, its signals, its exit codes. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CollectorProcess } from './process.js';
import { temporaryFolder, USERS } from './running.js';
import { Wire } from './wire.js';

test('the first start makes a user and shows the token once, later ones do not', async () => {
  const folder = join(await temporaryFolder(), 'data');
  const first = new CollectorProcess(folder);
  const url = await first.url();
  const file = join(folder, 'users.json');
  const users = JSON.parse(await readFile(file, 'utf8'));
  const [token] = Object.keys(users);
  expect(users).toEqual({ [token!]: { name: 'admin', id: 1 } });
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const body = JSON.stringify({ token, device_id: 'a', device_desc: 'b' });
  const created = await fetch(`${url}/series/new`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(created.status).toBe(201);
  expect(await first.end('SIGTERM')).toBe(0);
  expect(first.stderr.split(token!)).toHaveLength(2);
  expect(first.stdout).toBe('');

  const second = new CollectorProcess(folder);
  const series = (await (await fetch(`${await second.url()}/series`)).json()) as object;
  expect(Object.keys(series)).toHaveLength(1);
  expect(await second.end('SIGINT')).toBe(0);
  expect(second.stderr).not.toContain(token);
  expect(second.stderr).toContain('"path":"/series"');
});

test('a start loads nothing that only the page or a programmer needs; those have it when they ask', async () => {
  const onExit = `process.on('exit', () => console.log(JSON.stringify(Object.keys(require.cache))))`;
  const script = `import { createRequire } from 'node:module';const require = createRequire('/');${onExit}`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
  const loaded = async (ask: string[]): Promise<string[]> => {
    const collector = new CollectorProcess(await temporaryFolder(), env);
    const url = await collector.url();
    for (const path of ask) expect((await fetch(url + path)).status).toBe(200);
    await collector.end('SIGTERM');
    const files = JSON.parse(collector.stdout) as string[];
    return ['fastify', '@fastify/static', '@fastify/swagger', 'ajv', 'pino-pretty', 'tar-stream'].filter((name) =>
      files.some((file) => file.includes(`/node_modules/${name}/`)),
    );
  };
  expect(await loaded(['/series'])).toEqual(['fastify']);
  expect(await loaded(['/openapi.json', '/'])).toEqual(['fastify', '@fastify/static', '@fastify/swagger']);
});

test('a first start that fails shows the token all the same, since the next start is no longer the first', async () => {
  const folder = join(await temporaryFolder(), 'data');
  await mkdir(join(folder, 'catalog.json'), { recursive: true });
  const collector = new CollectorProcess(folder);
  expect((await collector.ended()).code).toBeGreaterThan(0);
  const [token] = Object.keys(JSON.parse(await readFile(join(folder, 'users.json'), 'utf8')) as object);
  expect(collector.stderr).toContain(`  ${token}\n`);
});

test('a second signal ends it at once, even in the middle of a request', async () => {
  const folder = await temporaryFolder();
  const collector = new CollectorProcess(folder);
  const wire = new Wire(await collector.url());
  await wire.send('PUT /point/new HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{');
  // what comes later is answered, so the beginning of that request has been read
  expect((await fetch(`${wire.url}/health`)).status).toBe(200);
  collector.child.kill('SIGTERM');
  // it has stopped listening when it no longer takes connections
  await expect
    .poll(() =>
      fetch(wire.url).then(
        () => 'taken',
        () => 'refused',
      ),
    )
    .toBe('refused');
  expect(collector.child.exitCode).toBeNull();
  expect(await collector.end('SIGTERM')).toBe(143);
});

test('a second process on the same folder says that it is in use, and ends', async () => {
  const folder = await temporaryFolder();
  const first = new CollectorProcess(folder);
  await first.url();
  const second = new CollectorProcess(folder);
  const { code } = await second.ended();
  expect(code).toBeGreaterThan(0);
  expect(second.stderr).toContain(folder);
  expect(await first.end('SIGTERM')).toBe(0);
});

test('a broken users file keeps it from starting, and no secret is shown', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'users.json'), '{"a-secret": {"name": "x"}}');
  const collector = new CollectorProcess(folder);
  expect((await collector.ended()).code).toBeGreaterThan(0);
  expect(collector.stderr).toMatch(/users\.json.*id of entry 1/);
  expect(collector.stderr).not.toContain('a-secret');
});

test('variables configure it', async () => {
  const folder = await temporaryFolder();
  const users = join(folder, 'elsewhere.json');
  await writeFile(users, JSON.stringify(USERS));
  const env = { THERMOWELL_USERS: users, THERMOWELL_PRIVATE: '1', THERMOWELL_LOG_LEVEL: 'error' };
  const collector = new CollectorProcess(folder, env);
  const url = await collector.url();
  expect((await fetch(`${url}/series`)).status).toBe(401);
  expect((await fetch(`${url}/series`, { headers: { authorization: 'Bearer robin' } })).status).toBe(200);
  expect(await collector.end('SIGTERM')).toBe(0);
  expect(collector.stderr).not.toContain('"path"');
});
