/** Load: lanes that each send one request after the other. */
export interface Driven {
  requests: number;
  seconds: number;
  /** ms until half of the answers were complete */
  p50: number;
  /** ms until all but a thousandth of the answers were complete */
  p999: number;
  /** ms until the last byte of the answer that took longest */
  longest: number;
}

/** One request at a time; its answer, or what stands for one. */
export interface Lane<R> {
  send(request: R): Promise<string>;
}

interface Load<R> {
  connections: Lane<R>[];
  /** no request is begun after so many ms */
  ms: number;
  /** the lane's next request; null when it has no more */
  next: (lane: number) => R | null;
  /** looks at an answer while the lane's clock stands; throws for one that is wrong */
  check?: (answer: string) => void;
  /** what a lane does between an answer and its next request */
  wait?: () => Promise<void>;
}

/** One lane a connection, all at once. @throws Error of the first request that fails */
export async function drive<R>({ connections, ms, next, check, wait }: Load<R>): Promise<Driven> {
  const latencies: number[] = [];
  const begin = performance.now();
  const runLane = async (connection: Lane<R>, lane: number): Promise<void> => {
    while (performance.now() - begin < ms) {
      const request = next(lane);
      if (request === null) return;
      const sent = performance.now();
      const answer = await connection.send(request);
      latencies.push(performance.now() - sent);
      check?.(answer);
      await wait?.();
    }
  };
  await Promise.all(connections.map(runLane));
  const seconds = (performance.now() - begin) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  const { length } = sorted;
  return {
    requests: length,
    seconds,
    p50: median(latencies),
    p999: sorted[Math.min(length - 1, Math.floor(length * 0.999))] ?? NaN,
    longest: sorted[length - 1] ?? 0,
  };
}

/** Takes the elements in turn, for ever; each lane has those that are its own, so that no two lanes share one. */
export function dealt<T>(elements: T[], lanes: number): (lane: number) => T {
  const turns = new Array<number>(lanes).fill(0);
  const hands = Array.from({ length: lanes }, (_, lane) => elements.filter((_, i) => i % lanes === lane));
  return (lane) => hands[lane]![turns[lane]!++ % hands[lane]!.length]!;
}

/** NaN of nothing. */
export function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const { length } = sorted;
  return length === 0 ? NaN : (sorted[(length - 1) >> 1]! + sorted[length >> 1]!) / 2;
}
