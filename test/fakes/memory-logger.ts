import type { LogFields, Logger, LogMessage } from '../../lambdas/domain/log-lines.ts';

export interface MemoryLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: LogMessage;
  readonly fields: LogFields;
}

/** Keeps what it is told. */
export class MemoryLogger implements Logger {
  readonly writesInfo: boolean;
  readonly lines: MemoryLine[] = [];

  constructor(writesInfo = false) {
    this.writesInfo = writesInfo;
  }

  info(message: LogMessage, fields: LogFields): void {
    if (this.writesInfo) this.lines.push({ level: 'info', message, fields });
  }

  warn(message: LogMessage, fields: LogFields): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: LogMessage, fields: LogFields): void {
    this.lines.push({ level: 'error', message, fields });
  }
}
