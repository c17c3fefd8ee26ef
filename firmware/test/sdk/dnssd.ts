/**
 * DNS-SD of the SDK: all its objects share one search, of which what is found is found once; and the search ended from
 * within a callback leaves the packet's reader with nothing to read from.
 */
export interface Service {
  name: string;
  address: string;
  port: number;
  txt?: Map<string, string | undefined>;
}

interface Discovering {
  onFound: (service: Service) => void;
  onUpdate: (service: Service) => void;
}

let users = 0;
let found = new Set<string>();
const discovering = new Map<DNSSD, Discovering>();

export default class DNSSD {
  constructor() {
    users++;
  }

  discover(options: Discovering & { serviceType: string }): void {
    discovering.set(this, options);
  }

  close(): void {
    discovering.delete(this);
    if (--users === 0) found = new Set();
  }

  static get users(): number {
    return users;
  }

  /** A packet comes in. */
  static hears(service: Service): void {
    for (const { onFound, onUpdate } of Array.from(discovering.values()))
      if (found.has(service.name)) onUpdate(service);
      else {
        found.add(service.name);
        onFound(service);
      }
    if (users === 0) throw new TypeError('cannot coerce undefined to object');
  }
}
