/** Values that are written at once, nested ones among them. */
const PIECE = 512;

/** Signs of a text that take as long as another value. */
const SIGNS = 64;

/** What `JSON.stringify` gives, piece by piece: each of as many values as are written in a moment. */
export function* jsonPieces(data: unknown): Generator<string> {
  if (isLight(data)) yield JSON.stringify(data);
  else if (Array.isArray(data)) yield* listPieces(data);
  else yield* objectPieces(data as object);
}

function* objectPieces(data: object): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    yield* jsonPieces(value);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** Elements that are light together are one piece. */
function* listPieces(list: unknown[]): Generator<string> {
  let before = '[';
  for (let i = 0; i < list.length;) {
    const first = i;
    for (let left = weigh(list[i], PIECE); left > 0 && ++i < list.length;) left = weigh(list[i], left);
    yield before;
    if (i > first) yield JSON.stringify(list.slice(first, i)).slice(1, -1);
    else yield* jsonPieces(list[i++]);
    before = ',';
  }
  yield list.length === 0 ? '[]' : ']';
}

function isLight(value: unknown): boolean {
  return typeof value !== 'object' || value === null || weigh(value, PIECE) > 0;
}

/** What is left of `left` when the values in it are taken off; looks at no more of them than that. */
function weigh(value: unknown, left: number): number {
  if (typeof value === 'string') return left - 1 - value.length / SIGNS;
  if (typeof value !== 'object' || value === null) return left - 1;
  let rest = left - 1;
  for (const name in value) {
    if (rest <= 0) break;
    rest = weigh((value as Record<string, unknown>)[name], rest);
  }
  return rest;
}
