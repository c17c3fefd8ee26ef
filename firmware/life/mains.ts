/** Life on mains power: a reading each period, and an upload as soon as there is something to upload. */
import type { Led } from '../led.js';
import type { Log } from '../log.js';
import type { Network } from '../network.js';
import type { Reading } from '../reading.js';
import type { Sampler } from '../sampler.js';
import type { Uploader, UploadEvent } from '../uploader.js';
import type { Life } from './life.js';
import type { Report } from './report.js';

export interface MainsOptions {
  log: Log;
  sampler: Sampler;
  network: Pick<Network, 'open'>;
  uploader: Pick<Uploader, 'nudge'>;
  led: Led;
  report: Report;
}

export class Mains implements Life {
  private readonly options: MainsOptions;
  /** the newest upload got through */
  private through = true;

  constructor(options: MainsOptions) {
    this.options = options;
  }

  open(): void {
    const { log, sampler, network } = this.options;
    log.open();
    sampler.open();
    network.open();
  }

  read(reading: Reading): void {
    const { log, uploader, led, report } = this.options;
    try {
      log.append(reading);
    } catch (error) {
      // Thrown on, it would be taken for the sensor's fault, or end the start.
      report.failed(error);
    }
    led.blink(this.through ? 1 : 3);
    uploader.nudge();
  }

  timed(wall: number): void {
    const { log, report } = this.options;
    try {
      log.markTime(wall);
    } catch (error) {
      report.failed(error);
    }
  }

  heard(event: UploadEvent): void {
    if (event.kind === 'failed') this.options.report.failed(event.error);
    if (event.kind !== 'answered') return;
    this.through = event.verdict.do === 'forget';
  }
}
