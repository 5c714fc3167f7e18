import type {
  NotificationSender,
  NotificationToSend,
  SendOutcome,
} from '../../lambdas/domain/notification.ts';

type Answer = (notification: NotificationToSend) => SendOutcome | Promise<SendOutcome>;

/** A channel that keeps what it was given, and answers as it is told to. */
export class RecordingSender implements NotificationSender {
  readonly given: NotificationToSend[] = [];
  answer: Answer;
  /** Of the ids under way at one moment: one that is there twice is sent twice at once. */
  readonly underWay = new Set<string>();
  readonly twiceAtOnce: string[] = [];

  constructor(answer: Answer = () => ({ kind: 'sent' })) {
    this.answer = answer;
  }

  get ids(): string[] {
    return this.given.map(({ id }) => id);
  }

  async send(notification: NotificationToSend): Promise<SendOutcome> {
    const { id } = notification;
    this.given.push(notification);
    if (this.underWay.has(id)) this.twiceAtOnce.push(id);
    this.underWay.add(id);
    try {
      return await this.answer(notification);
    } finally {
      this.underWay.delete(id);
    }
  }
}
