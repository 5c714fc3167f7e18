/** The CDK app: `npx cdk synth -c environment=dev`. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { couponSystem } from '../lib/coupon-system.ts';
import { chooseEnvironment } from '../lib/environments.ts';

const app = new App();
const choice = chooseEnvironment((name) => app.node.tryGetContext(name) as unknown);
if (choice.ok) {
  couponSystem(app, choice.environment);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} else {
  console.error(choice.refusal);
  process.exitCode = 1;
}
