import type { Mutation } from '../mutation.ts';

const HTTP = 'lambdas/adapters/http-client.ts';
const OUTCOMES = 'lambdas/adapters/send-outcomes.ts';
const SLACK = 'lambdas/adapters/notify/slack-sender.ts';
const CHANNELS = 'lib/constructs/notification-channels.ts';
const TEXT_TESTS = 'test/domain/notification-text.test.ts';
const HTTP_TESTS = 'test/http/http-client.test.ts';
const SENDER_TESTS = 'test/http/notification-senders.test.ts';
const CHANNEL_TESTS = 'test/http/notification-channels.test.ts';
const INFRA_TESTS = 'test/infra/notifications.test.ts';

export const notificationMutations: readonly Mutation[] = [
  {
    name: 'The name of a coupon goes to Slack as it is',
    loss: 'Who names a coupon <!channel> rings everybody’s phone, or shows them a link of their own.',
    file: SLACK,
    find: `  return escaped(kept);`,
    replace: `  return kept;`,
    caughtBy: {
      file: CHANNEL_TESTS,
      title: 'has its figures in fields, and where and when below',
    },
  },
  {
    name: 'The name of a coupon goes into an e-mail’s HTML as it is',
    loss: 'Who names a coupon writes what the shop’s customers read, and where its links lead.',
    file: 'lambdas/domain/notification-text.ts',
    find: `escaped(paragraph).replaceAll`,
    replace: `paragraph.replaceAll`,
    caughtBy: {
      file: TEXT_TESTS,
      title: 'nothing of it is markup, and no other value appears by it',
    },
  },
  {
    name: 'The secret code is told to whoever reads',
    loss: 'Everybody in the operators’ channel can use the coupon.',
    file: 'lambdas/domain/notification-values.ts',
    find: `reader === 'owner' ? oneLine(issuance?.code ?? '') : ''`,
    replace: `oneLine(reader === 'owner' || issuance ? (issuance?.code ?? '') : '')`,
    caughtBy: {
      file: TEXT_TESTS,
      title: 'names the secret code to its owner, and to nobody else',
    },
  },
  {
    name: 'A webhook’s time is not signed',
    loss: 'Who has listened once sends the same event again, years later, as if it were new.',
    file: 'lambdas/adapters/notify/webhook-signature.ts',
    find: '`${id}.${timestamp}.${body}`',
    replace: '`${id}.${body}`',
    caughtBy: { file: CHANNEL_TESTS, title: 'is signed as the specification’s own example' },
  },
  {
    name: 'A redirect is followed',
    loss: 'Whom the shop’s server names gets what was signed for the shop, and may be within the network.',
    file: HTTP,
    find: `        const chunks: Buffer[] = [];`,
    replace: `        const { location } = response.headers;
        if (location !== undefined) {
          response.resume();
          once(call, new URL(location, url), signal).then(resolve, reject);
          return;
        }
        const chunks: Buffer[] = [];`,
    caughtBy: { file: SENDER_TESTS, title: 'a redirect leads nowhere' },
  },
  {
    name: 'What the shop refuses is tried again, whatever the refusal',
    loss: 'A message that nobody will ever take keeps its place in the line until its last try.',
    file: OUTCOMES,
    find: `  return isFinal ? rejected(reason) : failed(reason, answer);`,
    replace: `  return isFinal ? failed(reason) : failed(reason, answer);`,
    caughtBy: {
      file: CHANNEL_TESTS,
      title: 'is given up when the shop refuses it with %i',
    },
  },
  {
    name: 'A shop that is being deployed refuses for ever',
    loss: 'What was to be told in those minutes is parked, and told when somebody looks for it.',
    file: 'lambdas/adapters/notify/webhook-sender.ts',
    find: `new Set([404, 405, 410])`,
    replace: `new Set([404])`,
    caughtBy: {
      file: CHANNEL_TESTS,
      title: 'waits while nobody is there to take it, which a deployment mends: %i',
    },
  },
  {
    name: 'An account without a verified sender refuses each message',
    loss: 'Every e-mail is parked at its first try while somebody waits for a record in the DNS.',
    file: 'lambdas/adapters/aws/ses-sender.ts',
    find: `/not verified/i`,
    replace: `/not verified$/i`,
    caughtBy: {
      file: CHANNEL_TESTS,
      title: 'waits while SES has not verified the account’s addresses',
    },
  },
  {
    name: 'One user’s bad address speaks for the user service',
    loss: 'Some users without a proper address make the channel pause, and all others wait.',
    file: 'lambdas/adapters/notify/user-directory.ts',
    find: `throw isOfTheUser(answer) ?`,
    replace: `throw isOfTheUser(answer) && answer.status > 499 ?`,
    caughtBy: {
      file: CHANNEL_TESTS,
      title: 'to a user whom the user service refuses with %i is given up, and SES not asked',
    },
  },
  {
    name: 'SES’ throttling passes for a refusal of the message',
    loss: 'In each spike mails are parked that a second later would have gone.',
    file: 'lambdas/adapters/aws/ses-sender.ts',
    find: `  if (OF_THE_MESSAGE.has(kind)) return rejected(reason);`,
    replace: `  if (OF_THE_MESSAGE.has(kind) || status < 500) return rejected(reason);`,
    caughtBy: { file: SENDER_TESTS, title: 'a %i passes, and may say when' },
  },
  {
    name: 'A lost answer passes for a yes',
    loss: 'What never arrived is never sent again.',
    file: OUTCOMES,
    find: `      return failed(error.message);`,
    replace: `      return error.message.includes('ECONNRESET') ? SENT : failed(error.message);`,
    caughtBy: {
      file: SENDER_TESTS,
      title: 'an answer that is lost is a failure, and the next attempt has the same id',
    },
  },
  {
    name: 'A name may lead into the network',
    loss: 'Who sets the shop’s name in the DNS has our functions call what only they can reach.',
    file: HTTP,
    find: `reach === 'public' ? { lookup: publicLookup } : {}`,
    replace: `reach === 'any' ? { lookup: publicLookup } : {}`,
    caughtBy: {
      file: HTTP_TESTS,
      title: 'is not reached by a name that leads into this machine',
    },
  },
  {
    name: 'An endless answer is read to its end',
    loss: 'A broken server of the shop takes all memory of the function that tells it.',
    file: HTTP,
    find: `const MAX_ANSWER_BYTES = 64 * 1024;`,
    replace: `const MAX_ANSWER_BYTES = 64 * 1024 * 1024;`,
    caughtBy: { file: HTTP_TESTS, title: 'reads no more of an endless answer than its beginning' },
  },
  {
    name: 'A secret is read once and kept for ever',
    loss: 'After a rotation the shop refuses everything until each environment has ended.',
    file: 'lambdas/adapters/changing-secret.ts',
    find: `const MAX_AGE_MS = 5 * 60 * 1000;`,
    replace: `const MAX_AGE_MS = Number.POSITIVE_INFINITY;`,
    caughtBy: { file: HTTP_TESTS, title: 'is read again after five minutes' },
  },
  {
    name: 'Who may send mail may send it in anybody’s name',
    loss: 'A bug, or a thief of the function’s rights, writes to customers as the shop’s director.',
    file: CHANNELS,
    find: `        conditions: { StringEquals: { 'ses:FromAddress': mailFrom } },\n`,
    replace: '',
    caughtBy: {
      file: INFRA_TESTS,
      title: 'lets them send from one address, publish to one topic and read three secrets',
    },
  },
  {
    name: 'The topic takes what was sent without TLS',
    loss: 'What operators are told can be read, and made up, on its way.',
    file: CHANNELS,
    find: `      enforceSSL: true,\n`,
    replace: '',
    caughtBy: {
      file: INFRA_TESTS,
      title: 'has a topic for operators in %s, which takes TLS only and is encrypted',
    },
  },
];
