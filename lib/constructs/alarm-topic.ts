import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';

/** Where alarms go: a topic that only CloudWatch publishes to, from there to people and to Slack. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { name, installation, removalPolicy } = environment;
    const key = new Key(this, 'Key', {
      description: `Alarms of coupon ${name}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    const ours = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    // It encrypts what it publishes: without this no alarm ever arrives, and none says so.
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: ours,
      }),
    );
    this.topic = new Topic(this, 'Topic', {
      displayName: `Alarms of coupon ${name}`,
      masterKey: key,
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: ours,
      }),
    );
    for (const address of installation.alarmEmails?.split(',') ?? []) {
      this.topic.addSubscription(new EmailSubscription(address));
    }
    const { slackWorkspace, slackChannel } = installation;
    if (slackWorkspace !== undefined && slackChannel !== undefined) {
      new SlackChannelConfiguration(this, 'Slack', {
        slackChannelConfigurationName: `coupon-${name}-alarms`,
        slackWorkspaceId: slackWorkspace,
        slackChannelId: slackChannel,
        notificationTopics: [this.topic],
        role: this.reader(environment),
        // Whoever writes in the channel may look, whatever their own role could do.
        guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('CloudWatchReadOnlyAccess')],
      });
    }
  }

  /** What Slack's channel may do: show an alarm's graph. */
  private reader({ name }: Environment): Role {
    const role = new Role(this, 'SlackRole', {
      description: `Shows alarms of coupon ${name} in Slack`,
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'cloudwatch:DescribeAlarms',
          'cloudwatch:GetMetricData',
          'cloudwatch:GetMetricWidgetImage',
        ],
        resources: ['*'],
      }),
    );
    accept(role, { 'IAM5[Resource::*]': 'CloudWatch knows no resources for reading metrics' });
    return role;
  }
}
