import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { faultWords, placesOf, plainFault, shortWords } from '../../lambdas/domain/fault-words.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';

const named = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

describe('of a fault is said', () => {
  it.each([
    ['our own message', new LedgerUnavailable('PostgreSQL is away'), 'PostgreSQL is away'],
    [
      'what Node could not do, without to whom',
      named('Error', 'connect ECONNREFUSED 10.0.0.1:5432', {
        code: 'ECONNREFUSED',
        syscall: 'connect',
      }),
      'connect ECONNREFUSED',
    ],
    ["PostgreSQL's code", named('error', 'Key (user)=(anna)', { code: '23505' }), '23505'],
    [
      "Kafka's name of it",
      named('KafkaJSProtocolError', 'x', { type: 'NOT_LEADER' }),
      'NOT_LEADER',
    ],
    [
      'what caused it',
      new Error('anna', { cause: new Error('x', { cause: named('E', 'x', { code: 'EPIPE' }) }) }),
      'EPIPE',
    ],
    ['what a driver always says', new Error('Command timed out'), 'Command timed out'],
    ['nothing of any other message', new SyntaxError('Unexpected token a in "anna"'), ''],
    ['nothing of a code that is none', named('Error', 'x', { code: 'anna@example.com' }), ''],
  ])('%s', (_, fault, reason) => {
    expect(faultWords(fault)).toEqual({ fault: fault.name, reason });
  });

  it('only its kind if it is no error', () => {
    expect(faultWords('anna')).toEqual({ fault: 'string', reason: '' });
  });
});

it('in a message of ours stands the reason, or the name of what has none that may be said', () => {
  expect(shortWords(named('Error', 'connect 10.0.0.1', { code: 'ECONNREFUSED' }))).toBe(
    'ECONNREFUSED',
  );
  expect(shortWords(named('KafkaJSError', 'anna is no leader'))).toBe('KafkaJSError');
});

describe('what is thrown out of a function', () => {
  it('is our own error as it is', () => {
    const fault = new LedgerUnavailable('away');
    expect(plainFault(fault)).toBe(fault);
  });

  it('has the name, the code and the place of any other, and nothing else of it', () => {
    const fault = named('error', 'duplicate of anna\n    at anna', {
      code: '23505',
      detail: 'Key (user_id)=(anna) already exists.',
    });
    const plain = plainFault(fault);
    expect(plain).toMatchObject({ name: 'error', message: '23505' });
    expect(inspect(plain)).not.toContain('anna');
    expect(plain.stack).toContain('fault-words.test.ts');
  });
});

it('a place has nothing of the message, whatever that looks like', () => {
  const fault = new Error('line\n    at secret (anna)');
  expect(placesOf(fault).join()).not.toContain('anna');
  expect(placesOf(fault)[0]).toContain('fault-words.test.ts');
});
