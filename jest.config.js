/** @type {import('jest').Config} */
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }],
  },
  // Only this project's own folders: .local holds servers, cdk.out bundles.
  roots: ['<rootDir>/test'],
};

/** @type {import('jest').Config} */
export default {
  reporters: ['default'],
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'fast',
      testMatch: [
        '<rootDir>/test/{bench,cli,domain,http,metrics,simulator,structure}/**/*.test.ts',
      ],
    },
    // The stacks are synthesized once, for all of its files.
    {
      ...common,
      displayName: 'infra',
      testMatch: ['<rootDir>/test/infra/**/*.test.ts'],
      globalSetup: '<rootDir>/test/infra/global-setup.ts',
      globalTeardown: '<rootDir>/test/infra/global-teardown.ts',
    },
    // One after the other: they share servers, and some flush them or change their settings.
    {
      ...common,
      displayName: 'servers',
      testMatch: ['<rootDir>/test/contract/**/*.test.ts'],
    },
    // Each file with servers of its own, or with none.
    {
      ...common,
      displayName: 'stacks',
      testMatch: ['<rootDir>/test/{local,flow,faults}/**/*.test.ts'],
    },
    // Takes minutes, and a gigabyte: `npm run test:scale`.
    { ...common, displayName: 'scale', testMatch: ['<rootDir>/test/scale/**/*.test.ts'] },
  ],
};
