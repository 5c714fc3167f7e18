import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a command in a terminal of its own: Node has none to give. */
const PYTHON = `
import fcntl, os, pty, struct, sys, termios
def child_sized(fd):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, fd = pty.fork()
if pid == 0:
    child_sized(0)
    os.execvp(sys.argv[3], sys.argv[3:])
import threading
def copy_in():
    while True:
        data = os.read(0, 1024)
        if not data: return
        os.write(fd, data)
threading.Thread(target=copy_in, daemon=True).start()
while True:
    try: data = os.read(fd, 65536)
    except OSError: break
    if not data: break
    os.write(1, data)
_, status = os.waitpid(pid, 0)
os._exit(os.waitstatus_to_exitcode(status))
`;

export interface Typist {
  /** Types it as soon as the terminal shows this for the first time. */
  readonly when: string;
  readonly type: string;
}

export interface Shown {
  readonly exitCode: number | null;
  /** All bytes that came to the terminal. */
  readonly screen: string;
}

const PATIENCE_MS = 30_000;

export async function runInTerminal(
  command: readonly string[],
  {
    columns = 80,
    rows = 24,
    env,
    typists,
  }: {
    readonly columns?: number;
    readonly rows?: number;
    readonly env: Readonly<Record<string, string>>;
    readonly typists: readonly Typist[];
  },
): Promise<Shown> {
  const terminal = spawn('python3', ['-c', PYTHON, String(columns), String(rows), ...command], {
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', ...env },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const waiting = [...typists];
  let screen = '';
  let complaints = '';
  terminal.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  terminal.stdin.on('error', () => undefined);
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const [next] = waiting;
    if (next !== undefined && screen.includes(next.when)) {
      waiting.shift();
      terminal.stdin.write(next.type);
    }
  });
  const [exitCode] = (await once(terminal, 'close')) as [number | null];
  if (complaints !== '') throw new Error(complaints);
  return { exitCode, screen };
}
