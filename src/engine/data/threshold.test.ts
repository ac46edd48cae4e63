import { describe, expect, it } from 'vitest';
import { defaultsOf, parseTargets } from '../config/params.ts';
import type { TableInput } from '../config/tableInput.ts';
import { formatIssue } from '../core/errors.ts';
import type { UnopenedRequest } from './openRequest.ts';
import { tableSource } from './tableSource.ts';
import { generateTable as generate, issuesOf, textInput } from './testing/files.ts';

const columnsFile = (columns: Record<string, readonly (string | number)[]>): TableInput => {
  const cells = Object.values(columns);
  const lines = (cells[0] ?? []).map((_, row) => cells.map((column) => column[row]).join(','));
  return textInput([Object.keys(columns).join(','), ...lines].join('\n'));
};
const request = (file: TableInput, targets: string): UnopenedRequest => ({
  data: defaultsOf(tableSource.dataParams),
  tasks: { targets: parseTargets(targets) ?? [] },
  file,
});
const refusal = async (r: UnopenedRequest) => (await issuesOf(r)).map(formatIssue).join('\n');
const indices = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('a threshold', () => {
  const x = indices(60);
  const mass = indices(60).map((i) => (i % 10 === 9 ? '' : (i * 37) % 60));
  const file = columnsFile({ x, mass, y: x });

  it.each([
    ['>20', '<=20', (v: number) => v > 20],
    ['>=20', '<20', (v: number) => v >= 20],
    ['<20', '>=20', (v: number) => v < 20],
    [' <= 2e1 ', '>20', (v: number) => v <= 20],
  ] as const)(
    '%s turns numbers into classes, and a missing number into a missing label',
    async (text, no, is) => {
      const data = await generate(request(file, `"mass":binary:"${text}",y:regression`));
      expect(data.tasks[0]).toMatchObject({ type: 'binary', classes: [no, expect.any(String)] });
      expect(data.features.map((f) => f.name)).toEqual(['x']);
      const expected = mass.map((v) => (v === '' ? Number.NaN : Number(is(v as number))));
      expect(Array.from(data.targets[0] ?? [])).toEqual(expected);
      expect(data.notes.some((note) => note.code === 'positive-class-chosen')).toBe(false);
    },
  );

  it('needs numbers on both sides, and is offered where there are more than two', async () => {
    expect(await refusal(request(file, 'mass:binary:>100'))).toBe(
      'tasks.targets[0]: expected a threshold with numbers of mass on both sides, which lie from 0 to 59, got >100. For example mass:binary:>0.',
    );
    expect(await refusal(request(file, 'mass:binary'))).toContain('or cut it in two, as in mass:binary:>0');
  });

  it('is a name like any other in a column of text', async () => {
    const text = columnsFile({ x, pay: x.map((i) => (i % 3 === 0 ? '>50K' : '<=50K')) });
    const data = await generate(request(text, 'pay:binary:>50K'));
    expect(data.tasks[0]).toMatchObject({ classes: ['<=50K', '>50K'], positive: '>50K' });
  });
});
