import { describe, expect, it } from 'vitest';
import { tableLines } from '../table.js';

const HEADINGS = [{ title: 'id', align: 'right' as const }, { title: 'desc', shrinkTo: 6 }, { title: 'age' }];
const ROWS = [
  ['1', '28-0316a4f1b2ff', '45 s'],
  ['12', '冷蔵庫', '3 d'],
];

describe('tableLines()', () => {
  it('lines the columns up, wide characters included', () => {
    expect(tableLines(HEADINGS, ROWS)).toEqual([
      'id  desc             age',
      ' 1  28-0316a4f1b2ff  45 s',
      '12  冷蔵庫           3 d',
    ]);
  });

  it('cuts the columns that may shrink on a narrow terminal, and no other', () => {
    expect(tableLines(HEADINGS, ROWS, 18)).toEqual(['id  desc      age', ' 1  28-0316…  45 s', '12  冷蔵庫    3 d']);
    expect(tableLines(HEADINGS, ROWS, 5)[1]).toBe(' 1  28-03…  45 s');
  });
});
