import { describe, expect, test } from '@jest/globals';
import { Assembly, ENVIRONMENTS } from './assembly.ts';

const OF_THE_NETWORK =
  'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:*/*]';

/** What cdk-nag finds and is meant, with how many places have it in dev, staging and prod. */
const MEANT: Readonly<Record<string, readonly [dev: number, staging: number, prod: number]>> = {
  AEC4: [1, 0, 0],
  AEC6: [1, 1, 1],
  COG8: [1, 0, 0],
  EC23: [1, 1, 1],
  EC26: [1, 1, 0],
  EC28: [1, 1, 0],
  EC29: [1, 1, 0],
  'IAM5[Resource::*]': [10, 10, 10],
  [OF_THE_NETWORK]: [10, 10, 10],
  RDS3: [1, 0, 0],
  RDS10: [1, 0, 0],
  RDS11: [1, 1, 1],
  S1: [1, 1, 1],
  SMG4: [1, 1, 1],
};

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const reports = new Assembly(environment).report();

  test('neither AWS’ own rules nor those of cdk-nag find anything that is not meant', () => {
    expect(reports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
    for (const { pluginName, conclusion, violations } of reports) {
      expect({ pluginName, conclusion, violations }).toEqual({
        pluginName,
        conclusion: 'success',
        violations: [],
      });
    }
  });

  test('each exception is known, and has its reason', () => {
    const findings = reports.flatMap(({ suppressedViolations = [] }) => suppressedViolations);
    const counts = new Map<string, number>();
    for (const { acknowledgedId = '', reason = '', violatingConstructs } of findings) {
      const rule = acknowledgedId.replace('AwsSolutions::AwsSolutions-', '');
      counts.set(rule, (counts.get(rule) ?? 0) + violatingConstructs.length);
      expect(reason.length).toBeGreaterThan(20);
    }
    const place = ENVIRONMENTS.indexOf(environment);
    const meant = Object.entries(MEANT)
      .map(([rule, places]) => [rule, places[place] ?? 0] as const)
      .filter(([, count]) => count > 0);
    expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(meant));
  });
});
