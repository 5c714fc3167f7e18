import { describe, expect, test } from '@jest/globals';
import { LOG_FIELDS } from '../../lambdas/domain/log-lines.ts';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { LOG_QUERIES } from '../../lib/logs/queries.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';
import { propertiesOf } from './service-parts.ts';

/** CloudWatch's own, and those that the formatter gives to each line. */
const OF_EACH_LINE = ['@timestamp', '@message', 'level', 'message', 'function'];
const WORDS = 'fields filter stats count as by sort limit and like asc desc lines'.split(' ');

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const assembly = new Assembly(environment);
  const saved = Object.values(assembly.resources('AWS::Logs::QueryDefinition'));

  test('each question is saved, for the log groups of the functions that can answer it', () => {
    const names = Object.keys(functions) as FunctionName[];
    const groupOf = (name: FunctionName) => propertiesOf(assembly, name).LoggingConfig.LogGroup;
    expect(
      saved.map(({ Properties }) => [Properties['Name'], Properties['LogGroupNames']]),
    ).toEqual(
      LOG_QUERIES.map(({ name, of = names }) => [`coupon-${environment}/${name}`, of.map(groupOf)]),
    );
  });

  test('none names a field that no line can have', () => {
    const fields = [...OF_EACH_LINE, ...Object.keys(LOG_FIELDS), ...WORDS];
    for (const { Properties } of saved) {
      const text = String(Properties['QueryString']).replaceAll(/"[^"]*"/g, '');
      const named = text.match(/@?[A-Za-z]\w*/g) ?? [];
      expect(named.filter((word) => !fields.includes(word))).toEqual([]);
      expect(named.length).toBeGreaterThan(5);
    }
  });
});
