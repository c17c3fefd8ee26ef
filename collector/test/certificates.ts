/** A certificate for this machine, and the authority that signed it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { temporaryFolder } from './running.js';

interface Files {
  tlsCert: string;
  tlsKey: string;
  /** PEM of the authority */
  ca: string;
}

/** Made anew, in a folder that goes with the test. */
export async function certificates(): Promise<Files> {
  const folder = await temporaryFolder();
  const authority = await generate([{ name: 'commonName', value: 'Home' }], {
    keySize: 2048,
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const files = { tlsCert: join(folder, 'cert.pem'), tlsKey: join(folder, 'key.pem'), ca: authority.cert };
  await writeFile(files.tlsCert, `${leaf.cert.trim()}\n${authority.cert}`);
  await writeFile(files.tlsKey, leaf.private);
  return files;
}
