import type { Output } from '../context.ts';
import { painted, type Line } from '../output/line.ts';

const ALTERNATE = '\u001b[?1049h\u001b[?25l';
const NORMAL = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const END_OF_LINE = '\u001b[K';
const END_OF_SCREEN = '\u001b[J';

/** The whole terminal, drawn over in place; what was on it before comes back at the end. */
export interface Screen {
  draw(lines: readonly Line[]): void;
  close(): void;
}

/** However the program ends, it leaves the terminal as it was; Ctrl-Z too. */
export function openScreen(output: Output): Screen {
  let isOpen = true;
  const enter = (): void => {
    output.write(ALTERNATE);
  };
  const leave = (): void => {
    output.write(NORMAL);
  };
  const suspend = (): void => {
    leave();
    // Without a listener the signal does what it always does: stands still here, until it is
    // continued. Where no shell could continue us the system passes over it.
    process.removeListener('SIGTSTP', suspend);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', suspend);
    enter();
  };
  process.on('SIGTSTP', suspend);
  process.once('exit', leave);
  enter();
  return {
    draw: (lines) => {
      if (isOpen) output.write(frame(lines, output));
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      process.removeListener('SIGTSTP', suspend);
      process.removeListener('exit', leave);
      leave();
    },
  };
}

/** One write, or the terminal would show halves; nothing scrolls. */
function frame(lines: readonly Line[], output: Output): string {
  const paper = { width: output.columns(), colours: output.hasColours };
  const drawn = lines
    .slice(0, output.rows())
    .map((line) => `${painted(line, paper)}${END_OF_LINE}`)
    .join('\r\n');
  return HOME + drawn + END_OF_SCREEN;
}
