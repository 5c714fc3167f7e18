import { fork, type ChildProcess } from 'node:child_process';

/** A process that was told something and answers once. */
export interface AskedProcess<Answer> {
  /** Rejects if it ends without an answer. */
  readonly answer: Promise<Answer>;
  readonly process: ChildProcess;
}

/** Starts a program and gives it its first message. */
export function askProcess<Answer>(file: string, message: object): AskedProcess<Answer> {
  const child = fork(file);
  const answer = new Promise<Answer>((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`${file} ended with ${code ?? 'a signal'} and without an answer`));
    });
  });
  child.send(message);
  return { answer, process: child };
}
