import { readFileSync } from 'node:fs';

/** A command of the runbook, with the heading that it stands under. */
export interface RunbookCommand {
  readonly section: string;
  /** `local`: for the stack of this machine; `aws`: for a deployed one. */
  readonly place: string;
  readonly text: string;
}

export interface RunbookSection {
  readonly heading: string;
  readonly anchor: string;
  /** Of an alarm, and not of what happened. */
  readonly isAlarm: boolean;
  readonly text: string;
}

const FILE = 'docs/runbook.md';
/** Under a heading of this kind each section is an alarm's. */
const ALARMS = 'Alarms: ';

export function runbookSections(): RunbookSection[] {
  let isAlarm = false;
  return readFileSync(FILE, 'utf8')
    .split(/^(?=##+ )/m)
    .slice(1)
    .map((text) => {
      const [, level = '', heading = ''] = /^(##+) (.+)$/m.exec(text) ?? [];
      if (level === '##') isAlarm = heading.startsWith(ALARMS);
      const anchor = anchorOf(heading);
      return { heading, anchor, isAlarm: isAlarm && level === '###', text };
    });
}

/** As GitHub makes one of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

export function runbookCommands(): RunbookCommand[] {
  return runbookSections().flatMap(({ heading, text }) =>
    [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info = '', command = '']) => ({
      section: heading,
      place: info.replace(/^sh /, ''),
      text: command,
    })),
  );
}
