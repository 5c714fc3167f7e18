/** An entry of the audit as it stands. Times are milliseconds since 1970 (UTC). */
export interface AuditRecord {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly couponId: string | null;
  readonly subject: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
}

export interface AuditQuery {
  readonly couponId: string | undefined;
  readonly actor: string | undefined;
  readonly limit: number;
  /** Only entries that come after the one with this id. */
  readonly after: string | undefined;
}

/** PostgreSQL, for readers of the audit. Rejects with LedgerUnavailable. */
export interface AuditLog {
  /** The newest first. */
  listAudit(query: AuditQuery): Promise<AuditRecord[]>;
}
