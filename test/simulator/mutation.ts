/** A naive bug: what stands in a file, and what would stand there. */
export interface Mutation {
  readonly name: string;
  readonly edits: readonly {
    readonly file: string;
    readonly find: string;
    readonly replace: string;
  }[];
}
