/** The CDK app: `npx cdk synth -c environment=dev`. */
import { App } from 'aws-cdk-lib';
import { chooseEnvironment } from '../lib/environments.ts';
import { storedSettings } from '../lib/service-settings.ts';
import { ServiceStack } from '../lib/service-stack.ts';

const app = new App();
const choice = chooseEnvironment(app.node.tryGetContext('environment'));
if (choice.ok) {
  const { environment } = choice;
  new ServiceStack(app, `coupon-${environment.name}-service`, {
    description: 'Limited coupons: the functions',
    environment,
    settings: storedSettings(environment.name),
    tags: { application: 'coupon', environment: environment.name },
  });
} else {
  console.error(choice.refusal);
  process.exitCode = 1;
}
