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
  const called = devices.filter(({ device_desc }) => wanted !== '' && device_desc.toLowerCase() === wanted);
  const [device] = called;
  if (called.length > 1)
    throw new ToolError('missing', `${called.length} devices are called "${printable(text)}"; give an id`, {
      hint: list(called),
    });
  if (device !== undefined) return device;
  throw new ToolError('missing', `no device is called "${printable(text)}"`, {
    hint: devices.length === 0 ? 'None has uploaded a batch yet.' : list(devices),
  });
}

function list(devices: DeviceShape[]): string {
  return `There are:\n${devices.map((one) => `  ${deviceName(one)}`).join('\n')}`;
}

/** `fridge (24:6f:28:aa:bb:cc)`, or the id alone. */
export function deviceName({ device_id, device_desc }: Pick<DeviceShape, 'device_id' | 'device_desc'>): string {
  return printable(device_desc === '' ? device_id : `${device_desc} (${device_id})`);
}
