/**
 * The system of dev with everything that it can be watched by and that is off; without bundles.
 * Run in a process of its own, with the folder to write into.
 */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { couponSystem } from '../../lib/coupon-system.ts';
import { dev } from '../../lib/environments/dev.ts';

const [outdir = ''] = process.argv.slice(2);
const app = new App({
  outdir,
  context: { 'aws:cdk:bundling-stacks': [] },
  analyticsReporting: false,
});
couponSystem(app, {
  ...dev,
  logAnalytics: { instanceType: 'r7g.medium.search', gigabytesPerNode: 20 },
  telemetry: {
    layerArn: 'arn:aws:lambda:us-east-1:615299751070:layer:AWSOpenTelemetryDistroJs:1',
    sampledShare: 0.05,
  },
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
