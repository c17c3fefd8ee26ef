/**
 * How long a battery lasts, as a sum of currents: what the datasheets say, times how long it flows. Nothing in it was
 * measured; where no datasheet says how long something takes, that is an assumption, and told as one.
 */

export const CHIPS = ['esp32', 'esp8266'] as const;
export type Chip = (typeof CHIPS)[number];

/** Currents of a chip, mA. */
interface ChipCurrents {
  name: string;
  /** deep sleep with its timer and RTC memory on */
  sleep: number;
  /** awake, radio off */
  awake: number;
  receive: number;
  transmit: number;
  sources: { sleep: string; awake: string; radio: string };
  /** of the battery's divider, Ω */
  divider: number;
  /** longest sleep, s */
  longestSleep: number;
}

const CURRENTS: Record<Chip, ChipCurrents> = {
  esp32: {
    name: 'ESP32',
    sleep: 0.01,
    awake: 68,
    receive: 100,
    transmit: 240,
    sources: {
      sleep: 'ESP32 Series Datasheet, "Power Consumption by Power Modes": deep-sleep, RTC timer + RTC memory, 10 µA',
      awake: 'the same table: modem-sleep, 240 MHz, dual core, 30 to 68 mA; the upper end',
      radio: 'the same, "RF Power Consumption": receive 95 to 100 mA, transmit 802.11b 240 mA',
    },
    divider: 660_000,
    longestSleep: Infinity,
  },
  esp8266: {
    name: 'ESP8266',
    sleep: 0.02,
    awake: 15,
    receive: 56,
    transmit: 170,
    sources: {
      sleep: 'ESP8266EX Datasheet, table 3-4 "Power Consumption by Power Modes": deep-sleep, 20 µA',
      awake: 'the same table: modem-sleep, 15 mA',
      radio: 'the same, table 5-2 "RF Power Consumption": receive 56 mA, transmit 802.11b 170 mA',
    },
    divider: 430_000,
    longestSleep: 71 * 60,
  },
};

/** DS18B20 datasheet, "DC Electrical Characteristics" and "AC Electrical Characteristics", typical: mA, s */
const PROBE = { active: 1, standby: 0.000_75, conversion: 0.75 };
const PROBE_SOURCE =
  'DS18B20 Datasheet, "DC Electrical Characteristics": 1 mA active, 750 nA standby; 750 ms at 12 bits';

/** A regulator that is meant for batteries; the usual AMS1117 of a development board takes a thousand times that. */
const REGULATOR = {
  current: 0.0016,
  source: 'MCP1700 Datasheet: 1.6 µA quiescent; a board with a USB chip takes more',
};

/** V, halfway through a lithium cell's discharge */
const CELL_V = 3.7;

export const ASSUMED = {
  /**
   * s from the wake-up to sleep again, beside the conversion: the chip's start, and our own work. The latter is, on an
   * ESP8266 at 80 MHz, 0.12 to 0.17 s: 2.3 million instructions counted in QEMU, what its cache misses (README, "On
   * batteries"), and the 1-Wire bus.
   */
  work: 0.45,
  /** s the radio is on for an upload: join, address, request, answer */
  radio: 3,
  /** part of that time in which it transmits */
  transmitting: 0.1,
  /** part of its capacity that a cell gives before the regulator gives up */
  usable: 0.8,
  /** part of its capacity that a cell loses by itself in a month */
  selfDischarge: 0.02,
};

export interface BatteryQuestion {
  chip: Chip;
  /** s from one reading to the next */
  period: number;
  /** readings from one upload to the next */
  uploadEvery: number;
  mAh: number;
  probes: number;
  /** s the radio is on for an upload */
  radio: number;
  /** what the board takes beside the chip, µA; by default a good regulator */
  board?: number;
}

export interface Share {
  what: string;
  /** mA while it flows */
  current: number;
  /** s in each period */
  seconds: number;
  /** of the average, µA */
  average: number;
  source: string;
}

export interface BatteryLife {
  chip: string;
  shares: Share[];
  /** µA */
  average: number;
  days: number;
  /** readings so far apart that the chip can't sleep from one to the next at once */
  beyondSleep: boolean;
}

const DAY = 86_400;
const MONTH_HOURS = 730;

export function batteryLife({ chip, period, uploadEvery, mAh, probes, radio, board }: BatteryQuestion): BatteryLife {
  const { name, sleep, awake, receive, transmit, sources, divider, longestSleep } = CURRENTS[chip];
  const sending = receive + ASSUMED.transmitting * (transmit - receive);
  const working = PROBE.conversion + ASSUMED.work;
  const asleep = Math.max(0, period - working - radio / uploadEvery);
  const share = (what: string, current: number, seconds: number, source: string): Share => {
    return { what, current, seconds, average: (1000 * current * seconds) / period, source };
  };
  const shares = [
    share('asleep', sleep, asleep, sources.sleep),
    share(
      'awake',
      awake,
      working,
      `${sources.awake}; conversion, and ${ASSUMED.work} s to start (assumed) and work (instructions counted)`,
    ),
    share('radio', sending, radio / uploadEvery, `${sources.radio}; ${radio} s an upload, a tenth sending (assumed)`),
    share('probes converting', PROBE.active * probes, PROBE.conversion, PROBE_SOURCE),
    share('probes waiting', PROBE.standby * probes, period - PROBE.conversion, 'the same'),
    share('divider', (CELL_V / divider) * 1000, period, `${CELL_V} V over ${divider / 1000} kΩ, as in the drawing`),
    board === undefined
      ? share('regulator', REGULATOR.current, period, REGULATOR.source)
      : share('board', board / 1000, period, 'as given'),
    share(
      'self-discharge',
      (ASSUMED.selfDischarge * mAh) / MONTH_HOURS,
      period,
      '2 % of the capacity a month (assumed)',
    ),
  ];
  const average = shares.reduce((sum, one) => sum + one.average, 0);
  const days = (ASSUMED.usable * mAh * 1000) / average / 24;
  return { chip: name, shares, average, days, beyondSleep: period > longestSleep };
}

/** `4.2 years`, `8 months`, `12 days`. */
export function lifeWords(days: number): string {
  if (days >= 730) return `${(days / 365.25).toFixed(1)} years`;
  if (days >= 60) return `${Math.floor(days / 30.44)} months`;
  return days >= 2 ? `${Math.floor(days)} days` : `${Math.floor((days * DAY) / 3600)} hours`;
}
