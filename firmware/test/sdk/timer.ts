/** The SDK's `timer`: one that has fired is gone, and clearing it is an error. */
interface Due {
  callback: () => void;
  ms: number;
}

const due: Due[] = [];

export default {
  set(callback: () => void, ms: number): Due {
    const timer = { callback, ms };
    due.push(timer);
    return timer;
  },

  clear(timer: Due): void {
    const at = due.indexOf(timer);
    if (at < 0) throw new Error('no such timer');
    due.splice(at, 1);
  },

  /** Fires the oldest one; how long it was to wait, ms. */
  fire(): number {
    const timer = due.shift();
    if (timer === undefined) throw new Error('no timer is set');
    timer.callback();
    return timer.ms;
  },

  get count(): number {
    return due.length;
  },
};
