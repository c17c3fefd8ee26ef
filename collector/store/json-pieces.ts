/** Elements of a list that are written at once. */
const SLICE = 64;

/** What `JSON.stringify` gives, piece by piece: the lists in an object, which may be long, in slices. */
export function* jsonPieces(data: unknown): Generator<string> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    yield JSON.stringify(data);
    return;
  }
  let before = '{';
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    if (Array.isArray(value)) yield* listPieces(value);
    else yield JSON.stringify(value);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function* listPieces(list: unknown[]): Generator<string> {
  let before = '[';
  for (let i = 0; i < list.length; i += SLICE) {
    yield before + JSON.stringify(list.slice(i, i + SLICE)).slice(1, -1);
    before = ',';
  }
  yield list.length === 0 ? '[]' : ']';
}
