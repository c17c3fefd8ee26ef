/**
 * What XS asks before it gives up and restarts the chip (`xs.abortHook` in the manifest; `fxAbort` in xsPlatform.c): by
 * the answer false it goes on as if nothing had been.
 *
 * After an exception that nobody caught it can. Out of memory, or keys, it can't: its C code would go on with a null
 * pointer for what it couldn't allocate. Nor after a call of what `strip` has taken out, which answers undefined.
 */
const OUTLIVED: readonly string[] = Object.freeze(['unhandled exception', 'unhandled rejection']);

export function abortHook(failed: (error: unknown) => void): (why: string, error?: unknown) => boolean {
  let aborting = false;
  return (why, error) => {
    const outlived = OUTLIVED.includes(why);
    // To tell it takes memory as well: when there is none, it comes here again.
    if (aborting) return !outlived;
    aborting = true;
    try {
      failed(outlived ? (error ?? why) : why);
    } finally {
      aborting = false;
    }
    return !outlived;
  };
}
