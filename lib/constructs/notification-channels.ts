import { CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ratesText } from '../../lambdas/config/notify-rates.ts';
import type { SettingName } from '../../lambdas/config/settings.ts';
import type { Environment } from '../environments/environment.ts';
import type { Installation } from '../environments/installation.ts';
import type { CouponFunction } from './coupon-function.ts';

export interface NotificationChannelsProps {
  readonly environment: Environment;
  /** Of the data at rest. */
  readonly key: IKey;
}

/** A secret that only its ARN is known of here: the setting that carries it, and its value. */
type SecretOf = readonly [setting: SettingName, arn: string | undefined];

/**
 * The ways by which people are told: the topic, which is made here, and those of which the
 * installation says where they are. Their secrets are made by hand, and nothing here reads them.
 */
export class NotificationChannels extends Construct {
  private readonly topic: Topic | undefined;
  private readonly key: IKey;
  private readonly environment: Environment;

  constructor(scope: Construct, id: string, { environment, key }: NotificationChannelsProps) {
    super(scope, id);
    this.key = key;
    this.environment = environment;
    if (!environment.notifications.topic) return;
    this.topic = new Topic(this, 'Topic', {
      displayName: `Coupons ${environment.name}`,
      masterKey: key,
      enforceSSL: true,
    });
    new CfnOutput(Stack.of(this), 'NotificationTopic', {
      value: this.topic.topicArn,
      description: 'What operators are told: subscribe to it',
    });
  }

  /** Those that there are, as a function is told of them. */
  private get names(): readonly string[] {
    const { mailFrom, slackWebhookSecretArn, shopWebhookUrl } = this.environment.installation;
    const ways = [
      ['email', mailFrom],
      ['sns', this.topic],
      ['slack', slackWebhookSecretArn],
      ['webhook', shopWebhookUrl],
    ] as const;
    return ways.filter(([, given]) => given !== undefined).map(([name]) => name);
  }

  /** Tells a function which channels there are: it lets nobody send. */
  announce(caller: CouponFunction): void {
    if (this.names.length > 0) caller.tell('notifyChannels', this.names.join(','));
  }

  /** Lets a function send by each channel, and tells it how. */
  serve(sender: CouponFunction): void {
    if (this.names.length === 0) return;
    const { installation, notifications } = this.environment;
    this.announce(sender);
    sender.tell('operatorLanguage', notifications.operatorLanguage);
    const rates = ratesText(notifications.rates);
    if (rates !== '') sender.tell('notifyRates', rates);
    this.servePublishing(sender);
    this.serveMail(sender, installation);
    const { shopWebhookUrl } = installation;
    if (shopWebhookUrl !== undefined) sender.tell('shopWebhookUrl', shopWebhookUrl);
    this.serveSecrets(sender, installation);
    sender.reachAws();
  }

  private servePublishing(sender: CouponFunction): void {
    if (this.topic === undefined) return;
    sender.tell('snsTopicArn', this.topic.topicArn);
    sender.allow(
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
      // What is published is encrypted in the sender's name.
      new PolicyStatement({
        actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
        resources: [this.key.keyArn],
      }),
    );
  }

  private serveMail(
    sender: CouponFunction,
    { mailFrom, mailConfigurationSet, userServiceUrl }: Installation,
  ): void {
    if (mailFrom === undefined || userServiceUrl === undefined) return;
    sender.tell('mailFrom', mailFrom);
    sender.tell('userServiceUrl', userServiceUrl);
    const identity = (name: string): string =>
      Stack.of(this).formatArn({ service: 'ses', resource: 'identity', resourceName: name });
    const [, domain = ''] = mailFrom.split('@');
    // SES takes the address's own identity if it is verified, else that of its domain.
    const resources = [identity(mailFrom), identity(domain)];
    if (mailConfigurationSet !== undefined) {
      sender.tell('mailConfigurationSet', mailConfigurationSet);
      resources.push(
        Stack.of(this).formatArn({
          service: 'ses',
          resource: 'configuration-set',
          resourceName: mailConfigurationSet,
        }),
      );
    }
    sender.allow(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources,
        conditions: { StringEquals: { 'ses:FromAddress': mailFrom } },
      }),
    );
  }

  private serveSecrets(sender: CouponFunction, installation: Installation): void {
    const secrets: readonly SecretOf[] = [
      ['slackWebhookArn', installation.slackWebhookSecretArn],
      ['shopWebhookSecretArn', installation.shopWebhookSecretArn],
      ['userServiceTokenArn', installation.userServiceTokenSecretArn],
    ];
    const arns: string[] = [];
    for (const [setting, arn] of secrets) {
      if (arn === undefined) continue;
      sender.tell(setting, arn);
      arns.push(arn);
    }
    if (arns.length === 0) return;
    sender.allow(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: arns }),
    );
    const { channelSecretsKeyArn } = installation;
    if (channelSecretsKeyArn === undefined) return;
    sender.allow(
      new PolicyStatement({ actions: ['kms:Decrypt'], resources: [channelSecretsKeyArn] }),
    );
  }
}
