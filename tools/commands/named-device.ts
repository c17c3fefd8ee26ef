import type { DeviceShape } from '../../firmware/protocol/rest.js';
import type { Client } from '../client.js';
import { ToolError } from '../exit.js';
import { printable } from '../text.js';

/** The device that a person means: by its id, or by its description where only one has that. @throws ToolError */
export async function namedDevice(client: Client, text: string): Promise<DeviceShape> {
  const devices = await client.devices();
  const byId = devices.find(({ device_id }) => device_id === text);
  if (byId !== undefined) return byId;
  const wanted = text.toLowerCase();
  const [device, ...others] = devices.filter(({ device_desc }) => device_desc.toLowerCase() === wanted);
  if (others.length > 0)
    throw new ToolError('missing', `${others.length + 1} devices are called "${text}"; give an id`);
  if (device !== undefined) return device;
  const names = devices.map((one) => `  ${deviceName(one)}`);
  throw new ToolError('missing', `no device is called "${printable(text)}"`, {
    hint: names.length === 0 ? 'None has uploaded a batch yet.' : `There are:\n${names.join('\n')}`,
  });
}

/** `fridge (24:6f:28:aa:bb:cc)`, or the id alone. */
export function deviceName({ device_id, device_desc }: Pick<DeviceShape, 'device_id' | 'device_desc'>): string {
  return printable(device_desc === '' ? device_id : `${device_desc} (${device_id})`);
}
