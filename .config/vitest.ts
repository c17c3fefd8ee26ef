import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  // The SDK's modules that the chip's doors import, as they misbehave.
  resolve: {
    alias: Object.fromEntries(
      [
        ['onewire', 'onewire'],
        ['flash', 'flash'],
        ['timer', 'timer'],
        ['time', 'time'],
        ['mc/ffi', 'ffi'],
        ['embedded:network/interface/wifi', 'wifi'],
        ['embedded:network/dnssd', 'dnssd'],
        ['embedded:io/socket/tcp/tls', 'tls'],
        ['embedded:io/socket/tcp', 'tcp'],
        ['embedded:io/socket/udp', 'udp'],
        ['crypt', 'crypt'],
        ['ecdsa', 'ecdsa'],
        ['pkcs1_5', 'pkcs1_5'],
        ['x509', 'x509'],
      ].map(([name, file]) => [name, new URL(`../firmware/test/sdk/${file}.ts`, import.meta.url).pathname]),
    ),
  },
  test: {
    include: ['{firmware,collector,tools}/test/**/*.test.ts'],
    // no test holds how long something takes, so what is slow because the machine is busy may be slow
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // most tests wait for other processes: two at a time even where there are two cores
    maxWorkers: Math.max(2, availableParallelism() - 1),
    globalSetup: new URL('build.ts', import.meta.url).pathname,
  },
});
