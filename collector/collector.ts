/** The collector as a whole: opens every room in order, closes them in reverse. */
import type { MqttShape } from '../firmware/protocol/rest.js';
import { openAlarmFile } from './alarms/alarm-file.js';
import { Alarms } from './alarms/alarms.js';
import { ntfy, webhook, type Target } from './alarms/target.js';
import { Access } from './access.js';
import { Announcement, isForOthers } from './announcement.js';
import { CollectorClock } from './clock.js';
import type { Config } from './config.js';
import { Firmware } from './firmware.js';
import { Followers } from './http/followers.js';
import { LiveHub } from './http/live-hub.js';
import { UnderWay } from './http/under-way.js';
import { addRoutes, createServer, listen, stop, type LogDestination } from './http/server.js';
import { Ingest } from './ingest.js';
import { mqttTarget } from './mqtt/alarm-target.js';
import type { Bus } from './mqtt/bus.js';
import { createBus, createHerald } from './mqtt/mqtt.js';
import { Quarantine } from './quarantine.js';
import { nodeDisk, type Disk } from './store/disk.js';
import { Images } from './store/images.js';
import { JsonStore } from './store/json-store.js';
import { nameOf, readTls } from './tls.js';

export interface Collector {
  /** to reach it by, from this machine */
  url: string;
  /** null: none */
  mqtt(): MqttShape | null;
  /** Stops accepting, finishes what is in flight, and leaves everything on disk. May be called twice. */
  close(): Promise<void>;
}

export interface Surroundings {
  /** where log lines go, JSON */
  log: LogDestination;
  /** ms; the system's clock */
  now?: () => number;
  /** what the data folder is on; the file system */
  disk?: Disk;
  /** how often is looked for series of which nothing comes, ms */
  alarmTickMs?: number;
  /** how often for values on MQTT topics that have grown old, ms */
  heraldTickMs?: number;
}

/** @throws Error that says what is wrong: the users file, the data folder, the port */
export async function openCollector(
  config: Config,
  { log, now = Date.now, disk = nodeDisk, alarmTickMs = 10_000, heraldTickMs = 60_000 }: Surroundings,
): Promise<Collector> {
  const tls = readTls(config);
  const app = createServer(config, log, tls);
  const access = new Access(config.users, app.log);
  const store = new JsonStore(config.data, {
    budgets: { journal: config.journalBytes },
    commitDelayMs: config.commitDelayMs,
    verifyEveryMs: config.verifyEveryMs,
    log: (text) => app.log.warn(text),
    disk,
  });
  const clock = new CollectorClock(now, () => (config.trustClock ? 0 : store.health().newest));
  const images = new Images(disk, config.data);
  const firmware = new Firmware(images, now);
  const ingest = new Ingest(store, clock, config.limits, firmware);
  const quarantine = new Quarantine(store, clock, config.limits);
  const live = new LiveHub(store);
  const followers = new Followers();
  const underWay = new UnderWay(config.limits.bytes);

  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    access.open();
    closers.push(() => store.close());
    await store.open();
    await images.open();
    closers.push(() => live.close());
    const bus = await createBus(config, { access, store, ingest, log: app.log, web: app.server, tls });
    const file = openAlarmFile(disk, config.data);
    const targets = targetsOf(config, bus);
    const alarms = new Alarms({ store, clock, file, targets, log: app.log, tickMs: alarmTickMs });
    closers.push(() => alarms.close());
    await alarms.open();
    closers.push(() => stop(app, config));
    const parts = {
      config,
      store,
      access,
      clock,
      ingest,
      quarantine,
      live,
      followers,
      underWay,
      alarms,
      firmware,
      bus,
    };
    await addRoutes(app, parts);
    const url = await listen(app, config);
    if (bus !== null) closers.push(() => bus.close());
    const herald = bus && createHerald(config, { bus, store, clock, log: app.log, tickMs: heraldTickMs, url });
    closers.push(async () => herald?.close());
    await bus?.open();
    if (config.mdns && isForOthers(config.host)) {
      const announcement = new Announcement({
        url,
        tls: tls && nameOf(tls),
        mqtt: bus?.status() ?? null,
        log: app.log,
      });
      closers.push(() => announcement.close());
      void announcement.open();
    }
    return { url, mqtt: () => bus?.status() ?? null, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where alarms are told. */
function targetsOf({ alarmWebhook, alarmNtfy }: Config, bus: Bus | null): Target[] {
  return [
    ...(alarmWebhook === null ? [] : [webhook(alarmWebhook)]),
    ...(alarmNtfy === null ? [] : [ntfy(alarmNtfy)]),
    ...(bus === null ? [] : [mqttTarget(bus)]),
  ];
}
