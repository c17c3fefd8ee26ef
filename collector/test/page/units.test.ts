import { describe, expect, test } from 'vitest';
import { formatChange, formatExtent, formatValue, quantityOf, tickLabels } from '../../page/words/units.js';

describe('quantityOf() reads a field name', () => {
  test('whose last part is the unit', () => {
    expect(quantityOf('temp_C')).toMatchObject({ name: 'temperature', unit: '°C', minor: false });
    expect(quantityOf('batt_V')).toMatchObject({ name: 'battery', unit: 'V', minor: true });
    expect(quantityOf('soil_moisture_pct')).toMatchObject({ name: 'soil moisture', unit: '%' });
  });

  test('without a unit it knows, as it stands', () => {
    expect(quantityOf('door_open')).toMatchObject({ name: 'door open', unit: '' });
    expect(quantityOf('C')).toMatchObject({ name: 'C', unit: '' });
    expect(quantityOf('')).toMatchObject({ name: 'unnamed', unit: '' });
  });

  test('that is also the name of something every object has', () => {
    expect(quantityOf('x_toString')).toMatchObject({ name: 'x toString', unit: '' });
    expect(quantityOf('valueOf')).toMatchObject({ name: 'valueOf', unit: '' });
  });
});

describe('formatValue() writes', () => {
  test('a value with as many decimals as are worth reading, and its unit', () => {
    expect(formatValue(21.0625, quantityOf('temp_C'))).toMatch(/^21[.,]1\u00a0°C$/);
    expect(formatValue(-0.0625, quantityOf('temp_C'), 1)).toMatch(/^.0[.,]06\u00a0°C$/);
    expect(formatValue(3.9, quantityOf('batt_V'))).toMatch(/^3[.,]90\u00a0V$/);
  });

  test('what would be wider than a tile as a power of ten', () => {
    expect(formatValue(9_999_999, quantityOf('knocks'))).toMatch(/^9.999.999[.,]00$/);
    expect(formatValue(-12_500_000, quantityOf('temp_C'))).toMatch(/^.1[.,]3E7\u00a0°C$/);
    expect(formatValue(1e308, quantityOf('knocks'))).toBe('1E308');
  });

  test('what would be nothing without its power of ten, where nobody knows what matters', () => {
    expect(formatValue(0.000012, quantityOf('leak'))).toMatch(/^1[.,]2E-5$/);
    expect(formatValue(0.000012, quantityOf('temp_C'))).toMatch(/^0[.,]0\u00a0°C$/);
    expect(formatValue(0, quantityOf('leak'))).toMatch(/^0[.,]00$/);
  });

  test('no minus before a zero', () => {
    expect(formatValue(-0.03, quantityOf('temp_C'))).toMatch(/^0[.,]0\u00a0°C$/);
    expect(formatValue(-0, quantityOf('rain'))).toMatch(/^0[.,]00$/);
  });

  test('no unit where there is none', () => {
    expect(formatValue(7, quantityOf('knocks'))).toMatch(/^7[.,]00$/);
  });
});

test('formatExtent() writes the unit once, and no dash that could be a minus', () => {
  expect(formatExtent(-3, 4, quantityOf('temp_C'))).toMatch(/^.3[.,]0 to 4[.,]0\u00a0°C$/);
  expect(formatExtent(3.99, 4, quantityOf('temp_C'))).toMatch(/^4[.,]0\u00a0°C$/);
});

describe('tickLabels() writes', () => {
  test.each([
    [[0, 20, 40], 20, ['0', '20', '40']],
    [[4.06, 4.1], 0.02, ['4.06', '4.10']],
    [[1e300, 2e300], 1e300, ['1E300', '2E300']],
    [[0, 0.00001], 0.00001, ['0E0', '1E-5']],
  ])('%j, %d apart, each as it is', (ticks, distance, labels) => {
    expect(tickLabels(ticks, distance).map((label) => label.replace(',', '.'))).toEqual(labels);
  });
});

describe('a temperature', () => {
  const inF = quantityOf('temp_C', 'F');

  test('is written in the reader’s scale, a change of it without the offset', () => {
    expect(formatValue(21.5, inF)).toMatch(/^70[.,]7\u00a0°F$/);
    expect(formatValue(70.7, quantityOf('temp_F', 'C'))).toMatch(/^21[.,]5\u00a0°C$/);
    expect(formatChange(-1.5, inF)).toMatch(/^.2[.,]7\u00a0°F$/);
    expect(formatValue(21.5, quantityOf('temp_K', 'F'))).toMatch(/\u00a0K$/);
  });

  test('stays in the scale that people gave to its series', () => {
    expect(formatValue(21.5, quantityOf('temp_C', 'F', '°C'))).toMatch(/°C$/);
  });

  test('is also a field whose unit people have said', () => {
    expect(quantityOf('value', 'F', '°C')).toMatchObject({ temperature: true, unit: '°F', factor: 1.8 });
    expect(quantityOf('value', 'C', 'l/min')).toMatchObject({ temperature: false, unit: 'l/min', factor: 1 });
    expect(quantityOf('value', 'C', '%')).toMatchObject({ digits: 0, minSpan: 5 });
  });
});
