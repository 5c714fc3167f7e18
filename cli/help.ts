import { globalOptions, type Command, type Options } from './command.ts';
import { table, toned, type Line } from './output/line.ts';

/** How the program is called; `-s` keeps npm's own lines out of the output. */
const CALL = 'npm run -s coupon --';

/** What there is. */
export function overview(commands: readonly Command[]): Line[] {
  return [
    [toned('strong', `${CALL} <command>`), '  operates coupons over their HTTP API'],
    [],
    ...table(commands.map(({ name, summary }) => [toned('strong', `  ${name}`), summary])),
    [],
    ...section('For every command', table(optionRows(globalOptions))),
    [
      `${CALL} <command> --help  says more, with examples. Exit codes: 0 done, 1 refused by the API,`,
    ],
    ['2 wrong usage, 3 no definite answer (not reached, or 503): asking again is safe.'],
  ];
}

/** How one command is used. */
export function commandHelp({ name, usage, summary, options, notes, examples }: Command): Line[] {
  return [
    [toned('strong', `${CALL} ${name}${usage === '' ? '' : ` ${usage}`}`)],
    [`  ${summary}`],
    ...(notes ?? []).map((note) => [`  ${note}`]),
    [],
    ...section('Options', table([...optionRows(options), ...optionRows(globalOptions)])),
    ...section(
      'Examples',
      examples.map((example) => [`  ${CALL} ${example}`]),
    ),
  ];
}

/** For who got it wrong: all the help would push the complaint off the screen. */
export function shortHelp({ name, usage, examples }: Command): Line[] {
  return [
    [toned('dim', 'usage: '), `${CALL} ${name}${usage === '' ? '' : ` ${usage}`}`],
    ...examples.map((example) => [toned('dim', 'such as '), `${CALL} ${example}`]),
    [toned('dim', `more by ${CALL} ${name} --help`)],
  ];
}

function section(title: string, lines: readonly Line[]): Line[] {
  return [[toned('dim', title)], ...lines, []];
}

function optionRows(options: Options): Line[] {
  return Object.entries(options).map(([name, { value, help }]) => [
    `  --${name}${value === undefined ? '' : ` ${value}`}`,
    toned('dim', help),
  ]);
}
